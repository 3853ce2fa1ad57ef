package llm265.h264.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** SPEC.md, "Carried integers". */
class LevelRecoveryTest {
  /** LevelScale4x4(4, i, j) of flat matrices. */
  private static final int[] LEVEL_SCALE = LevelScale.FLAT.levelScale4x4(0, LevelRecovery.WIDE.qp());

  /** What a decoder adds to the prediction, without any limit of samples, as the standard has it; row by row. */
  private static int[] residual(short[] levels) {
    int[] matrix = new int[16];
    int[] blocks = new int[256];
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      matrix[4 * row(blkIdx) + column(blkIdx)] = levels[16 * blkIdx];
      for (int i = 1; i < 16; i++) {
        // (8-336), at qP 16 of 24 or more
        blocks[16 * blkIdx + i] = (levels[16 * blkIdx + i] * LEVEL_SCALE[i] + 2) >> 2;
      }
    }
    int[] dc = new int[16];
    DcTransform.inverseLuma(matrix, 0, LEVEL_SCALE[0], LevelRecovery.WIDE.qp(), dc, 0);
    int[] residual = new int[256];
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      blocks[16 * blkIdx] = dc[blkIdx];
      int[] samples = transformed(Arrays.copyOfRange(blocks, 16 * blkIdx, 16 * blkIdx + 16));
      for (int i = 0; i < 16; i++) {
        residual[16 * (4 * row(blkIdx) + i / 4) + 4 * column(blkIdx) + i % 4] = samples[i];
      }
    }
    return residual;
  }

  private static int row(int blkIdx) {
    return 2 * (blkIdx / 8) + blkIdx / 2 % 2;
  }

  private static int column(int blkIdx) {
    return 2 * (blkIdx / 4 % 2) + blkIdx % 2;
  }

  /** 8.5.12.2. */
  private static int[] transformed(int[] d) {
    for (int i = 0; i < 16; i += 4) {
      oneDimension(d, i, 1);
    }
    for (int j = 0; j < 4; j++) {
      oneDimension(d, j, 4);
    }
    return Arrays.stream(d).map(h -> (h + 32) >> 6).toArray();
  }

  private static void oneDimension(int[] d, int at, int step) {
    int e0 = d[at] + d[at + 2 * step];
    int e1 = d[at] - d[at + 2 * step];
    int e2 = (d[at + step] >> 1) - d[at + 3 * step];
    int e3 = d[at + step] + (d[at + 3 * step] >> 1);
    d[at] = e0 + e3;
    d[at + step] = e1 + e2;
    d[at + 2 * step] = e1 - e2;
    d[at + 3 * step] = e0 - e3;
  }

  private static short[] recovered(int[] residual) {
    short[] levels = new short[256];
    LevelRecovery.WIDE.recover(residual, new int[256], new int[16], levels, 0);
    return levels;
  }

  private static boolean isDc(int place) {
    return place % 16 == 0;
  }

  /**
   * Where no sample is clipped, levels of AC blocks come back whatever they and those beside them are. Of the DC block's, one
   * of 2^16 or so may not.
   */
  @Property(tries = 3000)
  void levelsOfAcBlocksAlwaysComeBack(@ForAll @IntRange(min = 0, max = 60) int most, @ForAll long seed) {
    Random random = new Random(seed);
    short[] levels = new short[256];
    for (int i = 0; i < 256; i++) {
      levels[i] = (short) (random.nextInt(2 * most + 1) - most);
    }
    short[] found = recovered(residual(levels));
    for (int i = 0; i < 256; i++) {
      if (!isDc(i)) {
        assertThat(found[i]).as("place %s", i).isEqualTo(levels[i]);
      }
    }
  }

  @Test
  void everyLevelComesBackAloneAtEveryPlace() {
    for (int place = 0; place < 256; place++) {
      for (int step = -500; step <= 500; step++) {
        // Less than 4 of a DC block are less than a whole sample.
        int level = isDc(place) ? 4 * step : step;
        short[] levels = new short[256];
        levels[place] = (short) level;
        assertThat(recovered(residual(levels))).as("%s at %s", level, place).isEqualTo(levels);
      }
    }
  }

  /**
   * The bound: a residual sample is off by more than -1/2 and at most 1/2, and a coefficient adds up 16, 24 or 36 of them. Half
   * of what a level is worth is 8, 12.5 and 19.53. So 8 alone may be met, but only by a sum without negative weights, which is
   * that of place 0.
   */
  @Test
  void errorsOfSamplesAreLessThanHalfOfALevel() {
    int[][] forward = {{1, 1, 1, 1}, {2, 1, -1, -2}, {1, -1, -1, 1}, {1, -2, 2, -1}};
    for (int i = 0; i < 16; i++) {
      double sum = 0;
      for (int place = 0; place < 16; place++) {
        sum += Math.abs(forward[i / 4][place / 4] * forward[i % 4][place % 4]);
      }
      int row = i / 4;
      int column = i % 4;
      boolean hasNegative = Arrays.stream(forward[row])
          .anyMatch(a -> Arrays.stream(forward[column]).anyMatch(b -> a * b < 0));
      assertThat(sum / 2).as("place %s", i).isLessThanOrEqualTo(worth(i) / 2);
      assertThat(hasNegative || sum / 2 < worth(i) / 2 || i == 0).as("place %s", i).isTrue();
    }
  }

  /** What a level is worth in the forward transform of the samples that it makes. */
  private static double worth(int place) {
    int odd = place % 2 + place / 4 % 2;
    return odd == 0 ? 16 : odd == 1 ? 25 : 39.0625;
  }

  @Test
  void levelsOfDcBlocksComeBackNearlyAlways() {
    Random random = new Random(265);
    int wrong = 0;
    for (int round = 0; round < 4000; round++) {
      short[] levels = new short[256];
      for (int i = 0; i < 256; i++) {
        levels[i] = (short) Math.round(2 * random.nextGaussian());
      }
      short[] found = recovered(residual(levels));
      for (int i = 0; i < 256; i += 16) {
        wrong += found[i] == levels[i] ? 0 : 1;
      }
    }
    assertThat(wrong).as("of 64,000").isLessThanOrEqualTo(1);
  }

  @Test
  void predictionIsTheMeanOfWhatIsAvailable() {
    Picture picture = new Picture(PictureFormat.of8Bit(32, 32, ChromaFormat.MONOCHROME));
    picture.fill(0, 100);
    short[] samples = picture.samples(0);
    int stride = picture.stride(0);
    for (int i = 0; i < 16; i++) {
      samples[picture.first(0) + 15 * stride + 16 + i] = 110;
      samples[picture.first(0) + (16 + i) * stride + 15] = 121;
    }
    int first = picture.first(0) + 16 * stride + 16;
    int[] residual = new int[256];
    int[] expected = {100 - 128, 100 - 121, 100 - 110, 100 - 116};
    for (int sides = 0; sides < 4; sides++) {
      LevelRecovery.subtractPrediction(samples, first, stride, (sides & 1) != 0, (sides & 2) != 0, residual);
      assertThat(residual).containsOnly(expected[sides]);
    }
  }
}
