package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import llm265.h264.DecoderLimits;
import llm265.h264.decode.H264IntraDecoder;
import llm265.parallel.CommonPool;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The bitstreams of the JVT conformance suite (ITU-T H.264.1) that consist of I slices, whole, and the I pictures and I fields of
 * others: one line each in conformance-streams.tsv, with the SHA-256 of the stream and the MD5 of all of its samples, planar,
 * cropped, two bytes a sample above 8 bits.
 *
 * <p>The streams themselves are looked for by SHA-256 in the folder of {@code -Dllm265.vectors}; one that is not there is
 * skipped, visibly.
 */
class ConformanceStreamsTest {
  private record Line(String name, String part, int pictures, String sha256, String md5) {
    static Line of(String line) {
      String[] cells = line.split("\t");
      return new Line(cells[0], cells[1], Integer.parseInt(cells[2]), cells[3], cells[4]);
    }
  }

  private static List<Line> lines() throws IOException {
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(
        Objects.requireNonNull(ConformanceStreamsTest.class.getResourceAsStream("/llm265/conformance-streams.tsv")),
        StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).map(Line::of).toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> everyStream() throws IOException {
    String folder = System.getProperty("llm265.vectors", "");
    if (folder.isEmpty()) {
      return Stream.of(DynamicTest.dynamicTest("skipped", () -> assumeFalse(true, "-Dllm265.vectors names no folder")));
    }
    List<ForeignVector> vectors = ForeignVector.in(Path.of(folder));
    return lines().stream().map(line -> DynamicTest.dynamicTest(line.name + ", " + line.part, () -> {
      Optional<ForeignVector> vector =
          vectors.stream().filter(candidate -> candidate.columns().get("sha256").equals(line.sha256)).findFirst();
      assumeTrue(vector.isPresent(), "not in the folder");
      check(line, Files.readAllBytes(vector.orElseThrow().path()));
    }));
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void check(Line line, byte[] stream) {
    assertThat(HexFormat.of().formatHex(digest("SHA-256").digest(stream))).isEqualTo(line.sha256);
    MessageDigest samples = digest("MD5");
    int[] pictures = {0};
    H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, CommonPool.workers(2), decoded -> {
      byte[] bytes = new byte[decoded.picture().croppedBytes()];
      decoded.picture().writeCropped(bytes, 0);
      samples.update(bytes);
      pictures[0]++;
    });
    assertThat(pictures[0]).isEqualTo(line.pictures);
    assertThat(HexFormat.of().formatHex(samples.digest())).isEqualTo(line.md5);
  }
}
