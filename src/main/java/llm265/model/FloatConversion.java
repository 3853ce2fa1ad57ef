package llm265.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Values of one floating-point type as those of another, rounded to nearest, ties to even. */
public final class FloatConversion {
  private static final int BLOCK = 1 << 14;

  private FloatConversion() {}

  /**
   * Converts values by way of binary32.
   *
   * @param data values of type {@code from}, little-endian
   * @param to F32, F16 or BF16
   * @return the values in memory of their own
   */
  public static MemorySegment convert(MemorySegment data, DType from, DType to) {
    long count = data.byteSize() / from.byteSize(1);
    long bytes = to.byteSize(count);
    MemorySegment converted =
        bytes < Integer.MAX_VALUE - 8 ? MemorySegment.ofArray(new byte[(int) bytes]) : Arena.ofAuto().allocate(bytes);
    float[] values = new float[BLOCK];
    for (long first = 0; first < count; first += BLOCK) {
      int block = (int) Math.min(BLOCK, count - first);
      ValueCodec.read(from, data, first, values, 0, block);
      ValueCodec.write(to, converted, first, values, 0, block);
    }
    return converted;
  }
}
