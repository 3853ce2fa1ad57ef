package llm265.quantized;

import java.util.Objects;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;

/**
 * Experts as gpt-oss stores them: blocks [experts, out, groups, 16] of E2M1 codes, the first of two in the low bits, and
 * exponents [experts, out, groups]. The plain weight is [experts, in, out], so a row here has all outputs of one input. A weight
 * is its code's value times 2^(e - 127).
 *
 * @param shape of the plain weight: experts, inputs as rows, outputs as columns
 */
record ExpertRows(TensorView blocks, TensorView exponents, MatrixShape shape) implements WeightRows {
  static final int GROUP = 32;
  private static final int BIAS = 127;

  @Override
  public void read(long first, int rows, float[] values, int offset) {
    Objects.checkFromIndexSize(first, rows, shape.rows());
    int outputs = shape.in();
    Objects.checkFromIndexSize(offset, rows * outputs, values.length);
    int done = 0;
    while (done < rows) {
      // Rows of one group of one expert.
      long input = (first + done) % shape.out();
      int count = (int) Math.min(rows - done, GROUP - input % GROUP);
      readGroup((first + done) / shape.out(), input, count, values, offset + done * outputs);
      done += count;
    }
  }

  private void readGroup(long expert, long input, int count, float[] values, int offset) {
    int outputs = shape.in();
    long inputs = shape.out();
    for (int column = 0; column < outputs; column++) {
      long line = expert * outputs + column;
      int exponent = exponents.data().get(LittleEndian.BYTE, (line * inputs + input) / GROUP) & 0xFF;
      float scale = Math.scalb(1f, exponent - BIAS);
      for (int row = 0; row < count; row++) {
        long index = line * inputs + input + row;
        int pair = blocks.data().get(LittleEndian.BYTE, index / 2);
        int code = (index & 1) == 0 ? pair & 15 : (pair >> 4) & 15;
        values[offset + row * outputs + column] = NibbleRows.value(code) * scale;
      }
    }
  }
}
