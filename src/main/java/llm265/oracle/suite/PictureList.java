package llm265.oracle.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import llm265.checkpoint.file.ModelFormatException;

/** A list of a stream's output pictures beside it, {@code NAME.md5}: number, width, height and MD5, between tabs, a line each. */
final class PictureList {
  private static final int COLUMNS = 4;

  private PictureList() {}

  /** Where the list of a stream is, if there is one. */
  static Path beside(Path stream) {
    return stream.resolveSibling(stem(stream) + ".md5");
  }

  static String stem(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /** Whether a line is one of such a list. */
  static boolean isRow(String line) {
    return line.matches("\\d+\t\\d+\t\\d+\t\\p{XDigit}{32}");
  }

  /** The MD5 of each picture, in the order of their numbers. */
  static List<String> read(Path list) throws IOException {
    List<String> digests = new ArrayList<>();
    for (String line : Files.readAllLines(list)) {
      if (line.isBlank() || line.startsWith("index\t")) {
        continue;
      }
      if (!isRow(line) || Integer.parseInt(line.split("\t")[0]) != digests.size()) {
        throw new ModelFormatException(list, "'" + line + "' is not number " + digests.size()
            + " with width, height and MD5 of a picture");
      }
      digests.add(line.split("\t")[COLUMNS - 1]);
    }
    return digests;
  }
}
