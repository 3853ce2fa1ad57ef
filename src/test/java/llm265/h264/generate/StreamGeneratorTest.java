package llm265.h264.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** FFmpeg makes the samples that generated streams are said to have, wherever it follows the standard. */
class StreamGeneratorTest {
  private static StreamRequest request(GeneratedProfile profile, long seed) {
    return new StreamRequest(profile, seed, Set.of(), 0, 0, 0, 0, List.of());
  }

  /** Whether the stream was compared. */
  static boolean check(GeneratedStream stream) throws Exception {
    if (!stream.departures().isEmpty()) {
      return false;
    }
    List<OraclePicture> oracle = FfmpegOracle.decode(stream.bytes());
    assertThat(oracle).as(stream.name()).hasSameSizeAs(stream.pictures());
    MessageDigest all = MessageDigest.getInstance("MD5");
    boolean gray = stream.pixelFormat().startsWith("gray");
    for (int i = 0; i < oracle.size(); i++) {
      MessageDigest one = MessageDigest.getInstance("MD5");
      for (int plane = 0; plane < (gray ? 1 : 3); plane++) {
        one.update(oracle.get(i).planes()[plane]);
        all.update(oracle.get(i).planes()[plane]);
      }
      assertThat(HexFormat.of().formatHex(one.digest())).as("picture %d of %s", i, stream.name())
          .isEqualTo(stream.pictures().get(i).md5());
    }
    assertThat(HexFormat.of().formatHex(all.digest())).as(stream.name()).isEqualTo(stream.md5());
    return true;
  }

  private static int sweep(GeneratedProfile profile, long seed, int count) throws Exception {
    int compared = 0;
    for (int i = 0; i < count; i++) {
      GeneratedStream stream = CoverSearch.generator(request(profile, seed), i).stream(i);
      compared += check(stream) ? 1 : 0;
    }
    return compared;
  }

  @Test
  void ffmpegMakesTheSameSamples() throws Exception {
    int compared = 0;
    for (GeneratedProfile profile : GeneratedProfile.values()) {
      compared += sweep(profile, 1, 4);
    }
    assertThat(compared).isGreaterThan(15);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource
  void ffmpegMakesTheSameSamplesOfManyStreams(GeneratedProfile profile) throws Exception {
    assertThat(sweep(profile, 2, 400)).isGreaterThan(40);
  }

  /** Everything that FFmpeg departs in, one by one: what it does decode must still be asked for. */
  @Test
  void departuresAreThoseOfToolsThatOccur() {
    List<String> found = new ArrayList<>();
    for (Tool tool : List.of(Tool.PLANES, Tool.SETS, Tool.LOSSLESS)) {
      StreamRequest request = new StreamRequest(
          GeneratedProfile.HIGH444, 0, Set.of(tool, Tool.YUV444, Tool.DEPTH8), 0, 0, 0, 0, List.of());
      found.add(String.join(" ", new StreamGenerator(request).stream(0).departures()));
    }
    assertThat(found.subList(0, 2)).containsExactly("planes", "sets");
  }

  @Test
  void aStreamFollowsFromItsRequestAndNumber() {
    for (GeneratedProfile profile : List.of(GeneratedProfile.EXTENDED, GeneratedProfile.HIGH444)) {
      GeneratedStream first = new StreamGenerator(request(profile, 5)).stream(3);
      assertThat(new StreamGenerator(request(profile, 5)).stream(3).bytes()).isEqualTo(first.bytes());
      assertThat(new StreamGenerator(request(profile, 6)).stream(3).bytes()).isNotEqualTo(first.bytes());
    }
  }

  /** The bytes are those of every machine: a stream of each profile was hashed once. */
  @Test
  void streamsStayWhatTheyAre() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (GeneratedProfile profile : GeneratedProfile.values()) {
      digest.update(CoverSearch.generator(request(profile, 0), 1).stream(1).bytes());
    }
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo("a16ef4f5bb73a97bc390c2bd7260703795fdf6f02f0edbb58333d372392919b3");
  }

  @ParameterizedTest
  @EnumSource(value = GeneratedProfile.class, names = "HIGH422")
  void theDecoderNamesTheFault(GeneratedProfile profile) {
    faults(profile, 0);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource
  void theDecoderNamesTheFaultInManyStreams(GeneratedProfile profile) {
    for (long seed = 1; seed < 20; seed++) {
      faults(profile, seed);
    }
  }

  private static void faults(GeneratedProfile profile, long seed) {
    StreamGenerator generator = new StreamGenerator(request(profile, seed));
    assertThat(generator.faults()).hasSizeGreaterThan(20);
    for (StreamFault fault : generator.faults()) {
      GeneratedStream stream = generator.malformed(fault);
      assertThat(ExpectedSamples.of(stream.bytes()).fault()).as("%s, seed %d", stream.name(), seed)
          .hasMessageContaining(fault.told());
      assertThat(stream.pictures()).isNotEmpty();
    }
  }
}
