package llm265.dtype;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/** Converts values of a floating-point type or a block type to a floating-point type, rounded to nearest, ties to even. */
public final class FloatConversion {
  /** Values at once: whole blocks of every type. */
  private static final int BLOCK = 1 << 14;

  /** No smaller value overflows in any type. */
  private static final float GREATEST_FLOAT16 = 65_504f;

  private FloatConversion() {}

  /**
   * Converts values through binary32.
   *
   * @param data values of type {@code from}, little-endian
   * @param to F32, F16 or BF16
   * @return the values in new memory
   */
  public static MemorySegment convert(MemorySegment data, DType from, DType to) {
    return convert(data, from, to, overflows -> { });
  }

  /**
   * Converts values through binary32, and counts those that are too large for the type.
   *
   * @param data values of type {@code from}, little-endian
   * @param to F32, F16 or BF16
   * @param overflows receives the number of finite values that become infinite, if it is not 0
   * @return the values in new memory
   */
  public static MemorySegment convert(MemorySegment data, DType from, DType to, LongConsumer overflows) {
    long count = from.valuesIn(data.byteSize());
    long bytes = to.byteSize(count);
    MemorySegment converted =
        bytes < Integer.MAX_VALUE - 8 ? MemorySegment.ofArray(new byte[(int) bytes]) : Arena.ofAuto().allocate(bytes);
    float[] values = new float[BLOCK];
    long overflowed = 0;
    for (long first = 0; first < count; first += BLOCK) {
      int block = (int) Math.min(BLOCK, count - first);
      ValueCodec.read(from, data, first, values, 0, block);
      ValueCodec.write(to, converted, first, values, 0, block);
      for (int i = 0; i < block; i++) {
        if (Math.abs(values[i]) > GREATEST_FLOAT16) {
          overflowed += overflows(data, from, converted, to, first + i) ? 1 : 0;
        }
      }
    }
    if (overflowed > 0) {
      overflows.accept(overflowed);
    }
    return converted;
  }

  private static boolean overflows(MemorySegment data, DType from, MemorySegment converted, DType to, long index) {
    double[] value = new double[1];
    ValueCodec.read(from, data, index, value, 0, 1);
    if (!Double.isFinite(value[0])) {
      return false;
    }
    ValueCodec.read(to, converted, index, value, 0, 1);
    return !Double.isFinite(value[0]);
  }
}
