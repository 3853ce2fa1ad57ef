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

  /** What is added to a small number and taken off again leaves it whole, rounded half to even. */
  private static final float TO_WHOLE = 0x1.8p23f;

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
    float least = squareError(weights, from, best);
    for (int i = 0; i < FACTORS; i++) {
      float scale = rounded(greatest / RANGE * (FIRST_FACTOR - i * FACTOR_STEP));
      float error = squareError(weights, from, scale);
      if (error < least) {
        least = error;
        best = scale;
      }
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

  private static float squareError(float[] weights, int from, float scale) {
    float inverse = 1 / scale;
    float first = 0;
    float second = 0;
    float third = 0;
    float fourth = 0;
    for (int i = from; i < from + GROUP; i += 4) {
      first += squareError(weights[i], scale, inverse);
      second += squareError(weights[i + 1], scale, inverse);
      third += squareError(weights[i + 2], scale, inverse);
      fourth += squareError(weights[i + 3], scale, inverse);
    }
    return first + second + (third + fourth);
  }

  /**
   * The code is found by a product with 1 / scale, which gives another one only next to the middle of two. Few weights are
   * clipped, so that branches are several times as fast as Math.min and Math.max.
   */
  private static float squareError(float weight, float scale, float inverse) {
    float scaled = weight * inverse;
    float clipped = scaled > GREATEST ? GREATEST : scaled < LEAST ? LEAST : scaled;
    float error = weight - (clipped + TO_WHOLE - TO_WHOLE) * scale;
    return error * error;
  }
}
