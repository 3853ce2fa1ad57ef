package llm265.tensor.reconstruct;

/** The levels of a tile, a row of values at a time. */
public interface LevelRows {
  /** The levels of a row's values, from {@link #offset} on, valid until the next call. */
  float[] row(TileMap map, int y);

  /** Where {@link #row} has a row's first level. */
  int offset(TileMap map, int y);
}
