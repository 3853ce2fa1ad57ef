package llm265.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import llm265.data.DataDecoder;
import llm265.data.DataEncoder;
import llm265.data.SampleData;
import llm265.dtype.DType;
import llm265.h264.StreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Data files as they are kept in golden-vectors/data, what SPEC.md makes of them, and which are refused. Files once kept must
 * decode for ever; they are written anew with {@code -Dllm265.golden.update=true}.
 */
class GoldenDataTest {
  private static final Path FOLDER = Path.of("golden-vectors/data");
  private static final Path MANIFEST = FOLDER.resolve("MANIFEST.tsv");
  private static final String HEADER = "file\tverdict\tsha256\tbytes\tvalues_sha256_or_error";
  private static final int HEADER_BYTES = 14;
  private static final int TRAILER_BYTES = 17;

  private static byte[] encoded(DType type, byte[] values) {
    DataEncoder encoder = type == null ? DataEncoder.ofBytes() : DataEncoder.of(type);
    return encoder.encode(MemorySegment.ofArray(values));
  }

  private static Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (SampleData.Kind kind : SampleData.Kind.values()) {
      String name = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
      files.put(name + ".llm265", encoded(null, SampleData.of(kind, 5003, 1)));
    }
    files.put("bf16-wide.llm265", encoded(DType.BF16, SampleData.of(SampleData.Kind.WEIGHTS_BF16, 1 << 17, 2)));
    files.put("f64-odd.llm265", encoded(DType.F64, SampleData.of(SampleData.Kind.WEIGHTS_F64, 4001, 2)));
    files.put("two-blocks.llm265", encoded(DType.U8, SampleData.of(SampleData.Kind.TWO_VALUES, (1 << 18) + 100, 2)));
    files.putAll(badFiles());
    return files;
  }

  /** One fault each. */
  private static Map<String, byte[]> badFiles() {
    byte[] good = encoded(null, SampleData.of(SampleData.Kind.TEXT, 300, 1));
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("bad-magic.llm265", changed(good, 0, 'x'));
    files.put("bad-version.llm265", withHeader(good, 2, 0));
    files.put("bad-width.llm265", withHeader(good, 1, 3));
    files.put("bad-header-checksum.llm265", changed(good, HEADER_BYTES - 1, ~good[HEADER_BYTES - 1]));
    files.put("bad-block-checksum.llm265", changed(good, HEADER_BYTES + 20, ~good[HEADER_BYTES + 20]));
    files.put("bad-trailer-checksum.llm265", changed(good, good.length - 1, ~good[good.length - 1]));
    files.put("bad-truncated.llm265", Arrays.copyOf(good, good.length - TRAILER_BYTES - 3));
    files.put("bad-no-trailer.llm265", Arrays.copyOf(good, good.length - TRAILER_BYTES));
    files.put("bad-bytes-behind.llm265", Arrays.copyOf(good, good.length + 1));
    files.put("bad-total-size.llm265", withTrailer(good, 301, 0));
    files.put("bad-values-checksum.llm265", withTrailer(good, 300, 1));
    // Bytes of the size, the length, 4 of a checksum that is made right, and the body
    files.put("bad-size.llm265", withBlock("80 80 20  01 00000000  80"));
    files.put("bad-size-not-shortest.llm265", withBlock("81 00  02 00000000  80 07"));
    files.put("bad-length.llm265", withBlock("01  03 00000000  80 07 07"));
    files.put("bad-stored.llm265", withBlock("02  02 00000000  80 07"));
    files.put("bad-mode.llm265", withBlock("10  03 00000000  0C 47 05"));
    files.put("bad-mode-size.llm265", withBlock("03  03 00000000  01 4F 05"));
    files.put("bad-distance.llm265", withBlock("10  04 00000000  10 00 47 05"));
    files.put("bad-field.llm265", withBlock("10  03 00000000  00 48 05"));
    files.put("bad-symbol-bits.llm265", withBlock("10  04 00000000  01 CF 05 05"));
    files.put("bad-halves.llm265", withBlock("10  05 00000000  03 5B C7 5B 05"));
    files.put("bad-constant.llm265", withBlock("10  04 00000000  00 43 43 1F"));
    files.put("bad-frequency-code.llm265", withBlock("10  03 00000000  00 C7 0F"));
    files.put("bad-frequency-sum.llm265", withBlock("10  06 00000000  00 C7 FC FF FC FF"));
    files.put("bad-exceptions.llm265", withBlock("10  05 00000000  40 47 05 11 00"));
    files.put("bad-gap.llm265", withBlock("10  06 00000000  40 47 05 01 10 07"));
    files.put("bad-raw-bits.llm265", withBlock("10  06 00000000  00 07 01 02 03 04"));
    files.put("bad-raw-bits-behind.llm265", withBlock("01  02 00000000  00 47"));
    return files;
  }

  private static byte[] changed(byte[] file, int at, int value) {
    byte[] changed = file.clone();
    changed[at] = (byte) value;
    return changed;
  }

  private static void seal(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    for (int k = 0; k < 4; k++) {
      bytes[to + k] = (byte) (crc.getValue() >>> (8 * k));
    }
  }

  private static byte[] withHeader(byte[] file, int version, int width) {
    byte[] changed = changed(changed(file, 8, version), 9, width);
    seal(changed, 0, HEADER_BYTES - 4);
    return changed;
  }

  private static byte[] withTrailer(byte[] file, int size, int checksumChange) {
    byte[] changed = file.clone();
    int trailer = file.length - TRAILER_BYTES;
    changed[trailer + 1] = (byte) size;
    changed[trailer + 2] = (byte) (size >> 8);
    changed[trailer + 9] ^= (byte) checksumChange;
    seal(changed, trailer, trailer + TRAILER_BYTES - 4);
    return changed;
  }

  private static byte[] withBlock(String hexadecimal) {
    String[] parts = hexadecimal.split(" 00000000 ");
    byte[] sizes = HexFormat.of().parseHex(parts[0].replace(" ", ""));
    byte[] body = HexFormat.of().parseHex(parts[1].replace(" ", ""));
    CRC32C crc = new CRC32C();
    crc.update(sizes);
    crc.update(body);
    byte[] empty = encoded(null, new byte[0]);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(empty, 0, HEADER_BYTES);
    out.writeBytes(sizes);
    for (int k = 0; k < 4; k++) {
      out.write((int) (crc.getValue() >>> (8 * k)));
    }
    out.writeBytes(body);
    out.write(empty, HEADER_BYTES, TRAILER_BYTES);
    return out.toByteArray();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String line(String name, byte[] file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      DataDecoder.create().decode(new ByteArrayInputStream(file), out);
      return String.join("\t", name, "good", sha256(file), Integer.toString(out.size()), sha256(out.toByteArray()));
    } catch (StreamException e) {
      String error = e.getClass().getSimpleName() + ": " + e.getMessage();
      return String.join("\t", name, "bad", sha256(file), Integer.toString(out.size()), error);
    }
  }

  private static void update() throws IOException {
    List<String> lines = new ArrayList<>(List.of(HEADER));
    for (Map.Entry<String, byte[]> entry : files().entrySet()) {
      Files.write(FOLDER.resolve(entry.getKey()), entry.getValue());
      lines.add(line(entry.getKey(), entry.getValue()));
    }
    Files.write(MANIFEST, lines, StandardCharsets.UTF_8);
  }

  @Test
  void filesAreDecodedOrRefusedAsTheManifestSays() throws IOException {
    if (Boolean.getBoolean("llm265.golden.update")) {
      update();
    }
    List<String> lines = new ArrayList<>(List.of(HEADER));
    List<String> names = Files.readAllLines(MANIFEST).stream().skip(1).map(line -> line.split("\t")[0]).toList();
    for (String name : names) {
      lines.add(line(name, Files.readAllBytes(FOLDER.resolve(name))));
    }
    assertThat(lines).isEqualTo(Files.readAllLines(MANIFEST));
    assertThat(lines.stream().skip(1)).allMatch(line -> line.startsWith("bad-") == line.contains("\tbad\t"));
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".llm265")))
          .containsExactlyInAnyOrderElementsOf(names);
    }
  }

  /** What an encoder of today makes of the same values is the same on every machine. */
  @Test
  void theSameValuesMakeTheSameFiles() throws IOException {
    for (Map.Entry<String, byte[]> entry : files().entrySet()) {
      assertThat(FOLDER.resolve(entry.getKey())).hasBinaryContent(entry.getValue());
    }
  }

  /** Runs in a process of its own. */
  static final class Child {
    public static void main(String[] arguments) throws IOException {
      new GoldenDataTest().filesAreDecodedOrRefusedAsTheManifestSays();
      new GoldenDataTest().theSameValuesMakeTheSameFiles();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void vectorsOfAllWidthsMakeTheSameFiles(int avx) throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process = new ProcessBuilder(
        java.toString(), "--add-modules", "jdk.incubator.vector", "-XX:+IgnoreUnrecognizedVMOptions", "-XX:UseAVX=" + avx,
        "-Dllm265.kernels=vector", "-cp", System.getProperty("java.class.path"), Child.class.getName())
        .redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
