package llm265.oracle.suite;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import llm265.checkpoint.file.ModelFormatException;

/**
 * Manifests of suites: {@code MANIFEST.tsv}, whose first line names the columns, which tell what kind of manifest it is.
 *
 * <p>Three kinds are known: that of this project's golden vectors, whose samples have a SHA-256; that of generated streams, which
 * have an MD5 of all samples and a list of pictures beside each; and that of collections of other encoders' streams, with an MD5
 * of all pictures and one of those that have only I slices.
 */
final class SuiteManifest {
  static final String FILE = "MANIFEST.tsv";
  private static final Set<String> GOLDEN = Set.of("file", "verdict", "sha256", "pictures", "decoded_sha256");
  private static final Set<String> GENERATED = Set.of("file", "verdict", "sha256", "pictures", "decoded_md5");
  private static final Set<String> COLLECTED = Set.of("file", "kind", "sha256", "pictures", "decoded_md5", "iframes_md5");
  private static final Set<String> VERDICTS = Set.of("good", "malformed");

  /** MD5 of each picture of a stream in which fields stand alone, for the streams of a folder. */
  private static final String FIELD_TABLE = "pictures_expected.tsv";
  private static final int FIELD_DIGEST_COLUMN = 4;

  /** In the column of features: the number of errors that FFmpeg has found. */
  private static final String FFMPEG_ERRORS = "fferr=";

  private final Path folder;
  private final Path manifest;
  private final List<String> names;

  private SuiteManifest(Path folder, List<String> names) {
    this.folder = folder;
    manifest = folder.resolve(FILE);
    this.names = names;
  }

  /**
   * The streams of a folder's manifest, in its order.
   *
   * @throws ModelFormatException if it is no manifest of streams
   */
  static List<SuiteStream> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(file, "is not text in UTF-8", e);
    }
    SuiteManifest manifest = new SuiteManifest(folder, lines.isEmpty() ? List.of() : List.of(lines.getFirst().split("\t", -1)));
    Set<String> columns = new HashSet<>(manifest.names);
    boolean golden = columns.containsAll(GOLDEN);
    boolean generated = columns.containsAll(GENERATED);
    if (!golden && !generated && !columns.containsAll(COLLECTED)) {
      throw new ModelFormatException(file, "its first line does not name the columns of a manifest of streams: file, verdict (or "
          + "kind), sha256, pictures, and decoded_sha256 or decoded_md5");
    }
    List<SuiteStream> streams = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        Map<String, String> row = manifest.row(i + 1, lines.get(i));
        streams.add(golden ? manifest.golden(i + 1, row)
            : generated ? manifest.generated(i + 1, row) : manifest.collected(i + 1, row));
      }
    }
    return streams;
  }

  private Map<String, String> row(int line, String text) {
    String[] values = text.split("\t", -1);
    if (values.length > names.size()) {
      throw wrong(line, "has " + values.length + " columns, the first line names " + names.size());
    }
    Map<String, String> row = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      row.put(names.get(i), i < values.length ? values[i] : "");
    }
    return row;
  }

  private ModelFormatException wrong(int line, String problem) {
    return new ModelFormatException(manifest, "line " + line + " " + problem);
  }

  private SuiteStream golden(int line, Map<String, String> row) {
    return stream(line, row, isMalformed(line, row), ExpectedSamples.of(ExpectedSamples.SHA_256, row.get("decoded_sha256")),
        row.getOrDefault("made_by", ""), "");
  }

  private SuiteStream generated(int line, Map<String, String> row) throws IOException {
    String fault = row.getOrDefault("fault", "");
    Path list = PictureList.beside(file(line, row));
    ExpectedSamples expected = ExpectedSamples.of(ExpectedSamples.MD5, row.get("decoded_md5"));
    return stream(line, row, isMalformed(line, row),
        Files.exists(list) ? expected.withPictures(PictureList.read(list)) : expected,
        fault.isEmpty() ? row.getOrDefault("tools", "") : fault, "");
  }

  private SuiteStream collected(int line, Map<String, String> row) throws IOException {
    String features = row.getOrDefault("features", "");
    String doubtful = "";
    for (String feature : features.split(" ")) {
      if (feature.startsWith(FFMPEG_ERRORS)) {
        doubtful = "FFmpeg finds errors in it, too (" + feature + ")";
      }
    }
    boolean intra = row.get("kind").startsWith("intra");
    String all = row.get("decoded_md5");
    ExpectedSamples expected = new ExpectedSamples(
        ExpectedSamples.MD5, all, intra && !all.isEmpty() ? all : row.get("iframes_md5"), List.of(), null);
    return stream(line, row, false, expected.withPictures(fieldDigests(file(line, row))), features, doubtful);
  }

  private static List<String> fieldDigests(Path stream) throws IOException {
    Path table = stream.resolveSibling(FIELD_TABLE);
    if (!Files.exists(table)) {
      return List.of();
    }
    return Files.readAllLines(table).stream()
        .map(line -> line.split("\t", -1))
        .filter(row -> row.length > FIELD_DIGEST_COLUMN && row[0].equals(stream.getFileName().toString()))
        .map(row -> row[FIELD_DIGEST_COLUMN])
        .toList();
  }

  private boolean isMalformed(int line, Map<String, String> row) {
    String verdict = row.get("verdict");
    if (!VERDICTS.contains(verdict)) {
      throw wrong(line, "has the verdict '" + verdict + "', which is neither good nor malformed");
    }
    return verdict.equals("malformed");
  }

  private SuiteStream stream(
      int line, Map<String, String> row, boolean malformed, ExpectedSamples expected, String about, String doubtful) {
    String count = row.get("pictures");
    if (!count.matches("\\d{0,9}|-")) {
      throw wrong(line, "has '" + count + "' pictures");
    }
    return new SuiteStream(row.get("file"), file(line, row), malformed,
        count.isEmpty() || count.equals("-") ? SuiteStream.NOT_TOLD : Integer.parseInt(count), row.get("sha256"), expected, about,
        doubtful);
  }

  /** The stream's file; a name that leads out of the folder is refused. */
  private Path file(int line, Map<String, String> row) {
    String name = row.get("file");
    try {
      Path root = folder.toAbsolutePath().normalize();
      if (!name.isEmpty() && root.resolve(name).normalize().startsWith(root) && !Path.of(name).isAbsolute()) {
        return folder.resolve(name);
      }
    } catch (InvalidPathException e) {
      throw wrong(line, "names a file '" + name + "', which this system cannot have");
    }
    throw wrong(line, name.isEmpty() ? "names no file" : "names the file " + name + ", which is not in the folder");
  }
}
