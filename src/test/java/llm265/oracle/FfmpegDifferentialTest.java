package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;
import llm265.parallel.CommonPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Our encoder, our decoder, FFmpeg's decoder and x264 against one another, sample by sample.
 *
 * <p>Every scenario follows from its seed, which a failure names. {@code -Dllm265.oracle.seed} moves the long sweep elsewhere.
 */
class FfmpegDifferentialTest {
  private static List<Picture> decode(byte[] stream, int threads) {
    List<Picture> pictures = new ArrayList<>();
    H264IntraDecoder.decodeAll(
        MemorySegment.ofArray(stream), DecoderLimits.DEFAULT,
        CommonPool.workers(threads), decoded -> pictures.add(decoded.picture()));
    return pictures;
  }

  private static void checkOurs(CodingScenario scenario) {
    CodingScenario.Coded coded = scenario.encode();
    List<Picture> decoded = decode(coded.stream(), 1 + (int) (scenario.seed() & 1));
    assertThat(decoded).as("%s", scenario).hasSameSizeAs(coded.reconstructions());
    for (int i = 0; i < decoded.size(); i++) {
      assertThat(decoded.get(i).sameSamples(coded.reconstructions().get(i))).as("picture %d of %s", i, scenario).isTrue();
    }
    compareWithFfmpeg(coded.stream(), coded.reconstructions(), false, scenario.toString());
    if (scenario.config().scalingLists().equals(EncoderConfig.Scaling.FLAT)) {
      compareWithFfmpeg(coded.stream(), coded.reconstructions(), true, scenario.toString());
    }
  }

  private static void checkX264(CodingScenario scenario) {
    String parameters = scenario.x264Parameters();
    byte[] stream = X264Oracle.encode(scenario.x264Sources(), parameters);
    String what = parameters + " " + scenario.x264Sources().getFirst().format() + " " + scenario;
    List<Picture> decoded = decode(stream, 1 + (int) (scenario.seed() & 1));
    assertThat(decoded).as(what).hasSameSizeAs(scenario.sources());
    compareWithFfmpeg(stream, decoded, false, what);
    if (!parameters.contains("cqm")) {
      compareWithFfmpeg(stream, decoded, true, what);
    }
  }

  private static void compareWithFfmpeg(byte[] stream, List<Picture> pictures, boolean simd, String what) {
    List<OraclePicture> oracle;
    try {
      oracle = FfmpegOracle.decode(stream, simd);
    } catch (OracleException e) {
      throw new AssertionError(what, e);
    }
    assertThat(oracle).as(what).hasSameSizeAs(pictures);
    for (int i = 0; i < pictures.size(); i++) {
      assertThat(oracle.get(i).firstDifferenceFrom(pictures.get(i))).as("picture %d of %s", i, what).isEmpty();
    }
  }

  @Test
  void ffmpegDecodesOurStreamsToOurReconstruction() {
    for (long seed = 0; seed < 250; seed++) {
      checkOurs(CodingScenario.ofSeed(seed, 96));
    }
  }

  @Test
  void ffmpegDecodesStreamsBeyondHighToOurReconstruction() {
    for (long seed = 0; seed < 100; seed++) {
      checkBeyondHigh(CodingScenario.beyondHigh(seed, 96));
    }
  }

  private static void checkBeyondHigh(CodingScenario scenario) {
    checkOurs(scenario);
    if (scenario.config().lossless()) {
      CodingScenario.Coded coded = scenario.encode();
      for (int i = 0; i < scenario.sources().size(); i++) {
        assertThat(coded.reconstructions().get(i).sameSamples(scenario.sources().get(i))).as("%s", scenario).isTrue();
      }
    }
  }

  @Test
  void everyContentAtEveryQp() {
    for (Content content : Content.values()) {
      for (int qpY = 0; qpY <= 51; qpY++) {
        CodingScenario drawn = CodingScenario.ofSeed(1000 + qpY, 48);
        Picture source = RandomPictures.of(content, 46, 34, drawn.config().chroma(), qpY);
        checkOurs(new CodingScenario(drawn.seed(), drawn.config(), List.of(source), qpY, null));
      }
    }
  }

  /** Here a level of 1 alone used to leave the range that 8.5.12.1 allows, which FFmpeg's 16-bit coefficients show. */
  @Test
  void largeScalingListsAtHighQpStayWithin16Bits() {
    checkOurs(CodingScenario.of(1_001_980, new Random(1_001_980), 400));
  }

  /** Levels of 1 and 2 of some 14,000 each here used to add up to more than 16 bits within a row. */
  @Test
  void severalLevelsOfLargeStepsStayWithin16Bits() {
    checkOurs(CodingScenario.ofSeed(236, 96));
  }

