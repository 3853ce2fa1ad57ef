package llm265.h264.encode;

import llm265.h264.EncoderConfig;

/**
 * The quantizer's rounding offset: a level is floor(|coefficient| / step + offset).
 *
 * <p>Half a step gives the least distortion; less than that gives more zeros and small levels, which are cheaper. The best offset
 * at equal slope was measured on Gaussian data coded with Intra_16x16 DC prediction. It was .36, .42, .46 and .5 at 1, 1.5, 2
 * and 3 bits per value; those rates stand for these ratios of step to deviation.
 */
final class LumaRounding {
  private static final float[] STEP_TO_DEVIATION = {0.52f, 1.08f, 1.61f, 2.42f, 4f};
  private static final float[] OFFSET = {0.5f, 0.46f, 0.42f, 0.36f, 0.30f};

  private final float fixed;

  LumaRounding(EncoderConfig config) {
    fixed = config.roundingOffset();
  }

  /**
   * The offset for a block of residuals.
   *
   * @param squaredSum sum of the squared residuals
   * @param count number of residuals
   * @param qStep quantizer step in samples
   */
  float offset(long squaredSum, int count, float qStep) {
    if (fixed >= 0) {
      return fixed;
    }
    // sqrt is exact by IEEE 754, so the offset is the same on every machine.
    float deviation = (float) Math.sqrt((double) squaredSum / count);
    return forRatio(deviation == 0 ? Float.MAX_VALUE : qStep / deviation);
  }

  static float forRatio(float ratio) {
    int last = OFFSET.length - 1;
    if (ratio >= STEP_TO_DEVIATION[last]) {
      return OFFSET[last];
    }
    if (ratio <= STEP_TO_DEVIATION[0]) {
      return OFFSET[0];
    }
    int i = 1;
    while (ratio > STEP_TO_DEVIATION[i]) {
      i++;
    }
    float share = (ratio - STEP_TO_DEVIATION[i - 1]) / (STEP_TO_DEVIATION[i] - STEP_TO_DEVIATION[i - 1]);
    return OFFSET[i - 1] + share * (OFFSET[i] - OFFSET[i - 1]);
  }
}
