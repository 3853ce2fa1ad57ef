package llm265.quantized;

import llm265.dtype.TensorView;

/** Zeros that are stored with 2^(bits - 1) added, packed down the columns of a matrix: [words(out), groups]. */
record WordZeros(TensorView words, PackedWords packing, long out, int columns) implements GridValues {
  @Override
  public void read(long row, float[] values) {
    long first = row / out * packing.words(out) * columns;
    int half = 1 << (packing.bits() - 1);
    for (int i = 0; i < columns; i++) {
      values[i] = packing.code(words.data(), first + i, columns, row % out) - half;
    }
  }
}
