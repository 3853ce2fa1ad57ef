package llm265.quantized;

import llm265.dtype.TensorView;

/** Codes of a byte each: I8, or an 8-bit float. */
record ElementRows(TensorView codes, int in) implements CodeRows {
  @Override
  public void read(long row, float[] values, int offset) {
    codes.read(row * in, values, offset, in);
  }
}
