package llm265.tensor.reconstruct;

import java.util.Arrays;
import llm265.numeric.Logarithms;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ScaleClasses;

/**
 * The scale classes of the rows and columns of a picture's values: how classes order them on the picture, and which factors
 * they give to levels. SPEC.md, "Scale classes".
 *
 * <p>Rows and columns lie in ascending order of their classes, followed by those of padding.
 */
public final class ClassMap {
  /** Class of each row; null if rows have no classes. */
  private final int[] rowClasses;
  /** Row of samples for each row of values; null if they are the same. */
  private final int[] rowRanks;
  /** For each column of tiles, the ranks and classes of its columns; null if columns have no classes. */
  private final int[][] columnRanks;
  private final int[][] columnClasses;
  /** Column of tiles that each row belongs to. */
  private final int[] tileColumns;

  private ClassMap(int[] rowClasses, int[] rowRanks, ScaleClasses[] columns, int[] tileColumns) {
    this.rowClasses = rowClasses;
    this.rowRanks = rowRanks;
    this.tileColumns = tileColumns;
    columnRanks = columns == null ? null : new int[columns.length][];
    columnClasses = columns == null ? null : new int[columns.length][];
    for (int i = 0; columns != null && i < columns.length; i++) {
      columnRanks[i] = columns[i] == null ? null : columns[i].ranks();
      columnClasses[i] = columns[i] == null ? null : toInts(columns[i]);
    }
  }

  private static int[] toInts(ScaleClasses classes) {
    int[] result = new int[classes.lines()];
    Arrays.setAll(result, classes::of);
    return result;
  }

  /**
   * The classes of a picture whose rows all have the same columns.
   *
   * @param rows classes of the picture's rows, by which they are sorted; null for none
   * @param columns classes of its columns; null for none
   * @param count number of rows
   * @return null if there are no classes
   */
  public static ClassMap of(ScaleClasses rows, ScaleClasses columns, int count) {
    if (rows == null && columns == null) {
      return null;
    }
    return new ClassMap(
        rows == null ? null : toInts(rows), rows == null ? null : rows.ranks(),
        columns == null ? null : new ScaleClasses[] {columns}, new int[count]);
  }

  /**
   * The classes of a picture whose rows come from several tiles and stay in their order.
   *
   * @param rowClasses class of each row; null for none
   * @param columns classes of the plane's columns; null for none
   * @param tileColumns column of tiles that each row belongs to
   * @return null if there are no classes
   */
  public static ClassMap ofSpreadRows(TensorFraming framing, int[] rowClasses, ScaleClasses columns, int[] tileColumns) {
    if (rowClasses == null && columns == null) {
      return null;
    }
    ScaleClasses[] ofTiles = columns == null ? null : new ScaleClasses[(int) framing.tileColumns()];
    for (int column : tileColumns) {
      if (columns != null && ofTiles[column] == null) {
        ofTiles[column] = ofTile(framing, columns, framing.tile(column));
      }
    }
    return new ClassMap(rowClasses, null, ofTiles, tileColumns);
  }

  /** The classes of a tile's columns; null for none. */
  static ScaleClasses ofTile(TensorFraming framing, ScaleClasses columns, TensorFraming.Tile tile) {
    int from = (int) tile.firstColumn();
    return columns == null ? null : columns.range(from, from + tile.columns());
  }

  /** The row of samples that holds a row of values. */
  int row(int y) {
    return rowRanks == null ? y : rowRanks[y];
  }

  /** The sample of each value within its row; null if they are in the same order. */
  int[] columnRanks(int y) {
    return columnRanks == null ? null : columnRanks[tileColumns[y]];
  }

  private int rowClass(int y) {
    return rowClasses == null ? 0 : rowClasses[y];
  }

  private int[] columnClasses(int y) {
    return columnClasses == null ? null : columnClasses[tileColumns[y]];
  }

  /** The sum of the row's and the column's class of each value of a row. */
  void sums(int y, int count, int[] sums) {
    int row = rowClass(y);
    int[] columns = columnClasses(y);
    for (int x = 0; x < count; x++) {
      sums[x] = row + (columns == null ? 0 : columns[x]);
    }
  }

  /** The factors of a row's levels. */
  void factors(int y, int count, float[] factors) {
    int row = rowClass(y);
    int[] columns = columnClasses(y);
    for (int x = 0; x < count; x++) {
      factors[x] = ScaleClasses.factor(row + (columns == null ? 0 : columns[x]));
    }
  }

  /** Adds the share of the map's values that have each sum of a row's and a column's class, indexed by that sum. */
  void addShares(int y, int count, double one, double[] shares) {
    int row = rowClass(y);
    int[] columns = columnClasses(y);
    for (int x = 0; x < count; x++) {
      shares[row + (columns == null ? 0 : columns[x])] += one;
    }
  }

  /**
   * The class that stands for each macroblock, by address: the class of the mean squared factor of its values, since the error
   * of a value grows with the square of its factor. {@code none} for macroblocks of padding.
   *
   * @param counts number of values of each row
   */
  int[] ofMacroblocks(int widthInMbs, int heightInMbs, int[] counts, int none) {
    double[] squares = new double[widthInMbs * heightInMbs];
    int[] numbers = new int[squares.length];
    // Rows of one class are alike as long as they have the same columns.
    MbSquares[] known = new MbSquares[ScaleClasses.GREATEST + 1];
    for (int y = 0; y < counts.length; y++) {
      if (y > 0 && (counts[y] != counts[y - 1] || tileColumns[y] != tileColumns[y - 1])) {
        Arrays.fill(known, null);
      }
      int row = rowClass(y);
      if (known[row] == null) {
        known[row] = mbSquares(y, counts[y], widthInMbs);
      }
      int mbRow = row(y) / 16 * widthInMbs;
      for (int mb = 0; mb < widthInMbs; mb++) {
        squares[mbRow + mb] += known[row].sums[mb];
        numbers[mbRow + mb] += known[row].numbers[mb];
      }
    }
    int[] classes = new int[squares.length];
    for (int mb = 0; mb < classes.length; mb++) {
      double octaves = numbers[mb] == 0 ? 0 : -0.5 * Logarithms.log2(squares[mb] / numbers[mb]);
      classes[mb] = numbers[mb] == 0 ? none : (int) StrictMath.rint(ScaleClasses.OCTAVE * octaves);
    }
    return classes;
  }

  /** Sums of squared factors in a row of samples, by column of macroblocks, and numbers of values. */
  private record MbSquares(double[] sums, int[] numbers) {}

  private MbSquares mbSquares(int y, int count, int widthInMbs) {
    double[] sums = new double[widthInMbs];
    int[] numbers = new int[sums.length];
    int row = rowClass(y);
    int[] ranks = columnRanks(y);
    int[] columns = columnClasses(y);
    for (int x = 0; x < count; x++) {
      int mb = (ranks == null ? x : ranks[x]) >> 4;
      double factor = ScaleClasses.factor(row + (columns == null ? 0 : columns[x]));
      sums[mb] += factor * factor;
      numbers[mb]++;
    }
    return new MbSquares(sums, numbers);
  }
}
