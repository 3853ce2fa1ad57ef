package llm265.dtype;

/** Converts 16-bit floating-point formats to and from binary32. Conversion to 16 bits rounds to nearest, ties to even. */
public final class HalfFloats {
  private HalfFloats() {}

  /** The value of a binary16, exactly; a NaN keeps its sign and payload and becomes quiet. */
  public static float f16ToFloat(short bits) {
    return Float.float16ToFloat(bits);
  }

  /** The nearest binary16: infinity from 65520 up, subnormals kept, a NaN stays one. */
  public static short floatToF16(float value) {
    return Float.floatToFloat16(value);
  }

  /** The value of a bfloat16, exactly, NaN payloads included. */
  public static float bf16ToFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The nearest bfloat16: infinity beyond the largest, subnormals kept, a NaN stays one and becomes quiet. */
  public static short floatToBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7FFF_FFFF) > 0x7F80_0000) {
      // Rounding could carry a NaN's payload into infinity, and truncation could leave no payload at all.
      return (short) ((bits >>> 16) | 0x0040);
    }
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }
}
