package llm265.tensor;

/** Which values lie in the rows of a picture. */
interface RowMap {
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

  /** Rows of macroblocks spread evenly over all tiles, so that a few of them speak for the whole tensor. */
  static RowMap sample(TensorFraming framing, int macroblockRows) {
    int rowsInTile = framing.tileHeight() / 16;
    long all = (long) framing.tiles() * rowsInTile;
    TensorFraming.Tile[] tiles = new TensorFraming.Tile[macroblockRows];
    int[] tops = new int[macroblockRows];
    for (int i = 0; i < macroblockRows; i++) {
      long row = (2L * i + 1) * all / (2L * macroblockRows);
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
