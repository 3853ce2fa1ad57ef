package llm265.dtype;

/**
 * The two 8-bit floats of the OCP FP8 specification, to and from binary32.
 *
 * <p>Conversion to 8 bits rounds to nearest, ties to even. E5M2 is a short binary16 and overflows to infinity. E4M3 has no
 * infinity: values beyond its largest value 448, infinities included, become NaN, as frameworks convert by default.
 */
public final class Float8 {
  /** Greatest finite E4M3; 464 lies half-way to the next step, which would be 480, and ties to even: to 448. */
  private static final float E4M3_MAX = 448;
  private static final float E4M3_LAST_ROUNDED_DOWN = 464;
  private static final float E4M3_MIN_NORMAL = 0x1p-6f;
  private static final float E4M3_MIN_SUBNORMAL = 0x1p-9f;

  private static final float[] E4M3 = new float[256];

  static {
    for (int code = 0; code < 256; code++) {
      int exponent = (code >> 3) & 15;
      int mantissa = code & 7;
      float magnitude;
      if ((code & 0x7F) == 0x7F) {
        magnitude = Float.NaN;
      } else if (exponent == 0) {
        magnitude = mantissa * E4M3_MIN_SUBNORMAL;
      } else {
        magnitude = Math.scalb(1 + mantissa / 8f, exponent - 7);
      }
      E4M3[code] = (code & 0x80) == 0 ? magnitude : -magnitude;
    }
  }

  private Float8() {}

  /** The value of an E4M3, exactly. */
  public static float e4m3ToFloat(byte bits) {
    return E4M3[bits & 0xFF];
  }

  /** The value of an E5M2, exactly. */
  public static float e5m2ToFloat(byte bits) {
    return Float.float16ToFloat((short) (bits << 8));
  }

  /** The nearest E4M3, or NaN beyond the largest. */
  public static byte floatToE4m3(float value) {
    int sign = (Float.floatToRawIntBits(value) >>> 24) & 0x80;
    float magnitude = Math.abs(value);
    if (!(magnitude <= E4M3_LAST_ROUNDED_DOWN)) {
      return (byte) (sign | 0x7F);
    }
    if (magnitude >= E4M3_MAX) {
      return (byte) (sign | 0x7E);
    }
    if (magnitude < E4M3_MIN_NORMAL) {
      // A carry into 8 subnormal steps gives the code of the smallest normal number, which is right.
      return (byte) (sign | (int) Math.rint((double) magnitude / E4M3_MIN_SUBNORMAL));
    }
    int bits = Float.floatToRawIntBits(magnitude);
    int rounded = (bits + 0x7_FFFF + ((bits >>> 20) & 1)) >>> 20;
    return (byte) (sign | (rounded - ((127 - 7) << 3)));
  }

  /** The nearest E5M2, or infinity beyond the largest; a NaN stays one. */
  public static byte floatToE5m2(float value) {
    int sign = (Float.floatToRawIntBits(value) >>> 24) & 0x80;
    if (Float.isNaN(value)) {
      return (byte) (sign | 0x7E);
    }
    // Rounding to binary16 first would round twice. Below E5M2's smallest normal number its steps are 2^-16.
    float magnitude = Math.abs(value);
    if (magnitude < 0x1p-14f) {
      return (byte) (sign | (int) Math.rint((double) magnitude * 0x1p16));
    }
    if (magnitude >= 61440) {
      return (byte) (sign | 0x7C);
    }
    int bits = Float.floatToRawIntBits(magnitude);
    int rounded = (bits + 0xF_FFFF + ((bits >>> 21) & 1)) >>> 21;
    return (byte) (sign | (rounded - ((127 - 15) << 2)));
  }
}
