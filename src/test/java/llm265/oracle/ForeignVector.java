package llm265.oracle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One row of the manifest of a folder of streams that other encoders wrote. */
record ForeignVector(Path path, Map<String, String> columns) {

  /** The rows of {@code MANIFEST.tsv}, whose first line names the columns. */
  static List<ForeignVector> in(Path folder) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("MANIFEST.tsv"));
    String[] names = lines.getFirst().split("\t", -1);
    List<ForeignVector> vectors = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] values = line.split("\t", -1);
      Map<String, String> columns = new HashMap<>();
      for (int i = 0; i < names.length; i++) {
        columns.put(names[i], i < values.length ? values[i] : "");
      }
      vectors.add(new ForeignVector(folder.resolve(values[0]), columns));
    }
    return vectors;
  }

  String name() {
    return columns.get("file");
  }

  /** True for streams of I slices alone; false where P or B slices stand between them. */
  boolean intraOnly() {
    return columns.get("kind").equals("intra");
  }

  /**
   * MD5 of each picture of a folder that has {@code pictures_expected.tsv}, in which an unpaired field is the rows of the field;
   * empty if there are none for this stream.
   */
  List<String> expectedPictures() throws IOException {
    Path table = path.resolveSibling("pictures_expected.tsv");
    if (!Files.exists(table)) {
      return List.of();
    }
    String file = path.getFileName().toString();
    return Files.readAllLines(table).stream()
        .map(line -> line.split("\t"))
        .filter(row -> row[0].equals(file))
        .map(row -> row[4])
        .toList();
  }

  /** True where the MD5 is over 4:2:0 planes even if the stream is monochrome. */
  boolean chromaAlwaysWritten() {
    return columns.get("pix_fmt").startsWith("yuv420p");
  }

  /** MD5 over the intra pictures, planar and cropped; empty if none is known. */
  String expectedMd5() {
    String decoded = columns.get("decoded_md5");
    return intraOnly() && !decoded.isEmpty() ? decoded : columns.get("iframes_md5");
  }
}
