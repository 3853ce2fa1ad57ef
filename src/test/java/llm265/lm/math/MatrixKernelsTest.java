package llm265.lm.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The contract, on the kernels in use. */
class MatrixKernelsTest {
  private final MatrixKernels kernels = MatrixKernels.ACTIVE;

  @Test
  void productOfSmallMatricesInsideOfLargerOnes() {
    float[] a = {9, 1, 2, 9, 3, 4, 9};
    float[] b = {9, 9, 10, 20, 30, 9, 100, 200, 300, 9};
    float[] c = {7, 7, 7, 7, 7, 7, 7, 7, 7};
    kernels.multiply(a, 1, 3, 2, 2, b, 2, 4, 3, c, 1, 4);
    assertThat(c).containsExactly(7, 210, 420, 630, 7, 430, 860, 1290, 7);
  }

  @Test
  void sumsBeginAtZeroAndKeepTheOrderOfTheDepth() {
    // 2^24 + 1 is 2^24 in binary32: what comes after it is lost, what comes before it is not.
    float large = 1 << 24;
    float[] c = {5, 5};
    kernels.multiply(new float[] {1, 1, 1}, 0, 3, 1, 3, new float[] {1, large, 1, 1, large, 1}, 0, 2, 2, c, 0, 2);
    assertThat(c).containsExactly(large + 2, large);
    kernels.multiply(new float[0], 0, 0, 1, 0, new float[0], 0, 0, 2, c, 0, 2);
    assertThat(c).containsExactly(0, 0);
  }

  @Test
  void exponentialsAreOffByTwoUnitsAtMost() {
    Random random = new Random(1);
    float[] x = new float[100_000];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat(-87, 88);
    }
    float[] e = x.clone();
    kernels.exponentials(e, 0, e.length);
    for (int i = 0; i < x.length; i++) {
      double exact = StrictMath.exp(x[i]);
      assertThat((double) e[i]).isCloseTo(exact, within(2.0 * Math.ulp((float) exact)));
    }
  }

  @Test
  void softmaxIsThatOfTheDefinition() {
    Random random = new Random(2);
    for (int count : new int[] {1, 15, 16, 17, 500}) {
      float[] x = new float[count + 2];
      double sum = 0;
      for (int i = 1; i <= count; i++) {
        x[i] = (float) random.nextGaussian() * 5 + 100;
        sum += StrictMath.exp(x[i]);
      }
      float[] y = x.clone();
      kernels.softmax(y, 1, count);
      assertThat(y[0]).isZero();
      assertThat(y[count + 1]).isZero();
      for (int i = 1; i <= count; i++) {
        double exact = StrictMath.exp(x[i]) / sum;
        assertThat((double) y[i]).isCloseTo(exact, within(1e-6 * exact));
      }
    }
  }
}
