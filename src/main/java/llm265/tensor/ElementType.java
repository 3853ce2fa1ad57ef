package llm265.tensor;

import llm265.h264.UnsupportedStreamException;
import llm265.model.DType;

/** The types of values that streams carry, by their code in the tensor header. */
enum ElementType {
  F32(0, DType.F32, 23),
  F16(1, DType.F16, 10),
  BF16(2, DType.BF16, 7);

  private final int code;
  private final DType dtype;
  private final int mantissaBits;

  ElementType(int code, DType dtype, int mantissaBits) {
    this.code = code;
    this.dtype = dtype;
    this.mantissaBits = mantissaBits;
  }

  /** Number of low bits of a value's pattern that are its mantissa. */
  int mantissaBits() {
    return mantissaBits;
  }

  /** The largest biased exponent: that of infinities and NaN. */
  int greatestExponent() {
    return (1 << (dtype.bits() - 1 - mantissaBits)) - 1;
  }

  /** Biased exponent of a value's pattern. */
  int exponent(int bits) {
    return bits >>> mantissaBits & greatestExponent();
  }

  int code() {
    return code;
  }

  DType dtype() {
    return dtype;
  }

  /** @throws IllegalArgumentException if values of the type cannot be coded */
  static ElementType of(DType dtype) {
    for (ElementType type : values()) {
      if (type.dtype == dtype) {
        return type;
      }
    }
    throw new IllegalArgumentException("values of type " + dtype + " cannot be coded as samples");
  }

  static ElementType ofCode(int code) {
    for (ElementType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new UnsupportedStreamException("element_type", "SPEC.md, Tensor stream", "code " + code + " is not known");
  }
}
