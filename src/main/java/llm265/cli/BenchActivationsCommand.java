package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import llm265.bench.Plot;
import llm265.cli.output.CsvTable;
import llm265.cli.output.Format;
import llm265.cli.output.TextTable;
import llm265.runtime.training.CharacterText;
import llm265.runtime.training.GptShape;
import llm265.runtime.training.GradientMethods;
import llm265.runtime.training.LinkMethods;
import llm265.runtime.training.PipelineTraining;
import llm265.runtime.training.RunFigures;
import llm265.runtime.training.TrainableModel;
import llm265.runtime.training.TrainingBench;
import llm265.runtime.training.TrainingRecipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llm265 bench activations}. */
@Command(
    name = "activations",
    description = {
      "Trains a small language model on a simulated pipeline of 4 stages, whose links compress activations on the way forward, "
          + "and their gradients on the way back, and compares what it has learnt.",
      "The model: characters, 4 layers of width 64 with 4 heads, context 64; 16 windows a step, so that a tensor on a link is "
          + "1024 x 64. All arms see the same text in the same order.",
      "loss: mean cross-entropy of 40,960 predictions in nats, at the better learning rate, with exact activations; linked: with "
          + "compressed ones. SNR: in dB, at the worst boundary.",
      "range: orders of magnitude between the gradients of the greatest token and of the least (1 % are less), in the first and "
          + "in the last tenth of the steps."
    },
    mixinStandardHelpOptions = true)
final class BenchActivationsCommand implements Callable<Integer> {
  private static final int LAYERS = 4;
  private static final int WINDOWS = 16;
  private static final int PARTS = 10;

  @Mixin private TrainingOptions training;

  @Option(
      names = "--arms", paramLabel = "F:B", split = ",",
      description = "Links forward and backward: raw, or one of codec (axes learned on the way), codec-alone (messages that are "
          + "read by themselves, with scales where they pay), codec-rows (a scale for each token), codec-plain (none), "
          + "codec-twice (what the first message lost in a second one), codec-exact (2 %% of the values exact), rtn-token, "
          + "rtn-group, rtn-group-scaled (the loss times 65,536), with -BITS behind it "
          + "(default: ${DEFAULT-VALUE})",
      defaultValue = "raw:raw,codec-3.5:raw,codec-2.5:raw,codec-1.5:raw,codec-alone-3.5:raw,rtn-token-4:raw,rtn-token-3:raw,"
          + "raw:rtn-group-scaled-8,raw:codec-plain-3.5,raw:codec-twice-3.5,raw:codec-plain-6,raw:codec-rows-3.5,"
          + "codec-3.5:codec-rows-3.5")
  private List<String> arms;

  private final TrainedModels models;

  BenchActivationsCommand() {
    this(TrainedModels.LIBRARY);
  }

  BenchActivationsCommand(TrainedModels models) {
    this.models = models;
  }

  @Override
  public Integer call() throws IOException {
    training.require();
    List<String> wanted = List.copyOf(new LinkedHashSet<>(arms));
    for (String arm : wanted) {
      String[] ways = arm.split(":");
      training.require(ways.length == 2, "--arms " + arm + " is not FORWARD:BACKWARD");
      LinkMethods.create(ways[0]);
      LinkMethods.create(ways[1]);
    }
    CharacterText text = training.text(TrainedModels.CONTEXT);
    GptShape shape = TrainedModels.shape(text.vocabulary(), LAYERS);
    List<TrainingBench.Result> results;
    try (TrainableModel model = models.load(shape)) {
      PipelineTraining run = new PipelineTraining(
          model, text, text.validation(TrainingOptions.BATCHES, TrainingOptions.WINDOWS, shape.context()));
      results = training.measure(wanted, "layers " + LAYERS + " text " + text.fingerprint(), (plan, snapshot, stepped) -> {
        String[] ways = plan.arm().split(":");
        return run.run(
            new TrainingRecipe(training.steps(), 1, WINDOWS, shape.context(), plan.learningRate(), plan.seed()),
            GradientMethods.raw().create(model.layout(), 1, training.steps()),
            () -> LinkMethods.create(ways[0]), () -> LinkMethods.create(ways[1]), stepped);
      });
    }
    print(results);
    write(results);
    plot(results);
    return 0;
  }

  private void print(List<TrainingBench.Result> results) {
    PrintWriter out = training.out();
    TextTable table = new TextTable();
    table.row(
        "forward:backward", "forward", "backward", "loss", "linked", "rate", "SNR forward", "SNR backward", "range", "seconds");
    for (TrainingBench.Result result : results) {
      table.row(result.arm(), Format.number("%.3f", result.mean("forward")), Format.number("%.3f", result.mean("backward")),
          Format.number("%.4f", result.mean(RunFigures.LOSS)), Format.number("%.4f", result.mean(PipelineTraining.LINKED_LOSS)),
          Format.number("%.4f", result.learningRate()), worst(result, "forward-snr-"), worst(result, "backward-snr-"),
          Format.number("%.1f - %.1f", result.mean("rows-0"), result.mean("rows-" + (PARTS - 1))),
          Format.number("%.0f", result.mean(RunFigures.SECONDS)));
    }
    out.println();
    table.print(out);
    out.flush();
  }

  private static String worst(TrainingBench.Result result, String prefix) {
    return Format.decibels(
        IntStream.range(0, LAYERS - 1).mapToDouble(boundary -> result.mean(prefix + boundary))
            .filter(snr -> !Double.isNaN(snr)).min().orElse(Double.NaN));
  }

  private void write(List<TrainingBench.Result> results) throws IOException {
    List<String> columns = new ArrayList<>(List.of("forward_backward", "learning_rate", "seed", "weights"));
    List<String> figures = results.stream().flatMap(result -> result.runs().stream())
        .flatMap(run -> run.values().keySet().stream()).distinct().collect(Collectors.toCollection(ArrayList::new));
    figures.forEach(name -> columns.add(name.replace('-', '_')));
    CsvTable csv = new CsvTable(columns.toArray(new String[0]));
    for (TrainingBench.Result result : results) {
      for (int seed = 0; seed < result.runs().size(); seed++) {
        RunFigures run = result.runs().get(seed);
        List<Object> cells = new ArrayList<>(List.of(result.arm(), result.learningRate(), seed, run.fingerprint()));
        figures.forEach(name -> cells.add(run.get(name)));
        csv.row(cells.toArray());
      }
    }
    training.write(csv);
  }

  private void plot(List<TrainingBench.Result> results) throws IOException {
    Map<String, List<Plot.Point>> lines = new LinkedHashMap<>();
    for (TrainingBench.Result result : results) {
      double bits = result.mean("forward") + result.mean("backward");
      if (Double.isFinite(result.mean(RunFigures.LOSS))) {
        lines.computeIfAbsent(result.arm(), line -> new ArrayList<>())
            .add(new Plot.Point(bits, result.mean(RunFigures.LOSS)));
      }
    }
    if (training.file(".png") != null && !lines.isEmpty()) {
      Plot.write("activations between stages, forward and backward together, " + training.steps() + " steps",
          "validation loss in nats", false, lines, training.file(".png"));
    }
  }
}
