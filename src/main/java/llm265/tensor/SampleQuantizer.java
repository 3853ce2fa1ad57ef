package llm265.tensor;

import llm265.h264.encode.H264IntraEncoder;

/**
 * Turns values into source samples, {@code s = (x - centre) / scale + 128} in units of 2^-{@value #FRACTION_BITS}: they are rounded once,
 * when the encoder quantizes. Values out of range become outliers.
 *
 * @param centre value of sample 128
 * @param inverseScale levels a unit of value, for values of scale class 0
 * @param bound least level that is out of range
 */
record SampleQuantizer(float centre, float inverseScale, float bound) {
  /** Sample of an outlier, of padding, and of the centre. */
  static final short MIDDLE = 128;

  /** Bits of a source sample behind the point. */
  static final int FRACTION_BITS = H264IntraEncoder.MAX_FRACTION_BITS;

  /** {@link #MIDDLE} in a source picture. */
  static final short FINE_MIDDLE = MIDDLE << FRACTION_BITS;

  private static final float FINE = 1 << FRACTION_BITS;
  private static final double MARGIN = 1.02;

  /**
   * A quantizer that puts a range's standard deviation at a number of levels.
   *
   * @param levels levels a standard deviation
   */
  static SampleQuantizer of(SampleRange range, double levels) {
    if (range.limit() < 0) {
      return new SampleQuantizer(0, 0, 0);
    }
    if (range.deviation() == 0) {
      // No difference but 0 is less than the bound.
      return new SampleQuantizer(range.centre(), 1, Float.MIN_VALUE);
    }
    float inverseScale = (float) (levels / range.deviation());
    double bound = Math.min(range.greatestLevel() + 0.5, MARGIN * range.limit() * inverseScale);
    return new SampleQuantizer(range.centre(), inverseScale, (float) bound);
  }

  /**
   * The source samples of a row of values.
   *
   * @param samples receives them from 0 on
   * @return number of outliers
   */
  int quantize(float[] row, int count, short[] samples) {
    return TensorKernels.ACTIVE.quantize(row, 0, count, centre, FINE * inverseScale, FINE * bound, FINE_MIDDLE, samples, 0);
  }

  /** Whether a value is out of range: the comparison of the kernel's contract, so that both find the same values. */
  boolean isOutlier(float value) {
    return !(Math.abs((value - centre) * (FINE * inverseScale)) < FINE * bound);
  }
}
