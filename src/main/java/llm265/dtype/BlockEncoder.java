package llm265.dtype;

import java.util.Objects;

/**
 * Writes values in the three block types that round to a symmetric grid, as ggml's {@code quantize_row_q4_0_ref} and its like do
 * it, to the bit.
 *
 * <p>Q4_0 and Q5_0 map the value of greatest magnitude to the least integer, -8 or -16, whatever its sign is. Q8_0 maps the
 * greatest magnitude to 127. Integers are chosen with the scale before it is rounded to binary16.
 *
 * <p>A value that is not finite spoils its block: what it and the others become follows from the same operations, and from how
 * x86 converts such a value to an integer.
 */
public final class BlockEncoder {
  private static final int VALUES = 32;
  private static final int HALF = 16;
  private static final int GREATEST_Q8 = 127;

  private BlockEncoder() {}

  /** Whether values can be written in a type. */
  public static boolean writes(DType type) {
    return type == DType.Q4_0 || type == DType.Q5_0 || type == DType.Q8_0;
  }

  /**
   * Writes values.
   *
   * @param type Q4_0, Q5_0 or Q8_0
   * @param values begin at {@code from}
   * @param count number of values, a multiple of 32
   * @param bytes receive blocks from {@code at} on
   * @throws IllegalArgumentException if the type is another, or the values fill no whole blocks
   * @throws IndexOutOfBoundsException if values or blocks lie outside of their arrays
   */
  public static void write(DType type, float[] values, int from, int count, byte[] bytes, int at) {
    if (!writes(type)) {
      throw new IllegalArgumentException("values cannot be written as " + type);
    }
    Objects.checkFromIndexSize(from, count, values.length);
    Objects.checkFromIndexSize(at, type.byteSize(count), bytes.length);
    int begin = at;
    for (int first = from; first < from + count; first += VALUES) {
      switch (type) {
        case Q4_0 -> writeQ40(values, first, bytes, begin);
        case Q5_0 -> writeQ50(values, first, bytes, begin);
        default -> writeQ80(values, first, bytes, begin);
      }
      begin += type.blockBytes();
    }
  }

  private static void writeQ40(float[] values, int from, byte[] bytes, int at) {
    float d = extreme(values, from) / -8;
    float inverse = d == 0 ? 0 : 1 / d;
    writeHalf(d, bytes, at);
    for (int j = 0; j < HALF; j++) {
      int low = Math.min(15, integer(values[from + j] * inverse + 8.5f));
      int high = Math.min(15, integer(values[from + HALF + j] * inverse + 8.5f));
      bytes[at + 2 + j] = (byte) (low | (high << 4));
    }
  }

  private static void writeQ50(float[] values, int from, byte[] bytes, int at) {
    float d = extreme(values, from) / -16;
    float inverse = d == 0 ? 0 : 1 / d;
    writeHalf(d, bytes, at);
    int fifth = 0;
    for (int j = 0; j < HALF; j++) {
      int low = Math.min(31, integer(values[from + j] * inverse + 16.5f));
      int high = Math.min(31, integer(values[from + HALF + j] * inverse + 16.5f));
      bytes[at + 6 + j] = (byte) (low & 15 | ((high & 15) << 4));
      fifth |= (low >> 4 << j) | (high >> 4 << (j + HALF));
    }
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[at + 2 + i] = (byte) (fifth >>> 8 * i);
    }
  }

  private static void writeQ80(float[] values, int from, byte[] bytes, int at) {
    float amax = 0;
    for (int i = from; i < from + VALUES; i++) {
      float magnitude = Math.abs(values[i]);
      // Not Math.max: a NaN is forgotten with the next value.
      amax = amax > magnitude ? amax : magnitude;
    }
    float d = amax / GREATEST_Q8;
    float inverse = d == 0 ? 0 : 1 / d;
    writeHalf(d, bytes, at);
    for (int i = 0; i < VALUES; i++) {
      double scaled = values[from + i] * inverse;
      // Half away from zero.
      bytes[at + 2 + i] = (byte) integer((float) Math.copySign(Math.floor(Math.abs(scaled) + 0.5), scaled));
    }
  }

  /** The value of greatest magnitude, with its sign; the first if there are several. */
  private static float extreme(float[] values, int from) {
    float amax = 0;
    float extreme = 0;
    for (int i = from; i < from + VALUES; i++) {
      if (amax < Math.abs(values[i])) {
        amax = Math.abs(values[i]);
        extreme = values[i];
      }
    }
    return extreme;
  }

  /** Truncated; 0 stands for what no integer can hold. */
  private static int integer(float value) {
    return Math.abs(value) < 0x1p31f ? (int) value : 0;
  }

  private static void writeHalf(float value, byte[] bytes, int at) {
    int bits = Float.isNaN(value) ? ((Float.floatToRawIntBits(value) >>> 16) & 0x8000) | 0x7E00 : Float.floatToFloat16(value);
    bytes[at] = (byte) bits;
    bytes[at + 1] = (byte) (bits >> 8);
  }
}
