package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.generate.RandomStream;
import llm265.h264.generate.RandomStream.Entropy;
import llm265.h264.generate.RandomStream.Structure;
import llm265.h264.generate.RandomStream.Tools;
import llm265.parallel.CommonPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Streams of random syntax elements, which no encoder would choose: our decoder and FFmpeg's must make the same samples of each.
 *
 * <p>Every stream follows from its tools and seed, which a failure names. {@code -Dllm265.oracle.seed} moves the long sweep
 * elsewhere.
 */
class WrittenStreamTest {
  /** Those that FFmpeg decodes. */
  private static final int[] BIT_DEPTHS = {8, 9, 10, 12, 14};

  static Stream<Tools> everyMixtureOfTools() {
    List<Tools> all = new ArrayList<>();
    for (ChromaFormat chroma : ChromaFormat.values()) {
      for (int bitDepth : BIT_DEPTHS) {
        for (Structure structure : Structure.values()) {
          for (Entropy entropy : Entropy.values()) {
            for (boolean lossless : new boolean[] {false, true}) {
              all.add(new Tools(chroma, bitDepth, structure, entropy, lossless));
            }
          }
        }
      }
    }
    return all.stream();
  }

  /** Whether the stream has been compared. */
  private static boolean check(Tools tools, long seed) {
    byte[] stream = new RandomStream(seed, tools).make().write();
    String what = "seed " + seed + " of " + tools;
    List<Picture> pictures = new ArrayList<>();
    List<OraclePicture> oracle;
    try {
      H264IntraDecoder.decodeAll(
          MemorySegment.ofArray(stream), DecoderLimits.DEFAULT,
          CommonPool.workers(1 + (int) (seed & 1)), decoded -> pictures.add(decoded.picture()));
      oracle = FfmpegOracle.decode(stream);
    } catch (RuntimeException e) {
      throw new AssertionError(what, e);
    }
    assertThat(oracle).as(what).hasSameSizeAs(pictures);
    if (tools.lossless() && pictures.stream().anyMatch(ClippedSamples::mayBeIn)) {
      // FFmpeg adds bypassed residuals without Clip1 (8-372), which a stream of an encoder never needs.
      return false;
    }
    for (int i = 0; i < pictures.size(); i++) {
      assertThat(oracle.get(i).firstDifferenceFrom(pictures.get(i))).as("picture %d of %s", i, what).isEmpty();
    }
    return true;
  }

  private static void sweep(Tools tools, long first, int count) {
    long compared = LongStream.range(first, first + count).filter(seed -> check(tools, seed)).count();
    assertThat(compared).as("%s", tools).isGreaterThan(count / 2);
  }

  @ParameterizedTest
  @MethodSource("everyMixtureOfTools")
  void weDecodeWhatFfmpegDoes(Tools tools) {
    sweep(tools, 0, 3);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("everyMixtureOfTools")
  void wideSweep(Tools tools) {
    sweep(tools, Long.getLong("llm265.oracle.seed", 1_000_000), 100);
  }
}
