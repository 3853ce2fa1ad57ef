package llm265.quantized;

import llm265.dtype.TensorView;

/** Signed codes that are stored with 2^(bits - 1) added, packed along each row. */
record WordRows(TensorView words, PackedWords packing, int in) implements CodeRows {
  @Override
  public void read(long row, float[] values, int offset) {
    long first = row * packing.words(in);
    int half = 1 << (packing.bits() - 1);
    for (int i = 0; i < in; i++) {
      values[offset + i] = packing.code(words.data(), first, 1, i) - half;
    }
  }
}
