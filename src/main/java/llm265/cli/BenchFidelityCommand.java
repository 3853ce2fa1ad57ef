package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.bench.Plot;
import llm265.checkpoint.file.OutputFile;
import llm265.cli.output.CsvTable;
import llm265.cli.output.Format;
import llm265.cli.output.Progress;
import llm265.cli.output.TextTable;
import llm265.fidelity.Fidelity;
import llm265.fidelity.FidelityBench;
import llm265.fidelity.MaskedBench;
import llm265.fidelity.TokenWindows;
import llm265.fidelity.network.NetworkBench;
import llm265.lm.architecture.Architecture;
import llm265.lm.token.Tokenizer;
import llm265.lm.weights.ModelFolder;
import llm265.network.NetworkFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 bench fidelity}. */
@Command(
    name = "fidelity",
    description = {
      "Bits against what compression does to a model's predictions: ours, and published quantizers of weights.",
      "Bits are all that is stored for all tensors, over all values of the model. Every method may lose something in the same "
          + "tensors: matrices of 4096 values or more, embeddings and the head among them. These two get the format of a "
          + "calibrated method without its calibration.",
      "KL: Kullback-Leibler divergence from the original's predictions, mean with its standard error, and what 99 %% of the "
          + "tokens do not exceed. same: share of tokens for which both find the same one the most likely.",
      "BERT predicts each token with that one masked; only methods that are not calibrated are measured on it.",
      "Networks in ONNX files are measured as eval measures them, and only by methods that are not calibrated."
    },
    mixinStandardHelpOptions = true)
final class BenchFidelityCommand implements Callable<Integer> {
  private static final double LEAST_BITS = 0.5;
  private static final double MOST_BITS = 8;

  @Parameters(
      arity = "1..*", paramLabel = "MODEL",
      description = "Folders with config.json, model.safetensors or its shards, and a tokenizer; or ONNX files")
  private List<Path> models;

  @Option(names = "--bits", paramLabel = "B", split = ",", defaultValue = "2,2.5,3,4", description = "Rates (default: 2,2.5,3,4)")
  private double[] bits;

  @Option(
      names = "--methods", paramLabel = "M", split = ",", defaultValue = "ours,rtn",
      description = "(ours|trinity)[-EFFORT][-relative|-uniform|-linear|-slope|-search][-calibrated], rtn, gptq, awq, quarot, "
          + "or a format such as nf4, q4_k, gptq{b}g128-actorder; {b} stands for the whole numbers among --bits "
          + "(default: ${DEFAULT-VALUE})")
  private List<String> methods;

  @Option(
      names = "--text", paramLabel = "FILE",
      description = "Text to predict, to embed or to read, in UTF-8 (default: a story of 570 words)")
  private Path text;

  @Option(names = "--calibration-text", paramLabel = "FILE", description = "Text that calibrated methods see, in UTF-8")
  private Path calibrationText;

  @Option(
      names = "--window", paramLabel = "N",
      description = "Tokens that a model reads at a time, at most its context (default: 512, or the context)")
  private Integer window;

  @Option(
      names = "--windows", paramLabel = "M", defaultValue = "128",
      description = "Number of windows, sentences or lines of each text, evenly from all over it (default: ${DEFAULT-VALUE})")
  private int windows;

  @Option(
      names = "--calibration-windows", paramLabel = "M",
      description = "Number of windows of the calibration's text (default: as many as --windows says)")
  private Integer calibrationWindows;

  @Option(
      names = "-o", paramLabel = "PREFIX",
      description = "Write PREFIX.csv and PREFIX-MODEL.png; for ONNX files PREFIX-MODEL.csv")
  private Path output;

  @Mixin private NetworkOptions networkOptions;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  private final CsvTable csv = new CsvTable(
      "model", "method", "bits", "perplexity", "kl_nats", "kl_error", "kl_99", "same_top", "tokens", "seconds");

