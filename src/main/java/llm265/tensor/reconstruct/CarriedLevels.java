package llm265.tensor.reconstruct;

/** The steps of a tile's values, which lie macroblock by macroblock, as rows. Used by one thread at a time. */
public final class CarriedLevels implements LevelRows {
  private final int mbWidth;
  private final float[] steps;
  private final float[] row;

  /**
   * @param mbWidth macroblocks in a row of the picture
   * @param steps of the value at row y and column x of macroblock mbAddr at {@code 256 * mbAddr + 16 * y + x}
   */
  public CarriedLevels(int mbWidth, float[] steps) {
    this.mbWidth = mbWidth;
    this.steps = steps;
    this.row = new float[16 * mbWidth];
  }

  /** Where the first value of a row of samples lies; the next sixteen values are 256 behind it. */
  public static int firstOfRow(int pictureRow, int mbWidth) {
    return (pictureRow >> 4) * mbWidth * 256 + (pictureRow & 15) * 16;
  }

  @Override
  public float[] row(TileMap map, int y) {
    int first = firstOfRow(map.start(y) / map.width(), mbWidth);
    int[] ranks = map.columnRanks(y);
    int count = map.count(y);
    if (ranks == null) {
      for (int x = 0; x < count; x += 16) {
        System.arraycopy(steps, first + 16 * x, row, x, 16);
      }
    } else {
      for (int x = 0; x < count; x++) {
        row[x] = steps[first + 256 * (ranks[x] >> 4) + (ranks[x] & 15)];
      }
    }
    return row;
  }

  @Override
  public int offset(TileMap map, int y) {
    return 0;
  }
}
