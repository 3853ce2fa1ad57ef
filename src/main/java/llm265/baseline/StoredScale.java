package llm265.baseline;

import llm265.dtype.HalfFloats;

/** Scales as they are stored: codes are chosen for these, not for what they were before. */
public final class StoredScale {
  private static final float GREATEST_HALF = 65_504;

  private StoredScale() {}

  /** The nearest binary16, but no infinity: greater scales become the greatest one, and their codes saturate. */
  public static float half(float scale) {
    return HalfFloats.f16ToFloat(HalfFloats.floatToF16(Math.clamp(scale, -GREATEST_HALF, GREATEST_HALF)));
  }

  /** Bits of {@code count} numbers of {@code bits} bits, in whole bytes. */
  static long packed(long count, int bits) {
    return (count * bits + 7) / 8 * 8;
  }
}
