package llm265.quantized;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;

/**
 * Weights as AutoAWQ's format {@code gemm} stores them: codes [in, out / 8] and zeros [groups, out / 8] of 4 bits, scales
 * [groups, out]. A weight is (q - z) s. In a word, bits 4 i to 4 i + 3 belong to column 0 2 4 6 1 3 5 7 [i] of its eight.
 *
 * @param group inputs that share a scale
 */
record AwqRows(TensorView codes, TensorView zeros, TensorView scales, int group, int in, int out) implements WeightRows {
  private static final int IN_WORD = 8;
  private static final int[] SHIFT_OF_COLUMN = {0, 16, 4, 20, 8, 24, 12, 28};

  private static int code(MemorySegment words, long row, int out, long column) {
    int word = words.get(LittleEndian.INT, 4 * (row * (out / IN_WORD) + column / IN_WORD));
    return (word >>> SHIFT_OF_COLUMN[(int) (column % IN_WORD)]) & 15;
  }

  @Override
  public void read(long first, int rows, float[] values, int offset) {
    Objects.checkFromIndexSize(first, rows, out);
    Objects.checkFromIndexSize(offset, rows * in, values.length);
    float[] scale = new float[rows];
    float[] zero = new float[rows];
    for (int i = 0; i < in; i++) {
      if (i % group == 0) {
        long groupRow = i / group;
        scales.read(groupRow * out + first, scale, 0, rows);
        for (int row = 0; row < rows; row++) {
          zero[row] = code(zeros.data(), groupRow, out, first + row);
        }
      }
      for (int row = 0; row < rows; row++) {
        values[offset + row * in + i] = (code(codes.data(), i, out, first + row) - zero[row]) * scale[row];
      }
    }
  }
}
