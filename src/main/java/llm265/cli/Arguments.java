package llm265.cli;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of file arguments that several commands share. */
final class Arguments {
  /** Enough for a sequence parameter set and anything in front of it. */
  private static final int FIRST_BYTES = 1 << 16;


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

  /** Whether a file holds an H.264 stream, judged by its first bytes, or by the name of a byte stream even if it is damaged. */
  static boolean isStream(Path path) {
    return hasSuffix(path, ".264") || hasSuffix(path, ".h264") || hasSuffix(path, ".avc") || path.toString().equals("-")
        || beginsAsStream(path);
  }

  private static boolean beginsAsStream(Path path) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(path)) {
      return InputFile.isStream(MemorySegment.ofArray(in.readNBytes(FIRST_BYTES)));
    } catch (IOException e) {
      // Reading the file reports what is wrong with it.
      return false;
    }
  }

  /** The file's name without its last suffix. */
  static String stem(Path path) {
    String name = path.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
