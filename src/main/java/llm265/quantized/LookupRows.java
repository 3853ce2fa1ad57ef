package llm265.quantized;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import llm265.dtype.LittleEndian;

/**
 * Weights as bitsandbytes stores 4 bits: codes of the flattened tensor, two in a byte, the first one in the high bits. A weight
 * is the table's value for its code times the greatest magnitude of its block.
 *
 * @param codes bytes, whatever the type of their tensor
 */
record LookupRows(MemorySegment codes, float[] table, BlockMagnitudes magnitudes, MatrixShape shape) implements WeightRows {
  @Override
  public void read(long first, int rows, float[] values, int offset) {
    Objects.checkFromIndexSize(first, rows, shape.rows());
    int count = rows * shape.in();
    Objects.checkFromIndexSize(offset, count, values.length);
    long from = first * shape.in();
    long block = -1;
    float magnitude = 0;
    for (int i = 0; i < count; i++) {
      long index = from + i;
      if (index / magnitudes.blockSize() != block) {
        block = index / magnitudes.blockSize();
        magnitude = magnitudes.of(block);
      }
      int pair = codes.get(LittleEndian.BYTE, index / 2);
      int code = (index & 1) == 0 ? (pair >> 4) & 15 : pair & 15;
      values[offset + i] = table[code] * magnitude;
    }
  }
}
