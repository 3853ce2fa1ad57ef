package llm265.quantized;

/** Values of which some weights of a row share one: scales, or zeros. Implementations are thread-safe. */
interface GridValues {
  /** Number of values that a row has. */
  int columns();

  /** Reads the values of a row of the stack of matrices. */
  void read(long row, float[] values);
}
