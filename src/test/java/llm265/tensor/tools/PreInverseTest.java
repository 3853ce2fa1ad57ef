package llm265.tensor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PreInverseTest {
  private static final int STRIDE = 48;
  private static final int HEIGHT = 32;

  private static float[] levels(short[] samples, int middle, float unit) {
    float[] levels = new float[samples.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (samples[i] - middle) / unit;
    }
    return levels;
  }

  @Test
  void forwardTakesTheInverseBack() {
    Random random = new Random(1);
    short[] samples = new short[STRIDE * HEIGHT];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) (8192 + Math.round(500 * random.nextGaussian()));
    }
    float[] before = levels(samples, 8192, 1);
    new PreInverse().inverse(samples, STRIDE, HEIGHT, 8192, 8000);
    float[] after = levels(samples, 8192, 1);
    assertThat(after).isNotEqualTo(before);
    new PreInverse().forward(after, STRIDE, HEIGHT);

    double error = 0;
    double energy = 0;
    for (int i = 0; i < before.length; i++) {
      error += Math.pow(after[i] - before[i], 2);
      energy += Math.pow(before[i], 2);
      assertThat(after[i]).isCloseTo(before[i], within(2.5f));
    }
    // The transform is orthonormal: the rounding to integers, of variance 1/12, comes through as it is.
    assertThat(error / before.length).isCloseTo(1 / 12.0, within(0.01));
    assertThat(energy).isGreaterThan(1e8);
  }

  @Test
  void positionsAreThoseOfCoefficients() {
    for (int[] place : new int[][] {{0, 0}, {1, 0}, {0, 1}, {5, 9}, {15, 15}, {4, 8}, {12, 4}}) {
      float[] levels = new float[STRIDE * HEIGHT];
      levels[place[1] * STRIDE + place[0]] = 100;
      float expected = 0;
      float[] copy = levels.clone();
      new PreInverse().forward(copy, STRIDE, HEIGHT);
      double energy = 0;
      for (int i = 0; i < copy.length; i++) {
        energy += copy[i] * copy[i];
        boolean otherMacroblock = i / STRIDE >= 16 || i % STRIDE >= 16;
        expected = otherMacroblock ? Math.max(expected, Math.abs(copy[i])) : expected;
      }
      assertThat(energy).isCloseTo(10000, within(1.0));
      assertThat(expected).isZero();
    }
  }

  @Test
  void valuesAreOneProductOfAnInteger() {
    float[] levels = new float[16 * 16];
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        levels[16 * y + x] = 4 * y + x;
      }
    }
    new PreInverse().forward(levels, 16, 16);
    // DC: 120 in one block of sixteen; row 0: 2 * -12 - 4 = -28; column 0: four times that; both: 0.
    assertThat(levels[0]).isEqualTo(120 / 16f);
    float mixed = (float) (1 / (2 * Math.sqrt(10)));
    assertThat(levels[1]).isEqualTo(mixed * (4 * (2 * -3 - 1)));
    assertThat(levels[16]).isEqualTo(mixed * (4 * 4 * (2 * -3 - 1)));
    assertThat(levels[17]).isZero();
  }

  @Test
  void whatIsTooLargeIsClipped() {
    short[] samples = new short[16 * 16];
    Arrays.fill(samples, (short) 1024);
    samples[0] = 1024 + 30_000;
    new PreInverse().inverse(samples, 16, 16, 1024, 1016);
    assertThat(samples).containsOnly(1024 + 1016);
  }
}