  @Override
  public Integer call() throws IOException {
    for (double rate : bits) {
      require(rate >= LEAST_BITS && rate <= MOST_BITS, "--bits " + rate + " is not in 0.5..8");
    }
    require(output == null || !OutputFile.isStandardOutput(output),
        "-o " + output + ": bench writes several files, so give the beginning of their names");
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count())) {
      if (models.stream().noneMatch(NetworkFile::isNetwork)) {
        networkOptions.requireNone();
      }
      for (Path model : models) {
        requireMethods(model, executor);
      }
      for (Path model : models) {
        if (NetworkFile.isNetwork(model)) {
          NetworkBench ofNetworks = new NetworkBench(methods, bits, executor, threads.count());
          new NetworkBenchTable(ofNetworks, spec, output)
              .measure(model, original -> networkOptions.measure(original, text, window, windows), threads.count());
        } else {
          measure(model, executor);
        }
      }
    }
    return 0;
  }

  /** Finds methods that a model cannot have before any model is measured. */
  private void requireMethods(Path model, Executor executor) throws IOException {
    if (NetworkFile.isNetwork(model)) {
      new NetworkBench(methods, bits, executor, threads.count());
      return;
    }
    try (ModelFolder folder = ModelFolder.open(model)) {
      if (Architecture.of(folder.config()).isCausal()) {
        FidelityBench bench = new FidelityBench(methods, bits, executor, threads.count());
        require(calibrationText != null || !bench.isCalibrated(), "a method is calibrated, which takes --calibration-text");
      } else {
        new MaskedBench(methods, bits, executor, threads.count());
      }
    }
  }

  private void measure(Path model, Executor executor) throws IOException {
    List<FidelityBench.Row> rows = new ArrayList<>();
    String name = model.toAbsolutePath().normalize().getFileName().toString();
    try {
      measure(model, name, executor, rows);
    } finally {
      // What took long is not lost if a later method cannot be used on the model.
      print(name, rows);
    }
    if (output != null) {
      plot(name, rows);
    }
  }

  private void measure(Path model, String name, Executor executor, List<FidelityBench.Row> rows) throws IOException {
    try (ModelFolder folder = ModelFolder.open(model)) {
      Architecture architecture = Architecture.of(folder.config());
      int context = architecture.contextLength(folder.config());
      FidelityBench.Sink sink = row -> add(name, row, rows);
      if (!architecture.isCausal()) {
        EvalMeasure.Text measured = new EvalMeasure.Text(
            Tokenizer.open(model), TextInput.readOrSample(text), window == null ? 0 : window, windows);
        TokenWindows masked = measured.masked(context);
        MaskedBench ofMasked = new MaskedBench(methods, bits, executor, threads.count());
        try (Progress progress = new Progress(name, ofMasked.rows() * masked.tokens(), "tokens")) {
          ofMasked.measure(folder, masked, measured.mask(), progress::step, sink);
        }
        return;
      }
      FidelityBench bench = new FidelityBench(methods, bits, executor, threads.count());
      TokenWindows windowsOfText = TextInput.windows(model, context, text, window, windows);
      TokenWindows calibration = calibrationText == null ? null : TextInput.windows(
          model, context, calibrationText, window, calibrationWindows == null ? windows : calibrationWindows);
      try (Progress progress = new Progress(name, bench.rows() * windowsOfText.predicted(), "tokens")) {
        bench.measure(folder, windowsOfText, calibration, progress::step, sink);
      }
    }
  }

  private void add(String name, FidelityBench.Row row, List<FidelityBench.Row> rows) throws IOException {
    rows.add(row);
    Fidelity fidelity = row.fidelity();
    csv.row(name, row.method(), row.bits(), fidelity.perplexity(), small(fidelity.divergence()),
        small(fidelity.divergenceError()), small(fidelity.divergence99()), fidelity.agreement(), fidelity.tokens(),
        row.seconds());
    if (output != null) {
      csv.write(file(".csv"));
    }
  }

  private static String small(double value) {
    return Format.number("%.6f", value);
  }

  private Path file(String suffix) {
    return output.resolveSibling(output.getFileName() + suffix);
  }

  private void print(String name, List<FidelityBench.Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    TextTable table = new TextTable();
    table.row(name, "bits/value", "perplexity", "KL", "+-", "KL 99 %", "same", "seconds");
    for (FidelityBench.Row row : rows) {
      Fidelity fidelity = row.fidelity();
      table.row(row.method(), Format.number("%.3f", row.bits()), Format.number("%.3f", fidelity.perplexity()),
          Format.number("%.4f", fidelity.divergence()), Format.number("%.4f", fidelity.divergenceError()),
          Format.number("%.3f", fidelity.divergence99()), Format.number("%.2f %%", 100 * fidelity.agreement()),
          Double.isNaN(row.seconds()) ? "" : Format.number("%.1f", row.seconds()));
    }
    table.print(out);
    out.println();
    out.flush();
  }

  private void plot(String name, List<FidelityBench.Row> rows) throws IOException {
    Map<String, List<Plot.Point>> lines = new LinkedHashMap<>();
    for (FidelityBench.Row row : rows) {
      Plot.Point point = new Plot.Point(row.bits(), row.fidelity().divergence());
      // The original, and what is as good, has no place on an axis of logarithms.
      if (point.hasLogarithm()) {
        lines.computeIfAbsent(row.line(), line -> new ArrayList<>()).add(point);
      }
    }
    if (!lines.isEmpty()) {
      Plot.write(name, "mean KL divergence in nats", true, lines, file("-" + name.replaceAll("[^A-Za-z0-9._-]", "_") + ".png"));
    }
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}
