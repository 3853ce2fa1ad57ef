package llm265.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import llm265.bench.Plot;
import llm265.checkpoint.file.OutputFile;
import llm265.cli.output.FigureTable;
import llm265.cli.output.FigureTable.Column;
import llm265.cli.output.Format;
import llm265.cli.output.Notes;
import llm265.cli.output.Progress;
import llm265.fidelity.ModelWeights;
import llm265.fidelity.ReadWeights;
import llm265.fidelity.network.NetworkFidelity;
import llm265.lm.token.Tokenizer;
import llm265.network.Network;
import llm265.network.NetworkFile;
import llm265.parallel.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 eval}. */
@Command(
    name = "eval",
    description = {
      "Measures what compression does to a model, by running it on a text: perplexity, and how far the predictions of each token "
          + "are from the original's, as Kullback-Leibler divergence in nats and as the share of tokens for which both find the "
          + "same one the most likely. +- is one standard error; that of a difference is paired by token.",
      "BERT predicts each token with that one masked. An encoder without a head is measured by its sentence embeddings, the mean "
          + "of all states: their cosines to the original's, and Spearman's correlation of the cosines of all pairs.",
      "Networks in ONNX files are run by ONNX Runtime. Text encoders are measured by their embeddings; networks that make "
          + "pictures, by the PSNR against the original's; networks that read lines of text, by lines and characters that "
          + "are right."
    },
    mixinStandardHelpOptions = true)