  @Test
  void weDecodeX264AsFfmpegDoes() {
    for (long seed = 0; seed < 200; seed++) {
      checkX264(CodingScenario.ofSeed(seed, 96));
    }
  }

  /** A stream of OpenH264, all of whose pictures are IDR pictures. */
  static byte[] openH264(long seed, int maxSize) {
    Random random = new Random(new SplittableRandom(seed).nextLong());
    int width = 16 + 2 * random.nextInt(maxSize / 2);
    int height = 16 + 2 * random.nextInt(maxSize / 2);
    List<Picture> sources = new ArrayList<>();
    // OpenH264 gives up on noise at high rates.
    List<Content> contents = Arrays.stream(Content.values()).filter(content -> content != Content.NOISE).toList();
    int pictures = 1 + random.nextInt(3);
    for (int i = 0; i < pictures; i++) {
      Content content = contents.get(random.nextInt(contents.size()));
      sources.add(RandomPictures.of(content, width, height, ChromaFormat.YUV420, random.nextLong()));
    }
    return X264Oracle.encode("libopenh264", sources, Map.of(
        "g", "1", "b", "" + (1000 + random.nextInt(1_000_000)), "qmin", "" + (20 + random.nextInt(12)), "qmax", "51",
        "slices", "" + (1 + random.nextInt(Math.min(4, height / 16))), "coder", random.nextBoolean() ? "cabac" : "cavlc",
        "profile", List.of("constrained_baseline", "main", "high").get(random.nextInt(3)), "loopfilter", "" + random.nextInt(2)));
  }

  private static void checkOpenH264(long seed, int maxSize) {
    byte[] stream = openH264(seed, maxSize);
    List<Picture> decoded = decode(stream, 1 + (int) (seed & 1));
    assertThat(decoded).as("seed %d", seed).isNotEmpty();
    compareWithFfmpeg(stream, decoded, false, "seed " + seed);
  }

  @Test
  void weDecodeOpenH264AsFfmpegDoes() {
    for (long seed = 0; seed < 60; seed++) {
      checkOpenH264(seed, 96);
    }
  }

  @Test
  @Tag("long")
  void wideSweepOfOpenH264Streams() {
    long first = Long.getLong("llm265.oracle.seed", 1_000_000);
    int refused = 0;
    for (long seed = first; seed < first + 2_000; seed++) {
      int maxSize = seed % 20 == 0 ? 400 : 120;
      try {
        openH264(seed, maxSize);
      } catch (OracleException e) {
        // OpenH264 gives up now and then: on levels too large for its CAVLC, on slices of small pictures.
        refused++;
        continue;
      }
      checkOpenH264(seed, maxSize);
    }
    assertThat(refused).isLessThan(100);
  }

  /** Sizes that are no multiple of a chroma sample: 4:0:0 and 4:4:4 may be cropped to any. */
  @Test
  void weDecodeX264OfOddSizesAsFfmpegDoes() {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(new SplittableRandom(seed).nextLong());
      ChromaFormat chroma = random.nextBoolean() ? ChromaFormat.MONOCHROME : ChromaFormat.YUV444;
      Picture source = RandomPictures.deepen(RandomPictures.of(Content.values()[random.nextInt(Content.values().length)],
          1 + random.nextInt(50), 1 + random.nextInt(50), chroma, seed), random.nextBoolean() ? 10 : 8);
      String parameters = "qp=" + random.nextInt(52) + ":cabac=" + random.nextInt(2);
      byte[] stream = X264Oracle.encode(List.of(source), parameters);
      compareWithFfmpeg(stream, decode(stream, 1), false, parameters + " " + source.format());
    }
  }

  @Test
  @Tag("long")
  void wideSweepOfOurStreams() {
    long first = Long.getLong("llm265.oracle.seed", 1_000_000);
    for (long seed = first; seed < first + 10_000; seed++) {
      checkOurs(CodingScenario.ofSeed(seed, seed % 20 == 0 ? 400 : 120));
    }
  }

  @Test
  @Tag("long")
  void wideSweepOfOurStreamsBeyondHigh() {
    long first = Long.getLong("llm265.oracle.seed", 1_000_000);
    for (long seed = first; seed < first + 10_000; seed++) {
      checkBeyondHigh(CodingScenario.beyondHigh(seed, seed % 20 == 0 ? 400 : 120));
    }
  }

  @Test
  @Tag("long")
  void wideSweepOfX264Streams() {
    long first = Long.getLong("llm265.oracle.seed", 1_000_000);
    for (long seed = first; seed < first + 10_000; seed++) {
      checkX264(CodingScenario.ofSeed(seed, seed % 20 == 0 ? 400 : 120));
    }
  }
}
