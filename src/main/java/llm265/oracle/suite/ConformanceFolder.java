package llm265.oracle.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import llm265.checkpoint.file.ModelFormatException;

/**
 * Folders in the manner of the JVT's conformance suite, without a manifest: streams, and beside each {@code X.264} what it
 * decodes to, as {@code X.yuv}, {@code X_dec.yuv} or {@code X.y4m}, or as an MD5 in {@code X.md5}, {@code X_yuv.md5} or
 * {@code X.yuv.md5}. Folders within it are searched, too, since the suite's archives unpack to one each.
 */
final class ConformanceFolder {
  private static final Set<String> SUFFIXES = Set.of("264", "h264", "avc", "jsv", "jvt", "26l");
  private static final List<String> DUMPS = List.of("%s.yuv", "%s_dec.yuv", "%s.y4m");
  private static final List<String> DIGESTS = List.of("%s.md5", "%s_yuv.md5", "%s.yuv.md5");
  private static final Pattern DIGEST = Pattern.compile("(?i)\\b(\\p{XDigit}{32})\\b");
  private static final int DEEPEST = 8;

  private ConformanceFolder() {}

  /** The streams of a folder by name. */
  static List<SuiteStream> read(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder, DEEPEST)) {
      files = walk.filter(file -> SUFFIXES.contains(suffix(file)) && Files.isRegularFile(file)).sorted().toList();
    }
    List<SuiteStream> streams = new ArrayList<>();
    for (Path file : files) {
      streams.add(new SuiteStream(
          folder.relativize(file).toString(), file, false, SuiteStream.NOT_TOLD, "", expected(file), "", ""));
    }
    return streams;
  }

  private static String suffix(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static ExpectedSamples expected(Path stream) throws IOException {
    String stem = PictureList.stem(stream);
    for (String form : DUMPS) {
      Path dump = stream.resolveSibling(form.formatted(stem));
      if (Files.isRegularFile(dump)) {
        return new ExpectedSamples(ExpectedSamples.MD5, "", "", List.of(), dump);
      }
    }
    for (String form : DIGESTS) {
      Path file = stream.resolveSibling(form.formatted(stem));
      if (Files.isRegularFile(file)) {
        ExpectedSamples expected = ofDigests(stream, file);
        if (expected.tellsAll()) {
          return expected;
        }
      }
    }
    return ExpectedSamples.NONE;
  }

  /** A list of pictures, or one digest: of the samples, unless it is that of the stream itself. */
  private static ExpectedSamples ofDigests(Path stream, Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (!lines.isEmpty() && PictureList.isRow(lines.getFirst())) {
      return ExpectedSamples.NONE.withPictures(PictureList.read(file));
    }
    String ofStream = HexFormat.of().formatHex(SampleDigest.digest(ExpectedSamples.MD5).digest(Files.readAllBytes(stream)));
    for (String line : lines) {
      Matcher digest = DIGEST.matcher(line);
      if (digest.find() && !digest.group(1).equalsIgnoreCase(ofStream)) {
        return ExpectedSamples.of(ExpectedSamples.MD5, digest.group(1).toLowerCase(Locale.ROOT));
      }
    }
    if (lines.stream().noneMatch(line -> DIGEST.matcher(line).find())) {
      throw new ModelFormatException(file, "has no MD5 in it");
    }
    return ExpectedSamples.NONE;
  }
}
