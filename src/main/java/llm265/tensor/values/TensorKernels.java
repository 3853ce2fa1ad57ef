package llm265.tensor.values;

import llm265.kernel.KernelLoader;

/**
 * Operations on rows of tensor values and samples. Implementations have no state; any thread may use them.
 *
 * <p>Sums are kept in {@link #LANES} lanes: within one call, element {@code i} of the row is added to lane {@code i % LANES}, in
 * order of {@code i}, in binary64. That order is part of the contract: the sums decide what is written into streams, and
 * streams must not depend on the kernels in use. There is no fused multiply-add.
 *
 * <p>A decoded sample {@code s}, 0 to 255, is the level {@code s - 128}; deeper samples are levels about their own middle.
 */
public interface TensorKernels {
  /** Number of accumulators that a sum is spread over. */
  int LANES = 8;

  /** Length of the table that {@link #levelCost} takes. */
  int LEVEL_COSTS = 32;

  /** The implementation in use. */
  TensorKernels ACTIVE =
      KernelLoader.load(TensorKernels.class, new ScalarTensorKernels(), "llm265.vector.VectorTensorKernels");

  /**
   * Adds a row's finite values to the sums for mean and variance.
   *
   * @param centre subtracted from each value, in binary64
   * @param sums lanes 0..7 of the deviations, then lanes 8..15 of their squares; added to
   * @param range range[0] becomes the least of itself and the finite values, range[1] the greatest, as by {@link
   *     Math#min(float, float)} and {@link Math#max(float, float)}
   * @return number of values that are not finite; they add nothing
   */
  int moments(float[] values, int offset, int count, double centre, double[] sums, float[] range);

  /**
   * The samples of a row: {@code middle + round((x - centre) * inverseScale)} in binary32, ties to even.
   *
   * @param bound at most 16383; a value with {@code |(x - centre) * inverseScale| >= bound}, or for which this is NaN, is an
   *     outlier, and its sample is {@code middle}
   * @param middle 0 to 16383
   * @return number of outliers
   */
  int quantize(float[] values, int offset, int count, float centre, float inverseScale, float bound,
      int middle, short[] samples, int samplesOffset);

  /** The values of a row of levels: {@code offset + step * level}, one binary32 product, then one binary32 sum. */
  void dequantize(float[] levels, int levelsOffset, int count, float offset, float step,
      float[] values, int valuesOffset);

  /**
   * Adds a row to the sums of the regression of values on levels.
   *
   * @param values finite
   * @param centre subtracted from each value, in binary64
   * @param sums lanes 0..7 of the deviations, 8..15 of deviation times level, 16..23 of the levels, 24..31 of their squares;
   *     added to
   */
  void regression(float[] values, int offset, int count, double centre, float[] levels, int levelsOffset, double[] sums);

  /**
   * Adds the squared differences of two rows of finite values, each taken in binary64.
   *
   * @param sums lanes 0..7; added to
   */
  void squaredError(float[] a, int aOffset, float[] b, int bOffset, int count, double[] sums);

  /**
   * Negates the values whose sign is -1.
   *
   * @param values a macroblock's 256 values
   * @param signs 0 or -1 for each value, starting at {@code signsOffset}
   * @param result 256 values; may be {@code values}
   */
  void negate(int[] values, byte[] signs, int signsOffset, int[] result);

  /**
   * The cost of quantizing coefficients in error and bits: the sum of {@code (int) (e * e * unit) + costs[min(l, last)]},
   * where {@code m = |w| * scale}, {@code l = (int) (m + rounding)} and {@code e = m - l}, in binary32 and in that order.
   *
   * @param coefficients {@code count} values at {@code from}, each less than 2^24 times the step
   * @param from a multiple of 16
   * @param count a multiple of 16
   * @param scale 16 factors, one for each position i % 16
   * @param costs {@link #LEVEL_COSTS} elements
   * @param last the greatest level with a cost of its own, less than LEVEL_COSTS
   * @return the sum, wrapped as an int
   */
  int levelCost(int[] coefficients, int from, int count, float[] scale, float rounding, float unit, int[] costs, int last);

  /**
   * Adds the squared deviations of a row, taken in binary64, to sums by column and to lanes. Adds nothing if a magnitude is
   * NaN or not less than a bound.
   *
   * @param values {@code count} values at {@code offset}
   * @param bound above 0, of magnitudes
   * @param columns {@code count} sums; added to
   * @param sums lanes 0..7; added to
   * @return whether they were added
   */
  boolean squares(float[] values, int offset, int count, double centre, double bound, double[] columns, double[] sums);

  /**
   * Sign, exponent and first bits of mantissa of a row's deviations: {@code floatToRawIntBits(x - centre) >>> shift}, in
   * binary32.
   *
   * @param shift 0 to 31
   * @param bins receives them, starting at 0
   */
  void bins(float[] values, int offset, int count, float centre, int shift, int[] bins);

  /**
   * The levels of a row of samples, as floats.
   *
   * @param samples {@code count} samples at {@code from}
   * @param middle sample of level 0, not negative
   * @param levels receives them, starting at 0
   */
  void levels(short[] samples, int from, int count, int middle, float[] levels);

  /** The lower bytes of {@code count} samples at {@code from}; written from 0 on. */
  void bytes(short[] samples, int from, int count, byte[] bytes);

  /** The sum over the lanes {@code first..first+7}, in the one order that is used everywhere: halves, quarters, eighths. */
  static double total(double[] sums, int first) {
    double a = (sums[first] + sums[first + 4]) + (sums[first + 2] + sums[first + 6]);
    double b = (sums[first + 1] + sums[first + 5]) + (sums[first + 3] + sums[first + 7]);
    return a + b;
  }
}
