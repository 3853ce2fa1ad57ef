package llm265.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks that several commands make of their file arguments. */
final class Arguments {
  private Arguments() {}

  /** Refuses to write over the input while it is read. */
  static void requireDifferent(CommandSpec spec, Path input, Path output) throws IOException {
    if (Files.isRegularFile(input) && Files.isRegularFile(output) && Files.isSameFile(input, output)) {
      throw new ParameterException(spec.commandLine(), "the output would replace the input " + input);
    }
  }

  static boolean hasSuffix(Path path, String suffix) {
    return path.getFileName() != null && path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(suffix);
  }

  /** Whether a file holds an H.264 byte stream, by its name. */
  static boolean isStream(Path path) {
    return hasSuffix(path, ".264") || hasSuffix(path, ".h264") || hasSuffix(path, ".avc") || path.toString().equals("-");
  }

  /** The file's name without its last suffix. */
  static String stem(Path path) {
    String name = path.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
