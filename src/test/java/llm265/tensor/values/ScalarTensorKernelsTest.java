package llm265.tensor.values;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScalarTensorKernelsTest {
  private final TensorKernels kernels = new ScalarTensorKernels();

  @Test
  void momentsAddFiniteValuesLaneByLane() {
    float[] values = new float[21];
    for (int i = 0; i < 20; i++) {
      values[i + 1] = i;
    }
    values[3] = Float.NaN;
    values[4] = Float.NEGATIVE_INFINITY;
    double[] sums = new double[16];
    float[] range = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};

    assertThat(kernels.moments(values, 1, 20, 1, sums, range)).isEqualTo(2);
    // Lane 0 holds elements 0, 8 and 16: deviations -1, 7, 15.
    assertThat(sums[0]).isEqualTo(21);
    assertThat(sums[8]).isEqualTo(1 + 49 + 225);
    // Lanes 2 and 3 lack the values that are not finite.
    assertThat(sums[2]).isEqualTo(9 + 17);
    assertThat(sums[3]).isEqualTo(10 + 18);
    assertThat(range).containsExactly(0, 19);
  }

  @Test
  void samplesAreRoundedWithTiesToEven() {
    float[] values = {0, 0.5f, 1.5f, -0.5f, -1.5f, 126.9f, -126.9f, 0.49f};
    short[] samples = new short[10];

    assertThat(kernels.quantize(values, 0, 8, 0, 1, 127.5f, 128, samples, 1)).isZero();
    assertThat(samples).containsExactly(0, 128, 128, 130, 128, 126, 255, 1, 128, 0);
  }

  @Test
  void whatIsNotBelowTheBoundIsAnOutlier() {
    float[] values = {127.49f, 127.5f, -127.5f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e38f, -1};
    short[] samples = new short[8];

    assertThat(kernels.quantize(values, 0, 8, 0, 1, 127.5f, 128, samples, 0)).isEqualTo(6);
    assertThat(samples).containsExactly(255, 128, 128, 128, 128, 128, 128, 127);
  }

  @Test
  void valuesAreAProductThenASumInBinary32() {
    float[] levels = {-128, 0, 127, 3};
    float[] values = new float[5];
    float step = 0.1f;
    float offset = 1e-3f;
    kernels.dequantize(levels, 0, 4, offset, step, values, 1);

    float product = step * 3;
    assertThat(values).containsExactly(0, offset + step * -128, offset, offset + step * 127, offset + product);
  }

  @Test
  void regressionSumsDeviationsAndLevels() {
    float[] values = {2, 4, 6};
    float[] levels = {1, 2, -1};
    double[] sums = new double[32];
    sums[16] = 10;
    sums[24] = 100;
    kernels.regression(values, 0, 3, 2, levels, 0, sums);

    assertThat(TensorKernels.total(sums, 0)).isEqualTo(6);
    assertThat(TensorKernels.total(sums, 8)).isEqualTo(2 * 2 - 4);
    assertThat(TensorKernels.total(sums, 16)).isEqualTo(12);
    assertThat(TensorKernels.total(sums, 24)).isEqualTo(106);
  }

  @Test
  void squaredErrorIsTakenInBinary64() {
    double[] sums = new double[8];
    kernels.squaredError(new float[] {1, 3e38f}, 0, new float[] {0, 1, -3e38f}, 1, 2, sums);

    assertThat(sums[0]).isZero();
    assertThat(sums[1]).isEqualTo(4 * (double) 3e38f * 3e38f);
  }
}
