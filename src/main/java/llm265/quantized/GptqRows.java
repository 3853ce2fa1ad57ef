package llm265.quantized;

import java.util.Objects;
import llm265.dtype.TensorView;

/**
 * Weights as AutoGPTQ stores them: codes [in, out] packed down the columns, zeros [groups, out] packed along the rows, scales
 * [groups, out]. A weight is s (q - z), where version 1 of the format stores z - 1, modulo 2^bits.
 *
 * @param zeroOffset 1 for version 1, 0 for version 2
 * @param groups the group of each input
 */
record GptqRows(
    TensorView codes, TensorView zeros, TensorView scales, PackedWords packing, int zeroOffset, int[] groups, int out)
    implements WeightRows {

  @Override
  public void read(long first, int rows, float[] values, int offset) {
    Objects.checkFromIndexSize(first, rows, out);
    int in = groups.length;
    Objects.checkFromIndexSize(offset, rows * in, values.length);
    int count = (int) (scales.count() / out);
    float[] scale = new float[count * rows];
    float[] zero = new float[count * rows];
    long zeroWords = packing.words(out);
    int mask = (1 << packing.bits()) - 1;
    for (int group = 0; group < count; group++) {
      scales.read((long) group * out + first, scale, group * rows, rows);
      for (int row = 0; row < rows; row++) {
        zero[group * rows + row] =
            (packing.code(zeros.data(), group * zeroWords, 1, first + row) + zeroOffset) & mask;
      }
    }
    for (int i = 0; i < in; i++) {
      int group = groups[i] * rows;
      for (int row = 0; row < rows; row++) {
        int code = packing.code(codes.data(), first + row, out, i);
        values[offset + row * in + i] = (code - zero[group + row]) * scale[group + row];
      }
    }
  }
}
