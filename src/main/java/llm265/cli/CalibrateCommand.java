package llm265.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.checkpoint.file.OutputFile;
import llm265.cli.output.Format;
import llm265.cli.output.Progress;
import llm265.fidelity.Calibrator;
import llm265.fidelity.TokenWindows;
import llm265.lm.architecture.Architecture;
import llm265.lm.weights.ModelFolder;
import llm265.model.CalibrationFile;
import llm265.parallel.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 calibrate}. */
@Command(
    name = "calibrate",
    description = {
      "Measures the second moments of the inputs of a model's linear layers while the model reads a text, for compress "
          + "--calibration.",
      "Where memory is short the text is read several times. What is finished is kept in OUT.part until all is; the same command "
          + "goes on there."
    },
    mixinStandardHelpOptions = true)
final class CalibrateCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "MODEL", description = "A folder with config.json, model.safetensors or its shards, and a tokenizer")
  private Path input;

  @Option(names = "--text", paramLabel = "FILE", required = true, description = "Text that the model reads, in UTF-8")
  private Path text;

  @Option(
      names = {"-o", "--output"}, paramLabel = "OUT.safetensors", required = true, description = "File to write")
  private Path output;

  @Option(
      names = "--window", paramLabel = "N",
      description = "Tokens that the model reads at a time, at most its context (default: 512, or the context)")
  private Integer window;

  @Option(
      names = "--windows", paramLabel = "M", defaultValue = "128",
      description = "Number of windows, evenly from all over the text (default: ${DEFAULT-VALUE})")
  private int windows;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (OutputFile.isStandardOutput(output)) {
      throw new ParameterException(spec.commandLine(), "-o " + output + ": what is unfinished is kept beside a file");
    }
    OutputKind.SAFETENSORS.requireName(spec, output);
    long start = System.nanoTime();
    try (ModelFolder folder = ModelFolder.open(input);
        ExecutorService executor = Executors.newFixedThreadPool(threads.count())) {
      Arguments.requireDifferent(spec, folder.checkpoint().path(), output);
      int context = Architecture.of(folder.config()).contextLength(folder.config());
      TokenWindows read = TextInput.windows(input, context, text, window, windows);
      try (Reading reading = new Reading()) {
        new Calibrator(folder, read, new Workers(executor, threads.count())).write(output, reading);
      }
    }
    try (CalibrationFile file = CalibrationFile.open(output)) {
      spec.commandLine().getOut().println(Format.number(
          "%s: inputs of %d layers, %d tokens, %.1f s", output, file.layers().size(), file.tokens(),
          (System.nanoTime() - start) / 1e9));
      spec.commandLine().getOut().flush();
    }
    return 0;
  }

  /** Shows tokens as they are read. */
  private static final class Reading implements Calibrator.Listener, AutoCloseable {
    private Progress progress;

    @Override
    public void begin(long tokens) {
      progress = new Progress("calibrate", tokens);
    }

    @Override
    public void step(int tokens) {
      progress.step(tokens);
    }

    @Override
    public void close() {
      if (progress != null) {
        progress.close();
      }
    }
  }
}
