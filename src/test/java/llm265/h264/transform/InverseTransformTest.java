package llm265.h264.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InverseTransformTest {
  /** Basis vectors of the 4-point transform, in columns, times 2. */
  private static final int[][] MATRIX_4 = {{2, 2, 2, 1}, {2, 1, -2, -2}, {2, -1, -2, 2}, {2, -2, 2, -1}};

  /** Basis vectors of the 8-point transform, in rows, times 8. */
  private static final int[][] MATRIX_8 = {
    {8, 8, 8, 8, 8, 8, 8, 8},
    {12, 10, 6, 3, -3, -6, -10, -12},
    {8, 4, -4, -8, -8, -4, 4, 8},
    {10, -3, -12, -6, 6, 12, 3, -10},
    {8, -8, -8, 8, 8, -8, -8, 8},
    {6, -12, 3, 10, -10, -3, 12, -6},
    {4, -8, 8, -4, -4, 8, -8, 4},
    {3, -6, 10, -12, 12, -10, 6, -3}
  };

  private final int[] scratch = new int[64];

  private static short[] grey(int size) {
    short[] samples = new short[size * size];
    Arrays.fill(samples, (short) 512);
    return samples;
  }

  @Test
  void levelsThatScaleToMultiplesOfFourGiveTheMatrixProduct() {
    Random random = new Random(1);
    int[] levelScale = LevelScale.FLAT.levelScale4x4(0, 24);
    for (int trial = 0; trial < 200; trial++) {
      int[] levels = new int[16];
      for (int k = 0; k < 16; k++) {
        levels[k] = random.nextInt(9) - 4;
      }
      short[] samples = grey(4);
      // At qP 24 d = level * levelScale, a multiple of 16: no halving is rounded
      InverseTransform.residual4x4(levels, 0, levelScale, 24, samples, 0, 4, 1023, scratch);
      for (int y = 0; y < 4; y++) {
        for (int x = 0; x < 4; x++) {
          int sum = 0;
          for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
              sum += MATRIX_4[y][i] * MATRIX_4[x][j] * levels[4 * i + j] * levelScale[4 * i + j];
            }
          }
          int expected = 512 + ((sum / 4 + 32) >> 6);
          assertThat((int) samples[4 * y + x]).isEqualTo(Math.max(0, Math.min(1023, expected)));
        }
      }
    }
  }

  @Test
  void eightByEightLevelsThatScaleWithoutRemainderGiveTheMatrixProduct() {
    Random random = new Random(2);
    int[] levelScale = LevelScale.FLAT.levelScale8x8(0, 48);
    for (int trial = 0; trial < 50; trial++) {
      int[] levels = new int[64];
      for (int k = 0; k < 10; k++) {
        levels[random.nextInt(64)] = random.nextInt(3) - 1;
      }
      short[] samples = grey(8);
      InverseTransform.residual8x8(levels, 0, levelScale, 48, samples, 0, 8, 1023, scratch);
      for (int y = 0; y < 8; y++) {
        for (int x = 0; x < 8; x++) {
          int sum = 0;
          for (int i = 0; i < 8; i++) {
            for (int j = 0; j < 8; j++) {
              sum += MATRIX_8[i][y] * MATRIX_8[j][x] * levels[8 * i + j] * levelScale[8 * i + j] * 4;
            }
          }
          int expected = 512 + ((sum / 64 + 32) >> 6);
          assertThat((int) samples[8 * y + x]).isEqualTo(Math.max(0, Math.min(1023, expected)));
        }
      }
    }
  }

  @Test
  void belowQp24ScalingRoundsToTheNearest() {
    int[] levels = new int[16];
    levels[0] = 3;
    short[] samples = grey(4);
    // d = (3 * 160 + 8) >> 4 = 30, r = (30 + 32) >> 6 = 0; with 4 levels d = 40, r = 1
    InverseTransform.residual4x4(levels, 0, LevelScale.FLAT.levelScale4x4(0, 0), 0, samples, 0, 4, 1023, scratch);
    assertThat(samples).containsOnly((short) 512);
    levels[0] = 4;
    InverseTransform.residual4x4(levels, 0, LevelScale.FLAT.levelScale4x4(0, 0), 0, samples, 0, 4, 1023, scratch);
    assertThat(samples).containsOnly((short) 513);
  }

  @Test
  void halvesOfOddNegativeCoefficientsRoundDown() {
    int[] levels = new int[16];
    int[] levelScale = new int[16];
    Arrays.fill(levelScale, 16);
    // d = -1 at (0, 1) and 33 at (0, 0): rows e2 = -1 >> 1 = -1, so (33 - 1, 33 - 1, 33 + 1, 33 + 1)
    levels[0] = 33;
    levels[1] = -1;
    short[] samples = grey(4);
    InverseTransform.residual4x4(levels, 0, levelScale, 0, samples, 0, 4, 1023, scratch);
    assertThat(Arrays.copyOf(samples, 4)).containsExactly(513, 513, 513, 513);
    levels[0] = 32;
    samples = grey(4);
    InverseTransform.residual4x4(levels, 0, levelScale, 0, samples, 0, 4, 1023, scratch);
    assertThat(Arrays.copyOf(samples, 4)).containsExactly(512, 512, 513, 513);
  }

  @Test
  void aDcCoefficientMayComeScaled() {
    int[] levels = new int[16];
    short[] withAc = grey(4);
    InverseTransform.residual4x4(
        levels, 0, LevelScale.FLAT.levelScale4x4(0, 30), 30, -640, withAc, 0, 4, 1023, scratch);
    short[] dcAlone = grey(4);
    InverseTransform.residualDc4x4(-640, dcAlone, 0, 4, 1023);
    assertThat(withAc).containsOnly((short) 502).isEqualTo(dcAlone);
  }

  @Test
  void samplesAreClippedToTheirRange() {
    short[] samples = grey(4);
    InverseTransform.residualDc4x4(64 * 2000, samples, 0, 4, 1023);
    assertThat(samples).containsOnly((short) 1023);
    InverseTransform.residualDc4x4(-64 * 2000, samples, 0, 4, 1023);
    assertThat(samples).containsOnly((short) 0);
  }
}
