package llm265.lm.math;

import llm265.kernel.KernelLoader;

/**
 * The operations in which a transformer spends its time. Implementations have no state; any thread may use them.
 *
 * <p>The order of every sum is part of the contract, so that a model gives the same bits with all kernels, numbers of threads and
 * machines, and for a token alone as for one among others. There is no fused multiply-add: on AVX-512 it would make products
 * 1.4 times as fast.
 */
public interface MatrixKernels {
  /** Number of partial sums of a softmax. */
  int LANES = 16;

  /** The implementation in use. */
  MatrixKernels ACTIVE =
      KernelLoader.load(MatrixKernels.class, new ScalarMatrixKernels(), "llm265.vector.VectorMatrixKernels");

  /**
   * C = A B. Each element is summed on its own in order of the depth: {@code ((0 + a0 b0) + a1 b1) + ...}, in binary32.
   *
   * @param a A, {@code rows x depth}; row r begins at {@code aFrom + r * aStride}
   * @param b B, {@code depth x columns}; row k begins at {@code bFrom + k * bStride}
   * @param columns any number; multiples of 16 are fast
   * @param c receives C, {@code rows x columns}; row r begins at {@code cFrom + r * cStride}; neither A nor B
   */
  void multiply(
      float[] a, int aFrom, int aStride, int rows, int depth, float[] b, int bFrom, int bStride, int columns, float[] c,
      int cFrom, int cStride);

  /**
   * Replaces values by their exponentials, which are off by 2 units in the last place at most. Values outside of -87 to 88 are
   * taken for these.
   */
  void exponentials(float[] values, int from, int count);

  /**
   * Replaces values by their softmax: {@code e^(x - max)}, as {@link #exponentials} gives it, times the inverse of the sum. Value
   * i is added to partial sum {@code i % LANES}, in order of i; the partial sums are added in halves: i to i + 8, 4, 2, 1.
   *
   * @param count 1 or more
   */
  void softmax(float[] values, int from, int count);

  /** The sum of {@link #LANES} partial sums. */
  static float total(float[] lanes) {
    float a = (lanes[0] + lanes[8] + (lanes[4] + lanes[12])) + (lanes[2] + lanes[10] + (lanes[6] + lanes[14]));
    float b = (lanes[1] + lanes[9] + (lanes[5] + lanes[13])) + (lanes[3] + lanes[11] + (lanes[7] + lanes[15]));
    return a + b;
  }
}
