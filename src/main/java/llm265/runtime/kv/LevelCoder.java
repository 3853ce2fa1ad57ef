package llm265.runtime.kv;

/** Makes levels of a cell's coefficients with one step, and bytes of the levels. Used by one thread at a time. */
interface LevelCoder {
  /**
   * Searches the levels of a step.
   *
   * @param scales of the cell, measured
   * @param rows {@code count x channels} coefficients, with room up to a multiple of 16
   * @return bits that the levels take
   */
  double search(CellModel model, CellScales scales, float[] rows, int count, int step);

  /** Writes the levels that were found last, in steps, one for each coefficient. */
  void levels(float[] levels);

  /** Kind and laws of the levels that were found last, as the first byte of a body has them. */
  int kind();

  /** Bytes beside what {@link #search} counts, about. */
  int sideBytes(int values);

  /** Bytes of the levels that were found last, at most. */
  int mostBytes();

  /**
   * Writes the levels that were found last.
   *
   * @param out has room for {@link #mostBytes} from {@code at} on
   * @return index behind the last byte
   */
  int write(byte[] out, int at);
}
