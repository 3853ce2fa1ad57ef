package llm265.quantized;

/** Rows of codes as the numbers that they stand for before they are scaled. Implementations are thread-safe. */
interface CodeRows {
  /** Reads a row of the stack of matrices. */
  void read(long row, float[] values, int offset);
}
