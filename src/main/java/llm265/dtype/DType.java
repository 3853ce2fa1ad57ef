package llm265.dtype;

import java.util.Locale;

/**
 * The types of a tensor's values, by their safetensors names, in that format's order of rising alignment.
 *
 * <p>Types whose values this program can neither read nor round to (packed 4-bit and 6-bit floats, bare exponents, complex
 * numbers) are {@link Kind#OPAQUE}: their bytes are carried but not interpreted.
 */
public enum DType {
  /** One byte per value, 0 or 1. */
  BOOL(8, Kind.BOOLEAN),
  /** E2M1, two values per byte. */
  F4(4, Kind.OPAQUE),
  F6_E2M3(6, Kind.OPAQUE),
  F6_E3M2(6, Kind.OPAQUE),
  U8(8, Kind.UNSIGNED),
  I8(8, Kind.SIGNED),
  /** 1-5-2 with infinities, as in OCP FP8. */
  F8_E5M2(8, Kind.FLOAT),
  /** 1-4-3 without infinities, as in OCP FP8 (also called E4M3FN). */
  F8_E4M3(8, Kind.FLOAT),
  /** A bare exponent: the scale of a block of other values. */
  F8_E8M0(8, Kind.OPAQUE),
  F8_E4M3FNUZ(8, Kind.OPAQUE),
  F8_E5M2FNUZ(8, Kind.OPAQUE),
  I16(16, Kind.SIGNED),
  U16(16, Kind.UNSIGNED),
  /** IEEE 754 binary16. */
  F16(16, Kind.FLOAT),
  /** The upper half of a binary32. */
  BF16(16, Kind.FLOAT),
  I32(32, Kind.SIGNED),
  U32(32, Kind.UNSIGNED),
  /** IEEE 754 binary32. */
  F32(32, Kind.FLOAT),
  /** Two binary32: real, imaginary. */
  C64(64, Kind.OPAQUE),
  /** IEEE 754 binary64. */
  F64(64, Kind.FLOAT),
  I64(64, Kind.SIGNED),
  U64(64, Kind.UNSIGNED);

  /** What the bits of a value mean. */
  public enum Kind {
    FLOAT,
    SIGNED,
    UNSIGNED,
    BOOLEAN,
    /** Bytes whose values are not interpreted. */
    OPAQUE
  }

  private final int bits;
  private final Kind kind;

  DType(int bits, Kind kind) {
    this.bits = bits;
    this.kind = kind;
  }

  /** Bits per value, 4 to 64. */
  public int bits() {
    return bits;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether this is a floating-point type whose values can be read and written. */
  public boolean isFloat() {
    return kind == Kind.FLOAT;
  }

  /** Whether {@link TensorView#read(long, double[], int, int)} works: any kind but {@link Kind#OPAQUE}. */
  public boolean isReadable() {
    return kind != Kind.OPAQUE;
  }

  /**
   * Number of bytes of {@code count} values.
   *
   * @throws IllegalArgumentException if the values do not fill whole bytes, or have 2^63 bits or more
   */
  public long byteSize(long count) {
    if (count > Long.MAX_VALUE / bits) {
      throw new IllegalArgumentException(count + " values of " + bits + " bits have 2^63 bits or more");
    }
    long size = count * bits;
    if ((size & 7) != 0) {
      throw new IllegalArgumentException(count + " values of " + bits + " bits do not fill whole bytes");
    }
    return size >> 3;
  }

  /**
   * The type of a name such as {@code F32} or {@code bf16}, in upper or lower case.
   *
   * @throws IllegalArgumentException if no type has that name
   */
  public static DType of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
