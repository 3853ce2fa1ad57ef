package llm265.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import llm265.checkpoint.Checkpoint;
import llm265.cli.CodingFiles;
import llm265.cli.CodingOptions;
import llm265.cli.Main;
import llm265.model.ModelCompressor;
import org.apache.spark.SparkFiles;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * How tensors are coded, on its way to other processes: as the arguments of the command, which each reads again.
 *
 * @param arguments all of the command's; those that are not about coding do not matter
 */
record CodingArguments(List<String> arguments) implements Serializable {
  CodingArguments {
    arguments = List.copyOf(arguments);
  }

  @Command
  private static final class Reader {
    @Mixin private CodingOptions coding;
  }

  CodingOptions options() {
    Reader reader = new Reader();
    Main.withRules(new CommandLine(reader)).setUnmatchedArgumentsAllowed(true).parseArgs(arguments.toArray(String[]::new));
    return reader.coding;
  }

  /** The files that options name, as Spark has brought them to this process. */
  static CodingFiles openFiles(CodingOptions options) throws IOException {
    return CodingFiles.open(brought(options.sensitivity()), brought(options.calibration()));
  }

  private static Path brought(Path file) {
    return file == null ? null : Path.of(SparkFiles.get(file.getFileName().toString()));
  }

  /**
   * The compressor, the same in every process.
   *
   * @param exact names of tensors that lose nothing
   */
  static ModelCompressor compressor(CodingOptions options, CodingFiles files, Checkpoint checkpoint, Set<String> exact) {
    return files.apply(options.compressor(), checkpoint).withExact(exact);
  }
}
