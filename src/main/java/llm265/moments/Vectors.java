package llm265.moments;

/** Sums of vectors that are parts of arrays. */
public final class Vectors {
  private static final int UNROLLED = 4;

  private Vectors() {}

  /** sum[a + j] += factor * vector[b + j] for j from 0 to {@code count - 1}. */
  public static void addScaled(double[] sum, int a, double[] vector, int b, int count, double factor) {
    for (int j = 0; j < count; j++) {
      sum[a + j] += factor * vector[b + j];
    }
  }

  /**
   * Adds rows one after the other: sum[a + j] += factors[r] * rows[b + r * stride + j] for r from 0 to {@code number - 1} and j
   * from 0 to {@code count - 1}. Each element is summed up in that order.
   */
  public static void addRows(
      double[] sum, int a, double[] rows, int b, int stride, int count, double[] factors, int number) {
    int r = 0;
    for (; r + UNROLLED <= number; r += UNROLLED) {
      int at = b + r * stride;
      addFour(
          sum, a, rows, at, at + stride, at + 2 * stride, at + 3 * stride, count, factors[r], factors[r + 1], factors[r + 2],
          factors[r + 3]);
    }
    for (; r < number; r++) {
      addScaled(sum, a, rows, b + r * stride, count, factors[r]);
    }
  }

  private static void addFour(
      double[] sum, int a, double[] rows, int b, int c, int d, int e, int count, double f, double g, double h, double i) {
    for (int j = 0; j < count; j++) {
      sum[a + j] = (((sum[a + j] + f * rows[b + j]) + g * rows[c + j]) + h * rows[d + j]) + i * rows[e + j];
    }
  }
}
