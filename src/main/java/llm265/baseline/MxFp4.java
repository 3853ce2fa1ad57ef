package llm265.baseline;

/**
 * MXFP4 of the OCP Microscaling specification: 32 values of {@link Float4} and an 8-bit exponent e, which stands for 2^(e - 127).
 *
 * <p>The exponent is that of the greatest magnitude, less 2: floor(log2 amax) - 2. Magnitudes of more than 1.5 times its power of
 * two are clipped to 6, as the specification's conversion does.
 */
final class MxFp4 implements BlockFormat {
  private static final int VALUES = 32;
  private static final int LEAST_EXPONENT = -127;

  @Override
  public int blockSize() {
    return VALUES;
  }

  @Override
  public int blockBytes() {
    return 1 + VALUES / 2;
  }

  @Override
  public void quantize(float[] values, int from, float[] decoded) {
    float amax = 0;
    for (int i = from; i < from + VALUES; i++) {
      amax = Math.max(amax, Math.abs(values[i]));
    }
    // The exponent of 0 and of subnormal numbers is -127.
    int exponent = Math.max(LEAST_EXPONENT, Math.getExponent(amax) - 2);
    double scale = Math.scalb(1.0, exponent);
    for (int i = from; i < from + VALUES; i++) {
      decoded[i] = (float) (Float4.nearest((float) (values[i] / scale)) * scale);
    }
  }
}
