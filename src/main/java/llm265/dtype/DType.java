package llm265.dtype;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The types of a tensor's values: those of safetensors by their names there, in that format's order of rising alignment, then the
 * block types of GGUF files by their names there.
 *
 * <p>Types whose values this program can neither read nor round to (packed 4-bit and 6-bit floats, bare exponents, complex
 * numbers) are {@link Kind#OPAQUE}: their bytes are carried but not interpreted. In a block type, {@link Kind#BLOCK}, some
 * values of a row share scales and bytes; its values are real numbers that can be read.
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
  U64(64, Kind.UNSIGNED),
  Q4_0(32, 18),
  Q4_1(32, 20),
  Q5_0(32, 22),
  Q5_1(32, 24),
  Q8_0(32, 34),
  Q2_K(256, 84),
  Q3_K(256, 110),
  Q4_K(256, 144),
  Q5_K(256, 176),
  Q6_K(256, 210),
  IQ4_NL(32, 18),
  IQ4_XS(256, 136),
  MXFP4(32, 17),
  NVFP4(64, 36),
  Q1_0(128, 18),
  Q2_0(64, 18),
  TQ1_0(256, 54),
  TQ2_0(256, 66);

  /** The types that safetensors files may have, in order. */
  public static final List<DType> SAFETENSORS = Arrays.stream(values()).filter(type -> type.kind != Kind.BLOCK).toList();

  /** What the bits of a value mean. */
  public enum Kind {
    FLOAT,
    SIGNED,
    UNSIGNED,
    BOOLEAN,
    /** Blocks of values that share scales, as quantizers of GGUF files make them. */
    BLOCK,
    /** Bytes whose values are not interpreted. */
    OPAQUE
  }

  private final int bits;
  private final Kind kind;
  private final int blockValues;
  private final int blockBytes;

  DType(int bits, Kind kind) {
    this.bits = bits;
    this.kind = kind;
    blockValues = 1;
    blockBytes = 0;
  }

  DType(int blockValues, int blockBytes) {
    bits = 0;
    kind = Kind.BLOCK;
    this.blockValues = blockValues;
    this.blockBytes = blockBytes;
  }

  /**
   * Bits per value, 4 to 64.
   *
   * @throws IllegalStateException for a block type, whose values need not have whole bits
   */
  public int bits() {
    if (kind == Kind.BLOCK) {
      throw new IllegalStateException(this + " has blocks of " + blockValues + " values");
    }
    return bits;
  }

  /** Values of a block, a divisor of every row's length; 1 if this is no block type. */
  public int blockValues() {
    return blockValues;
  }

  /**
   * Bytes of a block.
   *
   * @throws IllegalStateException if this is no block type
   */
  public int blockBytes() {
    if (kind != Kind.BLOCK) {
      throw new IllegalStateException(this + " has no blocks");
    }
    return blockBytes;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether this is a floating-point type whose values can be read and written. */
  public boolean isFloat() {
    return kind == Kind.FLOAT;
  }

  /** Whether the values are real numbers that can be read: those of a floating-point type or of a block type. */
  public boolean isReal() {
    return kind == Kind.FLOAT || kind == Kind.BLOCK;
  }

  /** Whether {@link TensorView#read(long, double[], int, int)} works: any kind but {@link Kind#OPAQUE}. */
  public boolean isReadable() {
    return kind != Kind.OPAQUE;
  }

  /**
   * Number of bytes of {@code count} values.
   *
   * @throws IllegalArgumentException if the values do not fill whole bytes or blocks, or have 2^63 bits or more
   */
  public long byteSize(long count) {
    if (kind == Kind.BLOCK) {
      if (count % blockValues != 0 || count > Long.MAX_VALUE / Byte.SIZE / blockBytes) {
        throw new IllegalArgumentException(count + " values of " + this + " do not fill whole blocks of " + blockValues);
      }
      return count / blockValues * blockBytes;
    }
    if (count > Long.MAX_VALUE / bits) {
      throw new IllegalArgumentException(count + " values of " + bits + " bits have 2^63 bits or more");
    }
    long size = count * bits;
    if ((size & 7) != 0) {
      throw new IllegalArgumentException(count + " values of " + bits + " bits do not fill whole bytes");
    }
    return size >> 3;
  }

  /** Number of whole values, or values of whole blocks, in some bytes. */
  public long valuesIn(long bytes) {
    return kind == Kind.BLOCK ? bytes / blockBytes * blockValues : Math.multiplyExact(bytes, (long) Byte.SIZE) / bits;
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