final class EvalCommand implements Callable<Integer> {
  /** Columns that come before those of a measure, and after them. */
  private static final Column BITS = new Column("bits/value", "%.3f", "bitsPerValue");
  private static final Column SECONDS = new Column("seconds", "%.1f", "seconds");

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "The original: a folder with config.json, tokenizer and safetensors, as Hugging Face's libraries write it; "
          + "or an ONNX file")
  private Path model;

  @Option(
      names = "--against",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Compressed files of its tensors, others that are not compressed, or other folders or ONNX files")
  private List<Path> against = List.of();

  @Option(names = "--text", paramLabel = "FILE", description = "A text in UTF-8 (default: a story of 570 words)")
  private Path textFile;

  @Option(
      names = "--window",
      paramLabel = "N",
      description = "Tokens that the model sees at once (default: 512, for masked tokens 128; at most its context)")
  private Integer window;

  @Option(
      names = "--windows",
      paramLabel = "M",
      description = "At most so many windows, sentences or lines, evenly from the text (default: all)")
  private int windows = Integer.MAX_VALUE;

  @Option(names = "--json", description = "Print JSON")
  private boolean json;

  @Option(names = "--csv", paramLabel = "FILE", description = "Write the table as CSV, too")
  private Path csv;

  @Option(
      names = "--plot",
      paramLabel = "FILE.png",
      description = "Draw bits per value against the mean divergence, or a network's first figure")
  private Path plot;

  @Mixin private NetworkOptions networkOptions;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    requireOptions();
    EvalReport report = NetworkFile.isNetwork(model) ? network() : folder();
    print(report);
    if (csv != null) {
      report.table().writeCsv(csv);
    }
    draw(report);
    return 0;
  }

  private EvalReport network() throws IOException {
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        NetworkFile file = NetworkFile.open(model);
        Network original = file.load(threads.count())) {
      NetworkFidelity fidelity = networkOptions.measure(original, textFile, window, windows);
      return new NetworkEvaluation(file, fidelity, executor, threads.count()).measure(against, BITS, SECONDS);
    }
  }

  private EvalReport folder() throws IOException {
    networkOptions.requireNone();
    String text = TextInput.readOrSample(textFile);
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        ModelWeights weights = ModelWeights.folder(model, executor, threads.count())) {
      Tokenizer tokenizer = Tokenizer.open(model);
      EvalMeasure.Text measured = new EvalMeasure.Text(tokenizer, text, window == null ? 0 : window, windows);
      long start = System.nanoTime();
      ReadWeights read = new ReadWeights(weights.source());
      EvalMeasure measure =
          EvalMeasure.of(weights.config(), read, new Workers(executor, threads.count()), measured);
      requirePlot(measure);
      requireAgainst(weights, read, executor);
      List<Column> columns = Stream.of(List.of(BITS), measure.columns(), List.of(SECONDS)).flatMap(List::stream).toList();
      FigureTable table = new FigureTable("model", columns);
      Map<String, Integer> facts = new LinkedHashMap<>();
      facts.put("window", measure.window());
      facts.put("windows", measure.windows());
      EvalReport report = new EvalReport(
          measure.kind(), facts, table, measure.note(), "mean Kullback-Leibler divergence in nats", true);
      try (Progress progress = new Progress("evaluate", measure.tokens() * (1 + against.size()), "tokens")) {
        add(table, weights, measure.original(progress::step), start);
        for (Path path : against) {
          start = System.nanoTime();
          try (ModelWeights other = ModelWeights.other(path, weights.config(), executor, threads.count())) {
            double[] figures = measure.other(other.config(), other.source(), progress::step);
            add(table, other, figures, start);
            if (measure.divergence() >= 0) {
              report.draw(path.toString(), other.bitsPerValue(), figures[measure.divergence()]);
            }
          }
        }
      }
      return report;
    }
  }

  private void draw(EvalReport report) throws IOException {
    if (plot == null) {
      return;
    }
    Map<String, List<Plot.Point>> lines = report.lines();
    if (report.isLogarithmic() && lines.values().removeIf(line -> !line.stream().allMatch(Plot.Point::hasLogarithm))) {
      Notes.print(spec, plot + ": no logarithmic axis has a place for a divergence of 0, or one that is not finite");
    }
    if (lines.values().removeIf(line -> !line.stream().allMatch(point -> Double.isFinite(point.value())))) {
      Notes.print(spec, plot + ": no axis has a place for what is infinite");
    }
    if (!lines.isEmpty()) {
      Plot.write(model.toString(), report.axis(), report.isLogarithmic(), lines, plot);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Finds what is wrong before anything is measured. */
  private void requireOptions() throws IOException {
    if (window != null && window < 2) {
      throw wrong("--window " + window + " is fewer than 2 tokens");
    }
    if (windows < 1) {
      throw wrong("--windows " + windows + " is fewer than 1");
    }
    if (plot != null && against.isEmpty()) {
      throw wrong("--plot needs --against");
    }
    requireFile("--csv", csv);
    requireFile("--plot", plot);
  }

  private void requireFile(String option, Path file) throws IOException {
    if (file != null) {
      if (OutputFile.isStandardOutput(file)) {
        throw wrong(option + " " + file + ": standard output has the table");
      }
      OutputFile.create(file).close();
    }
  }

  private void requirePlot(EvalMeasure measure) {
    if (plot != null && measure.divergence() < 0) {
      throw wrong("--plot draws divergences, which an encoder without a head does not have");
    }
  }

  private void requireAgainst(ModelWeights weights, ReadWeights read, ExecutorService executor) throws IOException {
    for (Path path : against) {
      try (ModelWeights other = ModelWeights.other(path, weights.config(), executor, threads.count())) {
        // A folder has a configuration of its own.
        if (other.config() == weights.config()) {
          other.requireAll(read.needed(), read);
        }
      }
    }
  }

  private static void add(FigureTable table, ModelWeights weights, double[] figures, long start) {
    double[] row = new double[figures.length + 2];
    row[0] = weights.bitsPerValue();
    System.arraycopy(figures, 0, row, 1, figures.length);
    row[row.length - 1] = (System.nanoTime() - start) / 1e9;
    table.row(weights.path().toString(), row);
  }

  private void print(EvalReport report) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode root = mapper.createObjectNode();
      root.put("kind", report.kind());
      root.put("text", textFile == null ? null : textFile.toString());
      report.facts().forEach(root::put);
      report.table().addTo(root.putArray("models"));
      Format.printJson(out, mapper, root);
    } else {
      report.table().print(out);
      Notes.print(spec, report.note());
    }
    out.flush();
  }
}
