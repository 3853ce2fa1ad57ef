package llm265.tensor.picture;

import llm265.numeric.Logarithms;
import llm265.tensor.analysis.SampleRange;
import llm265.tensor.format.TensorTransforms;
import llm265.tensor.values.TensorKernels;
import llm265.tensor.values.ValueRow;

/**
 * Turns values into source samples, {@code s = (x - centre) * scale + middle}, rounded. Values out of range become outliers.
 *
 * <p>Source samples of lossy pictures have more bits than coded ones, so that values are rounded once, when the encoder
 * quantizes. On lossless pictures, source samples are the quantizer's own steps.
 *
 * @param centre value of the middle
 * @param scale steps of a source sample per unit of value, for values of scale class 0
 * @param bound least deviation in steps that is out of range
 * @param middle sample of an outlier, of padding, and of the centre
 * @param unit steps of a source sample per level
 * @param lowBits low bits of a source sample that are kept raw next to the picture
 */
public record SampleQuantizer(float centre, float scale, float bound, short middle, double unit, int lowBits) {
  private static final double MARGIN = 1.02;

  /** Samples on lossless pictures take least over their entropy with a deviation of this to twice this, in steps. */
  private static final double LEAST_HIGH_DEVIATION = 1.55;

  /**
   * A quantizer that gives the levels of a range's values a standard deviation.
   *
   * @param levelDeviation standard deviation of the levels
   * @param depth depth of the samples
   */
  public static SampleQuantizer of(SampleRange range, double levelDeviation, SampleDepth depth) {
    float fine = 1 << depth.fineBits();
    if (range.limit() < 0) {
      return new SampleQuantizer(0, 0, 0, depth.fineMiddle(), fine, 0);
    }
    if (range.deviation() == 0) {
      // Only a difference of 0 is below the bound.
      return new SampleQuantizer(range.centre(), fine, fine * Float.MIN_VALUE, depth.fineMiddle(), fine, 0);
    }
    float inverseScale = (float) (levelDeviation / range.deviation());
    double bound = Math.min(range.greatestLevel() + 0.5, MARGIN * range.limit() * inverseScale);
    return new SampleQuantizer(range.centre(), fine * inverseScale, fine * (float) bound, depth.fineMiddle(), fine, 0);
  }

  /**
   * A quantizer whose steps are not quantized again: samples have {@code 8 + lowBits} bits.
   *
   * @param levelDeviation standard deviation of the levels
   * @param step step of the quantizer in levels
   */
  public static SampleQuantizer split(SampleRange range, double levelDeviation, double step) {
    int lowBits = lowBits(levelDeviation, step);
    short middle = (short) (128 << lowBits);
    if (range.limit() < 0 || range.deviation() == 0) {
      return of(range, levelDeviation, SampleDepth.EIGHT);
    }
    float scale = (float) (levelDeviation / step / range.deviation());
    double bound = Math.min((SampleRange.GREATEST_LEVEL << lowBits) + 0.5, MARGIN * range.limit() * scale);
    return new SampleQuantizer(range.centre(), scale, (float) bound, middle, 1 / step, lowBits);
  }

  /** How many of the low bits of such samples are as good as noise, and are kept raw. */
  static int lowBits(double levelDeviation, double step) {
    double bits = Logarithms.log2(levelDeviation / step / LEAST_HIGH_DEVIATION);
    return (int) Math.clamp(Math.floor(bits), 0, TensorTransforms.MOST_LOW_BITS);
  }

  /**
   * The source samples of a row of values.
   *
   * @param samples receives them at {@code offset}
   * @return number of outliers
   */
  public int quantize(ValueRow row, int count, short[] samples, int offset) {
    return TensorKernels.ACTIVE.quantize(row.array(), row.offset(), count, centre, scale, bound, middle, samples, offset);
  }

  /** Whether a value is out of range; the same comparison as in the kernel's contract, so that both find the same values. */
  public boolean isOutlier(float value) {
    return !(Math.abs((value - centre) * scale) < bound);
  }
}
