package llm265.quantized;

import llm265.dtype.HalfFloats;

/**
 * Symmetric 4-bit integers of a group: codes -8 to 7 times one scale, which is rounded to BF16 before any code is chosen. The
 * scale of compressed-tensors is 2 amax / 15. Of that times some factors, the one with the least square error is taken: on normal
 * weights the clipping of a few costs less than the coarser steps of all.
 */
final class GroupRounding {
  static final int BITS = 4;
  static final int GROUP = 128;
  private static final int LEAST = -8;
  private static final int GREATEST = 7;
  private static final float RANGE = 7.5f;

  /** Factors 1.06 to 0.70: below, no group of a model was found to gain. */
  private static final int FACTORS = 19;
  private static final float FIRST_FACTOR = 1.06f;
  private static final float FACTOR_STEP = 0.02f;

  /** The scale of a group of zeros; any would do. */
  private static final float SCALE_OF_ZEROS = 0x1p-7f;

  private static final int SUMS = 4;

  private GroupRounding() {}

  /** The scale without a search. */
  static float rangeScale(float[] weights, int from) {
    float greatest = greatest(weights, from);
    return greatest == 0 ? SCALE_OF_ZEROS : rounded(greatest / RANGE);
  }

  /** The scale of least square error; the first one of several. */
  static float bestScale(float[] weights, int from) {
    float greatest = greatest(weights, from);
    if (greatest == 0) {
      return SCALE_OF_ZEROS;
    }
    float best = rounded(greatest / RANGE);
    double least = squareError(weights, from, best);
    float before = 0;
    for (int i = 0; i < FACTORS; i++) {
      float scale = rounded(greatest / RANGE * (FIRST_FACTOR - i * FACTOR_STEP));
      if (scale != before && scale != best) {
        double error = squareError(weights, from, scale);
        if (error < least) {
          least = error;
          best = scale;
        }
      }
      before = scale;
    }
    return best;
  }

  private static float greatest(float[] weights, int from) {
    float greatest = 0;
    for (int i = from; i < from + GROUP; i++) {
      greatest = Math.max(greatest, Math.abs(weights[i]));
    }
    return greatest;
  }

  /** The nearest BF16 above 0. */
  private static float rounded(float scale) {
    return Math.max(HalfFloats.bf16ToFloat(HalfFloats.floatToBf16(scale)), Float.MIN_NORMAL);
  }

  /** The code of a weight: half to even, as torch rounds. */
  static int code(float weight, float scale) {
    return (int) Math.rint(Math.clamp(weight / scale, LEAST, GREATEST));
  }

  private static double squareError(float[] weights, int from, float scale) {
    double[] sums = new double[SUMS];
    for (int i = from; i < from + GROUP; i += SUMS) {
      for (int k = 0; k < SUMS; k++) {
        double error = weights[i + k] - code(weights[i + k], scale) * scale;
        sums[k] += error * error;
      }
    }
    return sums[0] + sums[1] + (sums[2] + sums[3]);
  }
}
