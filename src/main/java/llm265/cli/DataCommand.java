package llm265.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import llm265.checkpoint.file.OutputFile;
import llm265.data.DataDecoder;
import llm265.data.DataEncoder;
import llm265.dtype.DType;
import llm265.h264.StreamException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 data}: numbers and bytes of any kind without loss. */
@Command(
    name = "data",
    description = "Compresses files of numbers, or of bytes of any kind, without loss.",
    mixinStandardHelpOptions = true,
    subcommands = {DataCommand.Compress.class, DataCommand.Decompress.class})
final class DataCommand implements Runnable {
  private static final Path STANDARD_STREAM = Path.of("-");

  private static final String SUFFIX = ".llm265";

  private static final int BUFFER = 1 << 18;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand of data");
  }

  /** What both directions have in common. */
  abstract static class Direction implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "File to read; - for standard input")
    private Path input;

    @Option(
        names = {"-o", "--output"},
        paramLabel = "OUT",
        description = "File to write; - for standard output (default: FILE with .llm265 added or taken off, - for -)")
    private Path output;

    @Option(names = "--force", description = "Replace OUT where it is there already")
    private boolean force;

    @Mixin private ThreadsOption threads;

    @Spec private CommandSpec spec;

    /** Copies one to the other; returns the number of bytes on the side that is not compressed. */
    abstract long copy(InputStream in, OutputStream out, ExecutorService executor, int count) throws IOException;

    abstract Path defaultOutput(Path from);

    final CommandSpec spec() {
      return spec;
    }

    @Override
    public Integer call() throws IOException {
      Path target = output != null ? output : input.equals(STANDARD_STREAM) ? STANDARD_STREAM : defaultOutput(input);
      Arguments.requireDifferent(spec, input, target);
      requireName(target);
      requireAbsent(target);
      if (Files.isDirectory(input)) {
        throw new IOException(input + ": is a directory");
      }
      try (InputStream in = input.equals(STANDARD_STREAM) ? System.in : Files.newInputStream(input);
          OutputFile file = OutputFile.create(target);
          ExecutorService executor = Executors.newFixedThreadPool(threads.count())) {
        OutputStream out = new BufferedOutputStream(file.stream(), BUFFER);
        long size;
        try {
          size = copy(in, out, executor, threads.count());
        } catch (StreamException e) {
          throw new IOException(input + ": " + e.getMessage(), e);
        }
        out.flush();
        long written = file.channel().position();
        file.commit();
        if (!OutputFile.isStandardOutput(target)) {
          report(target, size, written);
        }
      }
      return 0;
    }

    /** Refuses names of formats that are not written. */
    void requireName(Path target) {
      // What comes out of a data file may be anything.
    }

    /** Prints what became of the file. */
    abstract void report(Path target, long size, long written);

    private void requireAbsent(Path target) {
      if (!force && !OutputFile.isStandardOutput(target) && Files.isRegularFile(target)) {
        throw new ParameterException(spec.commandLine(), target + " is there already; --force replaces it");
      }
    }
  }

  /** {@code llm265 data compress}. */
  @Command(
      name = "compress",
      description = {
        "Compresses a file so that data decompress gives it back bit by bit.",
        "Made for numbers: what a type leaves to noise is kept as it is, and the rest is coded by its frequencies. Without "
            + "--type every 256 KiB are measured as numbers of all types."
      },
      mixinStandardHelpOptions = true)
  static final class Compress extends Direction {
    private DType type;

    @Option(
        names = "--type",
        paramLabel = "TYPE",
        description = "What the values are: bytes, or a type of safetensors, such as f32, bf16, i8 (default: bytes). Any file "
            + "is compressed as any type; the right one is faster")
    void setType(String name) {
      if (!name.equalsIgnoreCase("bytes")) {
        type = DType.SAFETENSORS.stream().filter(known -> known.name().equalsIgnoreCase(name)).findFirst().orElseThrow(() -> {
          String all = DType.SAFETENSORS.stream().map(known -> known.name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
          return new ParameterException(spec().commandLine(), "--type " + name + " is not one of bytes, " + all);
        });
      }
    }

    @Override
    Path defaultOutput(Path from) {
      return from.resolveSibling(from.getFileName() + SUFFIX);
    }

    @Override
    void requireName(Path target) {
      OutputKind.DATA.requireName(spec(), target);
    }

    @Override
    long copy(InputStream in, OutputStream out, ExecutorService executor, int count) throws IOException {
      DataEncoder encoder = type == null ? DataEncoder.ofBytes() : DataEncoder.of(type);
      return encoder.withThreads(executor, count).encode(in, out);
    }

    @Override
    void report(Path target, long size, long written) {
      spec().commandLine().getOut().printf(
          Locale.ROOT, "%s: %d bytes become %d%s%n", target, size, written,
          size == 0 ? "" : String.format(Locale.ROOT, ", %.2f bits a byte", 8.0 * written / size));
    }
  }

  /** {@code llm265 data decompress}. */
  @Command(
      name = "decompress",
      description = "Gives back the file that data compress has compressed.",
      mixinStandardHelpOptions = true)
  static final class Decompress extends Direction {
    @Override
    Path defaultOutput(Path from) {
      String name = from.getFileName().toString();
      if (!name.endsWith(SUFFIX) || name.length() == SUFFIX.length()) {
        throw new ParameterException(spec().commandLine(), from + " has no name that ends in " + SUFFIX + ": say -o OUT");
      }
      return from.resolveSibling(name.substring(0, name.length() - SUFFIX.length()));
    }

    @Override
    long copy(InputStream in, OutputStream out, ExecutorService executor, int count) throws IOException {
      return DataDecoder.create().withThreads(executor, count).decode(in, out);
    }

    @Override
    void report(Path target, long size, long written) {
      spec().commandLine().getOut().printf(Locale.ROOT, "%s: %d bytes%n", target, size);
    }
  }
}
