package llm265.lm.math;

import java.util.Arrays;

/**
 * The reference for {@link MatrixKernels}.
 *
 * <p>The exponential is that of the Cephes library ({@code expf}, Stephen Moshier): {@code x = n ln 2 + r}, a polynomial of
 * degree 7 in r, and n put into the exponent.
 */
public final class ScalarMatrixKernels implements MatrixKernels {
  /** Below and above, the exponential is not a normal binary32. */
  public static final float LEAST_EXPONENT = -87;
  public static final float GREATEST_EXPONENT = 88;

  public static final float LOG2_E = 1.442695041f;
  /** 1.5 * 2^23: adding it rounds to an integer, which is then in the lower bits. */
  public static final float ROUNDER = 12_582_912f;
  /** ln 2 in two parts. The first has so few bits that its multiples are exact. */
  public static final float LN2_HIGH = 0.693359375f;
  public static final float LN2_LOW = -2.12194440e-4f;

  public static final float P0 = 1.9875691500e-4f;
  public static final float P1 = 1.3981999507e-3f;
  public static final float P2 = 8.3334519073e-3f;
  public static final float P3 = 4.1665795894e-2f;
  public static final float P4 = 1.6666665459e-1f;
  public static final float P5 = 5.0000001201e-1f;

  /** Added to n, it is the exponent of 2^n as binary32 has it, in front of that many bits of mantissa. */
  public static final int EXPONENT_BIAS = 127;
  public static final int MANTISSA_BITS = 23;

  @Override
  public void multiply(
      float[] a, int aFrom, int aStride, int rows, int depth, float[] b, int bFrom, int bStride, int columns, float[] c,
      int cFrom, int cStride) {
    for (int r = 0; r < rows; r++) {
      int at = cFrom + r * cStride;
      Arrays.fill(c, at, at + columns, 0);
      for (int k = 0; k < depth; k++) {
        addProducts(a[aFrom + r * aStride + k], b, bFrom + k * bStride, columns, c, at);
      }
    }
  }

  private static void addProducts(float factor, float[] b, int bFrom, int columns, float[] c, int cFrom) {
    for (int i = 0; i < columns; i++) {
      c[cFrom + i] += factor * b[bFrom + i];
    }
  }

  @Override
  public void exponentials(float[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      values[i] = exponential(values[i]);
    }
  }

  private static float exponential(float value) {
    float x = Math.max(LEAST_EXPONENT, Math.min(GREATEST_EXPONENT, value));
    float rounded = x * LOG2_E + ROUNDER;
    float n = rounded - ROUNDER;
    float r = x - n * LN2_HIGH - n * LN2_LOW;
    float p = ((((P0 * r + P1) * r + P2) * r + P3) * r + P4) * r + P5;
    float y = p * (r * r) + r + 1;
    return y * Float.intBitsToFloat((Float.floatToRawIntBits(rounded) + EXPONENT_BIAS) << MANTISSA_BITS);
  }

  @Override
  public void softmax(float[] values, int from, int count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      max = Math.max(max, values[i]);
    }
    float[] sums = new float[LANES];
    for (int i = 0; i < count; i++) {
      float e = exponential(values[from + i] - max);
      values[from + i] = e;
      sums[i % LANES] += e;
    }
    float inverse = 1 / MatrixKernels.total(sums);
    for (int i = from; i < from + count; i++) {
      values[i] *= inverse;
    }
  }
}
