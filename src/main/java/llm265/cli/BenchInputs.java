package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import llm265.bench.Source;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.OutputFile;
import llm265.cli.output.CsvTable;
import llm265.cli.output.Notes;
import llm265.dtype.TensorView;
import llm265.model.ModelCompressor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the subcommands of bench share: tensors to measure, and tables to write. */
final class BenchInputs {
  private static final double LEAST_BITS = 0.5;
  private static final double MOST_BITS = 8;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "IN",
      defaultValue = "gauss:4194304",
      description = "Files (.safetensors, .onnx, .npy), or random data: gauss:N, laplace:N, scaled-columns:N (default: "
          + "${DEFAULT-VALUE})")
  private List<String> inputs;

  @Option(names = "--include", paramLabel = "REGEX", description = "Only tensors whose names contain this")
  private Pattern include;

  @Option(names = "--exclude", paramLabel = "REGEX", description = "No tensors whose names contain this")
  private Pattern exclude;

  @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Seed of the random data (default: 1)")
  private long seed;

  @Option(
      names = "-o",
      paramLabel = "PREFIX",
      description = "Write PREFIX.csv, and for rd PREFIX-savings.csv and PREFIX-TENSOR.png")
  private Path output;

  @Mixin private ThreadsOption threads;

  interface Work {
    void accept(Source source) throws IOException;
  }

  int threads() {
    return threads.count();
  }

  void forEach(Work work) throws IOException {
    for (String input : inputs) {
      if (Source.isSynthetic(input)) {
        work.accept(Source.synthetic(input, seed));
        continue;
      }
      try (Checkpoint checkpoint = Checkpoint.open(Path.of(input))) {
        Notes.unread(spec, checkpoint.path(), checkpoint.unread());
        for (TensorView tensor : checkpoint.tensors()) {
          boolean wanted = include == null || include.matcher(tensor.name()).find();
          wanted &= exclude == null || !exclude.matcher(tensor.name()).find();
          Source source = wanted && ModelCompressor.isCompressible(tensor) ? source(tensor) : null;
          if (source != null) {
            work.accept(source);
          }
        }
      }
    }
  }

  /** The tensor, or null if it cannot be measured, which should not end the run over a model. */
  private Source source(TensorView tensor) {
    try {
      return Source.of(tensor);
    } catch (IllegalArgumentException e) {
      spec.commandLine().getErr().println("llm265: left out: " + e.getMessage());
      return null;
    }
  }

  /** Checks the rates, and opens every file once, so that missing or damaged files are reported before anything is measured. */
  void require(double... bits) throws IOException {
    for (double rate : bits) {
      if (!(rate >= LEAST_BITS && rate <= MOST_BITS)) {
        throw wrong("--bits " + rate + " is not in 0.5..8");
      }
    }
    if (output != null && OutputFile.isStandardOutput(output)) {
      throw wrong("-o " + output + ": bench writes several files, so give the beginning of their names");
    }
    for (String input : inputs) {
      if (!Source.isSynthetic(input)) {
        Checkpoint.open(Path.of(input)).close();
      }
    }
  }

  ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** The file whose name ends so; empty without -o. */
  Optional<Path> file(String suffix) {
    return Optional.ofNullable(output).map(prefix -> prefix.resolveSibling(prefix.getFileName() + suffix));
  }

  /** Writes a table if -o asks for one. */
  void write(String suffix, CsvTable table) throws IOException {
    Optional<Path> file = file(suffix);
    if (file.isPresent()) {
      table.write(file.get());
    }
  }
}
