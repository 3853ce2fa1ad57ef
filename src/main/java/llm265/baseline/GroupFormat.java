package llm265.baseline;

/** A format in which groups of weights along a row each have a uniform grid. No state; any thread may use it. */
interface GroupFormat {
  /** Weights of a row that share a grid; the last group of a row may be shorter. */
  int groupSize(int in);

  /** Bits of a layer with all its scales and zeros. */
  long bits(int out, int in);

  /** What it is, for a recipe's line. */
  String describe();

  /** What all groups of a row share; it is handed to {@link #fit}. */
  default float rowScale(float[] weights, int from, int in) {
    return 1;
  }

  /**
   * Finds the grid of a group.
   *
   * @param weights those of the group begin at {@code from}
   * @param rowScale of the row
   * @param grid receives the result
   */
  void fit(float[] weights, int from, int count, float rowScale, Grid grid);

  /** Rounds a row of {@code in} weights at {@code from} to its grids. Input and output may be one array. */
  default void roundRow(float[] weights, int from, int in, float[] rounded, Grid grid) {
    float rowScale = rowScale(weights, from, in);
    int size = groupSize(in);
    for (int first = from; first < from + in; first += size) {
      int count = Math.min(size, from + in - first);
      fit(weights, first, count, rowScale, grid);
      for (int i = first; i < first + count; i++) {
        rounded[i] = grid.nearest(weights[i]);
      }
    }
  }

  /** Number of groups in a row. */
  default int groups(int in) {
    return (in + groupSize(in) - 1) / groupSize(in);
  }
}
