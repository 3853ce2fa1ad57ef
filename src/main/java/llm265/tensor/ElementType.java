package llm265.tensor;

import java.util.List;
import llm265.dtype.DType;
import llm265.h264.UnsupportedStreamException;

/**
 * The types of values that samples stand for, by their code in the tensor header; also the codes of types whose values are
 * only kept bit for bit.
 */
public enum ElementType {
  F32(DType.F32, 23),
  F16(DType.F16, 10),
  BF16(DType.BF16, 7),
  F64(DType.F64, 52);

  /** Types by code; those outside this enumeration occur only in lossless streams. */
  private static final List<DType> TYPES = List.of(
      DType.F32, DType.F16, DType.BF16, DType.BOOL, DType.U8, DType.I8, DType.F8_E5M2, DType.F8_E4M3, DType.F8_E8M0,
      DType.F8_E4M3FNUZ, DType.F8_E5M2FNUZ, DType.I16, DType.U16, DType.I32, DType.U32, DType.C64, DType.F64, DType.I64,
      DType.U64);

  private final DType dtype;
  private final int mantissaBits;

  ElementType(DType dtype, int mantissaBits) {
    this.dtype = dtype;
    this.mantissaBits = mantissaBits;
  }

  /** Number of low bits of a value's pattern that are its mantissa. */
  public int mantissaBits() {
    return mantissaBits;
  }

  /** The largest biased exponent: that of infinities and NaN. */
  public int greatestExponent() {
    return (1 << (dtype.bits() - 1 - mantissaBits)) - 1;
  }

  /** Biased exponent of a value's pattern. */
  public int exponent(long bits) {
    return (int) (bits >>> mantissaBits) & greatestExponent();
  }

  public DType dtype() {
    return dtype;
  }

  /** @throws IllegalArgumentException if samples cannot stand for values of the type */
  public static ElementType of(DType dtype) {
    for (ElementType type : values()) {
      if (type.dtype == dtype) {
        return type;
      }
    }
    throw new IllegalArgumentException("values of type " + dtype + " cannot be coded as samples");
  }

  /** Whether samples can stand for values of a type. */
  public static boolean isSampled(DType dtype) {
    return dtype == DType.F32 || dtype == DType.F16 || dtype == DType.BF16 || dtype == DType.F64;
  }

  /** Whether values of a type can be kept bit for bit: they must fill bytes. */
  public static boolean isKept(DType dtype) {
    return TYPES.contains(dtype);
  }

  /** @throws IllegalArgumentException if no stream can hold values of the type */
  public static int code(DType dtype) {
    if (!isKept(dtype)) {
      throw new IllegalArgumentException("values of type " + dtype + " do not fill bytes: they cannot be coded");
    }
    return TYPES.indexOf(dtype);
  }

  /**
   * The type that a code stands for.
   *
   * @param exact whether values are kept bit for bit
   */
  public static DType ofCode(int code, boolean exact) {
    if (code >= TYPES.size() || !exact && !isSampled(TYPES.get(code))) {
      throw new UnsupportedStreamException("element_type", "SPEC.md, Tensor stream", "code " + code + " is not known");
    }
    return TYPES.get(code);
  }
}
