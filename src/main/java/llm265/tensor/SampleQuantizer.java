package llm265.tensor;

/**
 * Turns values into source samples, {@code s = (x - centre) / scale + 128} in units of 2^-{@link SampleDepth#fineBits}: they are rounded once,
 * when the encoder quantizes. Values out of range become outliers.
 *
 * @param centre value of sample 128
 * @param inverseScale levels a unit of value, for values of scale class 0
 * @param bound least level that is out of range
 * @param depth of the samples
 */
record SampleQuantizer(float centre, float inverseScale, float bound, SampleDepth depth) {
  private static final double MARGIN = 1.02;

  /**
   * A quantizer that puts a range's standard deviation at a number of levels.
   *
   * @param levels levels a standard deviation
   * @param depth of the samples
   */
  static SampleQuantizer of(SampleRange range, double levels, SampleDepth depth) {
    if (range.limit() < 0) {
      return new SampleQuantizer(0, 0, 0, depth);
    }
    if (range.deviation() == 0) {
      // No difference but 0 is less than the bound.
      return new SampleQuantizer(range.centre(), 1, Float.MIN_VALUE, depth);
    }
    float inverseScale = (float) (levels / range.deviation());
    double bound = Math.min(range.greatestLevel() + 0.5, MARGIN * range.limit() * inverseScale);
    return new SampleQuantizer(range.centre(), inverseScale, (float) bound, depth);
  }

  /**
   * The source samples of a row of values.
   *
   * @param samples receives them from 0 on
   * @return number of outliers
   */
  int quantize(float[] row, int count, short[] samples) {
    return TensorKernels.ACTIVE.quantize(row, 0, count, centre, fine() * inverseScale, fine() * bound, depth.fineMiddle(), samples, 0);
  }

  /** Whether a value is out of range: the comparison of the kernel's contract, so that both find the same values. */
  boolean isOutlier(float value) {
    return !(Math.abs((value - centre) * (fine() * inverseScale)) < fine() * bound);
  }

  private float fine() {
    return 1 << depth.fineBits();
  }
}
