package llm265.tensor.reconstruct;

import java.util.Arrays;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.tools.TrellisFormat;

/** Which law the values of a tile follow that is coded without a picture: by their rows' and columns' scale classes. */
public final class LawMap {
  private LawMap() {}

  /**
   * The class of each value of a tile, in their order; those that fill the last step follow as the last.
   *
   * @param rows scale classes of the tile's rows; null for none
   * @param columns scale classes of the plane's columns; null for none
   * @param firstColumn of the tile
   * @param laws number of classes of laws
   * @return null where there is one law
   */
  public static byte[] classes(TileMap map, ScaleClasses rows, ScaleClasses columns, int firstColumn, int laws) {
    if (laws == 1 || rows == null && columns == null) {
      return null;
    }
    int count = (int) map.values();
    byte[] classes = new byte[(count + 15) & ~15];
    byte[][] byRowClass = new byte[ScaleClasses.GREATEST + 1][];
    int at = 0;
    for (int y = 0; y < map.rows(); y++) {
      int row = rows == null ? 0 : rows.of(y);
      if (columns == null) {
        Arrays.fill(classes, at, at + map.count(y), (byte) TrellisFormat.classOf(row, laws));
      } else {
        if (byRowClass[row] == null || byRowClass[row].length < map.count(y)) {
          byRowClass[row] = ofRow(row, columns, firstColumn, map.count(y), laws);
        }
        System.arraycopy(byRowClass[row], 0, classes, at, map.count(y));
      }
      at += map.count(y);
    }
    if (count > 0) {
      Arrays.fill(classes, count, classes.length, classes[count - 1]);
    }
    return classes;
  }

  private static byte[] ofRow(int row, ScaleClasses columns, int firstColumn, int count, int laws) {
    byte[] classes = new byte[count];
    for (int x = 0; x < count; x++) {
      classes[x] = (byte) TrellisFormat.classOf(row + columns.of(firstColumn + x), laws);
    }
    return classes;
  }

  /** The classes of some values; the same array where they are all; null where there are none. */
  public static byte[] part(byte[] classes, int from, int count) {
    return classes == null || from == 0 && count == classes.length ? classes : Arrays.copyOfRange(classes, from, from + count);
  }
}
