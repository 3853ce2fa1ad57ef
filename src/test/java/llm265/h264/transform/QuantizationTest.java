package llm265.h264.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantizationTest {
  private static final int MAX_SAMPLE = (1 << 14) - 1;
  private static final int GREY = 1 << 13;

  private final int[] scratch = new int[64];

  /** Scaling functions with unequal weights, so that a factor that ignores them shows. */
  private static LevelScale unevenScale() {
    int[][] lists4x4 = new int[3][16];
    int[][] lists8x8 = new int[1][64];
    for (int k = 0; k < 64; k++) {
      lists8x8[0][k] = 8 + k;
    }
    for (int plane = 0; plane < 3; plane++) {
      for (int k = 0; k < 16; k++) {
        lists4x4[plane][k] = 10 + 3 * k;
      }
    }
    return new LevelScale(lists4x4, lists8x8);
  }

  /** The largest error, in steps, of any coefficient of a block after quantization and reconstruction. */
  private static double largestError(int[] coefficients, float[] scale, int[] again) {
    double worst = 0;
    for (int k = 0; k < scale.length; k++) {
      worst = Math.max(worst, Math.abs(coefficients[k] - again[k]) * (double) scale[k]);
    }
    return worst;
  }

  @Test
  void fourByFourBlocksComeBackWithinHalfAStepOfEveryBasisFunction() {
    Random random = new Random(1);
    for (LevelScale levelScales : new LevelScale[] {LevelScale.FLAT, unevenScale()}) {
      for (int qP = 26; qP <= 56; qP++) {
        int[] levelScale = levelScales.levelScale4x4(0, qP);
        float[] scale = Quantization.scale4x4(levelScale, qP);
        int[] residual = new int[64];
        for (int k = 0; k < 16; k++) {
          residual[k] = random.nextInt(3001) - 1500;
        }
        int[] coefficients = new int[16];
        ForwardTransform.forward4x4(residual, 0, 4, coefficients, 0);
        int[] levels = new int[16];
        for (int k = 0; k < 16; k++) {
          levels[k] = Quantization.quantize(coefficients[k], scale[k], 0.5f);
        }
        short[] samples = new short[16];
        Arrays.fill(samples, (short) GREY);
        InverseTransform.residual4x4(levels, 0, levelScale, qP, samples, 0, 4, MAX_SAMPLE, scratch);
        int[] decoded = new int[16];
        for (int k = 0; k < 16; k++) {
          decoded[k] = samples[k] - GREY;
        }
        int[] again = new int[16];
        ForwardTransform.forward4x4(decoded, 0, 4, again, 0);
        // Samples are whole numbers: what their rounding does to a coefficient comes on top of half a step
        assertThat(largestError(coefficients, scale, again))
            .as("qP %d", qP)
            .isLessThanOrEqualTo(0.5 + roundingShare(scale, 4));
      }
    }
  }

  @Test
  void eightByEightBlocksComeBackWithinHalfAStepOfEveryBasisFunction() {
    Random random = new Random(2);
    for (LevelScale levelScales : new LevelScale[] {LevelScale.FLAT, unevenScale()}) {
      for (int qP = 26; qP <= 56; qP++) {
        int[] levelScale = levelScales.levelScale8x8(0, qP);
        float[] scale = Quantization.scale8x8(levelScale, qP);
        int[] residual = new int[64];
        for (int k = 0; k < 64; k++) {
          residual[k] = random.nextInt(3001) - 1500;
        }
        int[] coefficients = new int[64];
        ForwardTransform.forward8x8(residual, 0, 8, coefficients, 0);
        int[] levels = new int[64];
        for (int k = 0; k < 64; k++) {
          levels[k] = Quantization.quantize(coefficients[k], scale[k], 0.5f);
        }
        short[] samples = new short[64];
        Arrays.fill(samples, (short) GREY);
        InverseTransform.residual8x8(levels, 0, levelScale, qP, samples, 0, 8, MAX_SAMPLE, scratch);
        int[] decoded = new int[64];
        for (int k = 0; k < 64; k++) {
          decoded[k] = samples[k] - GREY;
        }
        int[] again = new int[64];
        ForwardTransform.forward8x8(decoded, 0, 8, again, 0);
        assertThat(largestError(coefficients, scale, again))
            .as("qP %d", qP)
            .isLessThanOrEqualTo(0.5 + roundingShare(scale, 64 * 4));
      }
    }
  }

  /** Rounding 16 or 64 samples moves a coefficient by no more than a few times a sample's gain, seen in steps. */
  private static double roundingShare(float[] scale, int gain) {
    float largest = 0;
    for (float factor : scale) {
      largest = Math.max(largest, factor);
    }
    return (double) largest * gain;
  }

  @Test
  void aLevelComesBackFromItsOwnReconstruction() {
    // Position by position, so that every factor must be right on its own
    for (int qP = 30; qP <= 42; qP++) {
      int[] levelScale = LevelScale.FLAT.levelScale4x4(0, qP);
      float[] scale = Quantization.scale4x4(levelScale, qP);
      for (int k = 0; k < 16; k++) {
        int[] levels = new int[16];
        levels[k] = 40;
        short[] samples = new short[16];
        Arrays.fill(samples, (short) GREY);
        InverseTransform.residual4x4(levels, 0, levelScale, qP, samples, 0, 4, MAX_SAMPLE, scratch);
        int[] residual = new int[16];
        for (int i = 0; i < 16; i++) {
          residual[i] = samples[i] - GREY;
        }
        int[] coefficients = new int[16];
        ForwardTransform.forward4x4(residual, 0, 4, coefficients, 0);
        assertThat(Math.abs(coefficients[k]) * scale[k]).as("qP %d, position %d", qP, k).isBetween(39.8f, 40.2f);
      }
      int[] levelScale8x8 = LevelScale.FLAT.levelScale8x8(0, qP);
      float[] scale8x8 = Quantization.scale8x8(levelScale8x8, qP);
      for (int k = 0; k < 64; k++) {
        int[] levels = new int[64];
        levels[k] = 40;
        short[] samples = new short[64];
        Arrays.fill(samples, (short) GREY);
        InverseTransform.residual8x8(levels, 0, levelScale8x8, qP, samples, 0, 8, MAX_SAMPLE, scratch);
        int[] residual = new int[64];
        for (int i = 0; i < 64; i++) {
          residual[i] = samples[i] - GREY;
        }
        int[] coefficients = new int[64];
        ForwardTransform.forward8x8(residual, 0, 8, coefficients, 0);
        assertThat(Math.abs(coefficients[k]) * scale8x8[k]).as("qP %d, position %d", qP, k).isBetween(39.8f, 40.2f);
      }
    }
  }

  @Test
  void dcLevelsComeBackFromTheirOwnReconstruction() {
    Random random = new Random(3);
    for (int qP = 18; qP <= 51; qP++) {
      int scale00 = LevelScale.FLAT.levelScale4x4(0, qP)[0];
      int[] c = new int[16];
      for (int k = 0; k < 16; k++) {
        c[k] = random.nextInt(201) - 100;
      }
      int[] dc = new int[16];
      DcTransform.inverseLuma(c, 0, scale00, qP, dc, 0);
      int[] back = new int[16];
      DcTransform.forwardLuma(asForwardDc(dc), back, 0);
      assertLevels(c, back, 16, Quantization.scaleLumaDc(scale00, qP), qP);

      DcTransform.inverseChroma420(c, 0, scale00, qP, dc, 0);
      DcTransform.forwardChroma420(asForwardDc(dc), 0, back, 0);
      assertLevels(c, back, 4, Quantization.scaleChromaDc(scale00, qP), qP);
    }
  }

  /** A block whose d00 is 64 a is the constant a, whose forward coefficient is 16 a, a quarter; 16 times that. */
  private static int[] asForwardDc(int[] dc) {
    int[] coefficients = new int[256];
    for (int b = 0; b < 16; b++) {
      coefficients[16 * b] = 4 * dc[b];
    }
    return coefficients;
  }

  private static void assertLevels(int[] c, int[] back, int n, float scale, int qP) {
    for (int k = 0; k < n; k++) {
      assertThat(back[k] / 16.0 * scale).as("qP %d, level %d", qP, k).isBetween(c[k] - 0.2, c[k] + 0.2);
    }
  }

  @Test
  void levelsAreSymmetricAndTheOffsetSetsTheDeadZone() {
    assertThat(Quantization.quantize(10, 0.25f, 0.5f)).isEqualTo(3);
    assertThat(Quantization.quantize(-10, 0.25f, 0.5f)).isEqualTo(-3);
    assertThat(Quantization.quantize(10, 0.25f, 0.25f)).isEqualTo(2);
    assertThat(Quantization.quantize(-2, 0.25f, 0.25f)).isZero();
    assertThat(Quantization.quantize(0, 1000f, 0f)).isZero();
  }
}
