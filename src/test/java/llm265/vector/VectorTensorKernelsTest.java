package llm265.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import llm265.kernel.KernelDuel;
import llm265.tensor.values.ScalarTensorKernels;
import llm265.tensor.values.TensorKernels;
import org.junit.jupiter.api.Test;

/** Duels: sums must agree to the last bit, as they decide what is written into streams. */
class VectorTensorKernelsTest {
  private static final int DUELS = 1000;

  private final TensorKernels duel =
      KernelDuel.of(TensorKernels.class, new ScalarTensorKernels(), new VectorTensorKernels());
  private final Random random = new Random(3);

  private int count() {
    return random.nextInt(8) == 0 ? 500 + random.nextInt(500) : random.nextInt(100);
  }

  private float[] finite(int n) {
    float[] values = new float[n];
    float scale = (float) Math.pow(10, random.nextInt(9) - 4);
    for (int i = 0; i < n; i++) {
      values[i] = random.nextInt(50) == 0 ? -0.0f : (float) random.nextGaussian() * scale;
    }
    return values;
  }

  /** Some values that are not finite, some very large or small. */
  private float[] any(int n) {
    float[] values = finite(n);
    for (int i = 0; i < n; i++) {
      if (random.nextInt(20) == 0) {
        values[i] = Float.intBitsToFloat(random.nextInt());
      } else if (random.nextInt(40) == 0) {
        values[i] = new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}[random.nextInt(3)];
      }
    }
    return values;
  }

  private short[] samples(int n) {
    short[] samples = new short[n];
    for (int i = 0; i < n; i++) {
      samples[i] = (short) random.nextInt(256);
    }
    return samples;
  }

  private double[] sums() {
    double[] sums = new double[4 * TensorKernels.LANES];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = random.nextInt(4) == 0 ? -0.0 : random.nextGaussian();
    }
    return sums;
  }

  @Test
  void moments() {
    for (int i = 0; i < DUELS; i++) {
      int count = count();
      float[] range =
          random.nextBoolean()
              ? new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}
              : new float[] {0.0f, -0.0f};
      duel.moments(any(count + 9), random.nextInt(9), count, random.nextGaussian(), sums(), range);
    }
  }

  @Test
  void quantize() {
    for (int i = 0; i < DUELS; i++) {
      int count = count();
      float inverseScale = (float) Math.pow(10, random.nextInt(7) - 3);
      duel.quantize(any(count + 9), random.nextInt(9), count, (float) random.nextGaussian(), inverseScale,
          random.nextBoolean() ? 1020f : random.nextFloat() * 100, 128 << random.nextInt(4),
          samples(count + 20), random.nextInt(20));
    }
  }

  @Test
  void halvesAreRoundedToEven() {
    float[] values = new float[32];
    for (int i = 0; i < 32; i++) {
      values[i] = i - 15.5f;
    }
    short[] samples = new short[32];
    duel.quantize(values, 0, 32, 0, 1, 127.5f, 128, samples, 0);
    assertThat(samples).startsWith(112, 114, 114, 116, 116).endsWith(142, 142, 144);
  }

  @Test
  void dequantize() {
    for (int i = 0; i < DUELS; i++) {
      int count = count();
      duel.dequantize(finite(count + 9), random.nextInt(9), count, (float) random.nextGaussian(),
          random.nextFloat(), new float[count + 20], random.nextInt(20));
    }
  }

  @Test
  void squares() {
    int added = 0;
    for (int i = 0; i < DUELS; i++) {
      int count = count();
      float[] values = random.nextBoolean() ? finite(count + 9) : any(count + 9);
      double[] columns = new double[count + 9];
      for (int x = 0; x < columns.length; x++) {
        columns[x] = random.nextGaussian();
      }
      double bound = Math.pow(10, random.nextInt(9) - 3);
      added += duel.squares(values, random.nextInt(9), count, random.nextGaussian(), bound, columns, sums()) ? 1 : 0;
    }
    assertThat(added).isBetween(DUELS / 10, DUELS * 9 / 10);
  }

  @Test
  void valuesOnTheBoundAndNanAreNotInside() {
    double[] columns = new double[20];
    float[] values = new float[20];
    for (int x = 0; x < values.length; x++) {
      values[x] = 3;
      assertThat(duel.squares(values, 0, 20, 1, 2, columns, sums())).isFalse();
      values[x] = Float.NaN;
      assertThat(duel.squares(values, 0, 20, 1, 2, columns, sums())).isFalse();
      values[x] = -0.5f;
    }
    assertThat(columns).containsOnly(0);
    assertThat(duel.squares(values, 0, 20, 1, 2, columns, sums())).isTrue();
    assertThat(columns).containsOnly(2.25);
  }

  @Test
  void bins() {
    for (int i = 0; i < DUELS; i++) {
      int count = count();
      duel.bins(any(count + 9), random.nextInt(9), count, (float) random.nextGaussian(), random.nextInt(32), new int[count + 9]);
    }
  }

  @Test
  void levelsAndBytes() {
    for (int i = 0; i < DUELS; i++) {
      int count = count();
      duel.levels(samples(count + 9), random.nextInt(9), count, random.nextInt(256), new float[count + 9]);
      duel.bytes(samples(count + 9), random.nextInt(9), count, new byte[count + 9]);
    }
  }

  @Test
  void regression() {
    for (int i = 0; i < DUELS; i++) {
      int count = count();
      duel.regression(finite(count + 9), random.nextInt(9), count, random.nextGaussian(),
          finite(count + 9), random.nextInt(9), sums());
    }
  }

  @Test
  void levelsAddUpExactly() {
    int count = 1_200_000;
    float[] levels = new float[count];
    Arrays.fill(levels, -128);
    double[] sums = new double[4 * TensorKernels.LANES];
    duel.regression(new float[count], 0, count, 0, levels, 0, sums);
    assertThat(TensorKernels.total(sums, 2 * TensorKernels.LANES)).isEqualTo(-128.0 * count);
    assertThat(TensorKernels.total(sums, 3 * TensorKernels.LANES)).isEqualTo(16384.0 * count);
  }

  @Test
  void squaredError() {
    for (int i = 0; i < DUELS; i++) {
      int count = count();
      duel.squaredError(finite(count + 9), random.nextInt(9), finite(count + 9), random.nextInt(9), count, sums());
    }
  }

  @Test
  void negate() {
    for (int i = 0; i < DUELS; i++) {
      byte[] signs = new byte[300];
      for (int k = 0; k < signs.length; k++) {
        signs[k] = (byte) -random.nextInt(2);
      }
      int[] values = random.ints(256, -128, 128).toArray();
      duel.negate(values, signs, random.nextInt(44), random.nextBoolean() ? values : new int[256]);
    }
  }

  @Test
  void levelCost() {
    for (int i = 0; i < DUELS; i++) {
      float[] scale = new float[16];
      for (int k = 0; k < 16; k++) {
        scale[k] = random.nextInt(16) == 0 ? 0 : random.nextFloat() / (1 << random.nextInt(12));
      }
      int last = random.nextInt(TensorKernels.LEVEL_COSTS);
      int[] costs = random.ints(TensorKernels.LEVEL_COSTS).toArray();
      int bound = 1 << (1 + random.nextInt(24));
      int[] coefficients = random.ints(256, -bound, bound).toArray();
      duel.levelCost(
          coefficients, 16 * random.nextInt(8), 16 * random.nextInt(9), scale, random.nextFloat() / 2, 4096, costs, last);
    }
  }

  @Test
  void aLevelCostsItsErrorAndItsBits() {
    int[] coefficients = new int[16];
    coefficients[3] = -7;
    coefficients[5] = 100;
    float[] scale = new float[16];
    Arrays.fill(scale, 0.5f);
    int[] costs = new int[TensorKernels.LEVEL_COSTS];
    costs[0] = 1;
    costs[4] = 1000;
    costs[31] = 50;
    // 14 zeros; 3.5 becomes 4 with an error of 1/2; 50 is beyond the table
    assertThat(duel.levelCost(coefficients, 0, 16, scale, 0.5f, 64, costs, 31)).isEqualTo(14 + 16 + 1000 + 50);
  }
}
