package llm265.tensor.reconstruct;

/** The levels of a tile, a row of values at a time. */
public interface LevelRows {
  /** The levels of a row's values, starting at {@link #offset}; valid until the next call. */
  float[] row(TileMap map, int y);

  /** The index of a row's first level in {@link #row}. */
  int offset(TileMap map, int y);
}
