package llm265.tensor.reconstruct;

/** The steps of a tile's values, where they lie on its picture. Used by one thread at a time. */
public final class CarriedLevels implements LevelRows {
  private final float[] steps;
  private float[] row = new float[0];

  /** @param steps row by row of the picture */
  public CarriedLevels(float[] steps) {
    this.steps = steps;
  }

  /** Where the first value of a macroblock lies. */
  public static int first(int mbAddr, int mbWidth) {
    return 256 * (mbAddr / mbWidth) * mbWidth + 16 * (mbAddr % mbWidth);
  }

  /**
   * Where the first value of a row lies in an order macroblock by macroblock; the next sixteen values of the row are 256 behind
   * it.
   */
  public static int firstOfRow(TileMap map, int y) {
    int pictureRow = map.start(y) / map.width();
    return (pictureRow >> 4) * map.width() * 16 + (pictureRow & 15) * 16;
  }

  /**
   * Where the value of a column lies in that order.
   *
   * @param firstOfRow where the row's first value does
   */
  public static int place(int firstOfRow, int column) {
    return firstOfRow + 256 * (column >> 4) + (column & 15);
  }

  @Override
  public float[] row(TileMap map, int y) {
    int[] ranks = map.columnRanks(y);
    if (ranks == null) {
      return steps;
    }
    if (row.length < map.width()) {
      row = new float[map.width()];
    }
    int start = map.start(y);
    for (int x = 0; x < map.count(y); x++) {
      row[x] = steps[start + ranks[x]];
    }
    return row;
  }

  @Override
  public int offset(TileMap map, int y) {
    return map.columnRanks(y) == null ? map.start(y) : 0;
  }
}
