package llm265.tensor;

import java.util.Arrays;
import llm265.h264.Picture;

/**
 * Turns values into the luma samples of a picture: {@code s = round((x - centre) / scale) + 128}; values out of range become
 * outliers.
 *
 * @param centre value of sample 128
 * @param inverseScale levels a unit of value
 * @param bound least level that is out of range, at most 127.5
 */
record SampleQuantizer(float centre, float inverseScale, float bound) {
  /** Sample of an outlier, of padding, and of the centre. */
  static final short MIDDLE = 128;

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
    double bound = Math.min(SampleRange.GREATEST_LEVEL + 0.5, MARGIN * range.limit() * inverseScale);
    return new SampleQuantizer(range.centre(), inverseScale, (float) bound);
  }

  /**
   * Quantizes one row of a picture.
   *
   * @param elements the tensor
   * @param first index of the row's first value
   * @param count number of values; samples after them are padding
   * @param row room for the values
   * @param outliers collects positions and bit patterns of the values out of range; null to drop them
   */
  void quantize(TensorElements elements, long first, int count, float[] row, Picture picture, int y,
      OutlierList outliers) {
    short[] samples = picture.samples(0);
    int start = y * picture.stride(0);
    elements.read(first, row, 0, count);
    int found = TensorKernels.ACTIVE.quantize(row, 0, count, centre, inverseScale, bound, samples, start);
    Arrays.fill(samples, start + count, start + picture.stride(0), MIDDLE);
    for (int x = 0; found > 0 && outliers != null; x++) {
      // The same comparison as in the kernel's contract, so that both find the same values.
      if (!(Math.abs((row[x] - centre) * inverseScale) < bound)) {
        outliers.add(start + x, elements.bits(first + x));
        found--;
      }
    }
  }
}
