package llm265.tensor;

/** Which values lie in the rows of a picture. */
interface RowMap {
  /** Rows of macroblocks of a sample that lie together in the tensor. */
  int RUN = 4;

  /** Index of the first value of a row. */
  long first(int y);

  /** Number of values in a row, from its first sample on; the rest is padding. */
  int count(int y);

  /** The rows of a tile. */
  static RowMap of(TensorFraming framing, TensorFraming.Tile tile) {
    return new RowMap() {
      @Override
      public long first(int y) {
        return framing.firstValue(tile, y);
      }

      @Override
      public int count(int y) {
        return framing.valuesInRow(tile, y);
      }
    };
  }

  /**
   * Rows of macroblocks spread evenly over all tiles, so that a few of them speak for the whole tensor; in runs of neighbours, so
   * that they show what values have to do with those above them.
   */
  static RowMap sample(TensorFraming framing, int macroblockRows) {
    int rowsInTile = framing.tileHeight() / 16;
    long all = (long) framing.tiles() * rowsInTile;
    TensorFraming.Tile[] tiles = new TensorFraming.Tile[macroblockRows];
    int[] tops = new int[macroblockRows];
    int runs = Math.ceilDiv(macroblockRows, RUN);
    for (int i = 0; i < macroblockRows; i++) {
      long first = Math.min((2L * (i / RUN) + 1) * all / (2L * runs) / RUN * RUN, Math.max(0, all - RUN));
      long row = Math.min(first + i % RUN, all - 1);
      tiles[i] = framing.tile((int) (row / rowsInTile));
      tops[i] = (int) (row % rowsInTile) * 16;
    }
    return new RowMap() {
      @Override
      public long first(int y) {
        return framing.firstValue(tiles[y / 16], tops[y / 16] + y % 16);
      }

      @Override
      public int count(int y) {
        return framing.valuesInRow(tiles[y / 16], tops[y / 16] + y % 16);
      }
    };
  }
}
