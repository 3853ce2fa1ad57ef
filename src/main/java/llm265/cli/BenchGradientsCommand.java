package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import llm265.bench.Plot;
import llm265.cli.output.CsvTable;
import llm265.cli.output.Format;
import llm265.cli.output.TextTable;
import llm265.runtime.training.CharacterText;
import llm265.runtime.training.GptShape;
import llm265.runtime.training.GradientMethods;
import llm265.runtime.training.GradientTraining;
import llm265.runtime.training.RunFigures;
import llm265.runtime.training.TrainableModel;
import llm265.runtime.training.TrainingBench;
import llm265.runtime.training.TrainingRecipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llm265 bench gradients}. */
@Command(
    name = "gradients",
    description = {
      "Trains a small language model on several simulated workers, which send each other their gradients in different ways, and "
          + "compares what it has learnt.",
      "The model: characters, 2 layers of width 64 with 4 heads, context 64, about 110,000 values; each worker sees 4 windows a "
          + "step. All arms see the same text in the same order.",
      "loss: mean cross-entropy of 40,960 predictions in nats, at the better learning rate. up, down: bits per value to and from "
          + "the others, over all steps, with those that begin without compression.",
      "cosine, error: of the averaged gradient against the exact average, mean over the steps."
    },
    mixinStandardHelpOptions = true)
final class BenchGradientsCommand implements Callable<Integer> {
  private static final int LAYERS = 2;
  private static final double LEAST_BITS = 0.1;
  private static final double MOST_BITS = 16;

  @Mixin private TrainingOptions training;

  @Option(
      names = "--methods", paramLabel = "M", split = ",",
      description = "Ways to exchange gradients: raw, rtn4, rtn2, rtn2-ef, direct, ef, direct-axes, ef-axes, ef-both, "
          + "preconditioned, preconditioned-ef, momentum-difference, codec-adam, codec-adam-axes, 1bit-adam, 1bit-adam-plain, "
          + "1bit-lamb, powersgd-1, powersgd-4, topk; with +P behind the name, the first P %% of the steps without compression "
          + "(default: all)")
  private List<String> methods = GradientMethods.names();

  @Option(
      names = "--bits", paramLabel = "B", split = ",", defaultValue = "2.6,1.4,0.8",
      description = "Bits per value, for methods that take them (default: ${DEFAULT-VALUE})")
  private double[] bits;

  @Option(names = "--workers", paramLabel = "N", defaultValue = "4", description = "Workers (default: ${DEFAULT-VALUE})")
  private int workers;

  private final TrainedModels models;

  BenchGradientsCommand() {
    this(TrainedModels.LIBRARY);
  }

  BenchGradientsCommand(TrainedModels models) {
    this.models = models;
  }

  @Override
  public Integer call() throws IOException {
    training.require();
    training.require(workers >= 1 && workers <= 64, "--workers " + workers + " is not in 1..64");
    for (double rate : bits) {
      training.require(rate >= LEAST_BITS && rate <= MOST_BITS, "--bits " + rate + " is not in 0.1..16");
    }
    Map<String, GradientMethods.Arm> arms = GradientMethods.arms(methods, bits).stream().collect(
        Collectors.toMap(GradientMethods.Arm::toString, Function.identity(), (one, same) -> one, LinkedHashMap::new));
    CharacterText text = training.text(TrainedModels.CONTEXT);
    GptShape shape = TrainedModels.shape(text.vocabulary(), LAYERS);
    List<TrainingBench.Result> results;
    try (TrainableModel model = models.load(shape)) {
      GradientTraining run = new GradientTraining(
          model, text, text.validation(TrainingOptions.BATCHES, TrainingOptions.WINDOWS, shape.context()));
      String setting = "layers " + LAYERS + " workers " + workers + " text " + text.fingerprint();
      results = training.measure(List.copyOf(arms.keySet()), setting, (plan, snapshot, stepped) -> run.run(
          new TrainingRecipe(
              training.steps(), workers, TrainedModels.WINDOWS, shape.context(), plan.learningRate(), plan.seed()),
          arms.get(plan.arm()).create(model.layout(), workers, training.steps()), snapshot,
          step -> stepped.run()));
    }
    print(results);
    write(results);
    plot(results, arms);
    return 0;
  }

  private void print(List<TrainingBench.Result> results) {
    PrintWriter out = training.out();
    TextTable table = new TextTable();
    table.row("method", "up", "down", "loss", "+-", "rate", "cosine", "error", "seconds");
    for (TrainingBench.Result result : results) {
      table.row(result.arm(), number("%.3f", result, GradientTraining.UP), number("%.3f", result, GradientTraining.DOWN),
          number("%.4f", result, RunFigures.LOSS), Format.number("%.4f", spread(result)),
          Format.number("%.4f", result.learningRate()), number("%.4f", result, GradientTraining.COSINE),
          number("%.4f", result, GradientTraining.ERROR), number("%.0f", result, RunFigures.SECONDS));
    }
    out.println();
    table.print(out);
    out.flush();
  }

  private static String number(String format, TrainingBench.Result result, String figure) {
    double mean = result.mean(figure);
    return Double.isNaN(mean) ? "" : Format.number(format, mean);
  }

  /** Half of what is between the best and the worst seed. */
  private static double spread(TrainingBench.Result result) {
    var losses = result.runs().stream().mapToDouble(run -> run.get(RunFigures.LOSS)).summaryStatistics();
    return (losses.getMax() - losses.getMin()) / 2;
  }

  private void write(List<TrainingBench.Result> results) throws IOException {
    CsvTable csv = new CsvTable(
        "method", "learning_rate", "seed", "up_bits", "down_bits", "loss_nats", "cosine", "relative_error", "seconds", "weights");
    for (TrainingBench.Result result : results) {
      for (int seed = 0; seed < result.runs().size(); seed++) {
        RunFigures run = result.runs().get(seed);
        csv.row(result.arm(), result.learningRate(), seed, run.get(GradientTraining.UP), run.get(GradientTraining.DOWN),
            run.get(RunFigures.LOSS), run.get(GradientTraining.COSINE), run.get(GradientTraining.ERROR),
            run.get(RunFigures.SECONDS), run.fingerprint());
      }
    }
    training.write(csv);
  }

  private void plot(List<TrainingBench.Result> results, Map<String, GradientMethods.Arm> arms) throws IOException {
    Map<String, List<Plot.Point>> lines = new LinkedHashMap<>();
    for (TrainingBench.Result result : results) {
      double loss = result.mean(RunFigures.LOSS);
      if (Double.isFinite(loss)) {
        lines.computeIfAbsent(arms.get(result.arm()).line(), line -> new ArrayList<>())
            .add(new Plot.Point(result.mean(GradientTraining.UP), loss));
      }
    }
    if (training.file(".png") != null && !lines.isEmpty()) {
      Plot.write("gradients between " + workers + " workers, " + training.steps() + " steps", "validation loss in nats", false,
          lines, training.file(".png"));
    }
  }
}
