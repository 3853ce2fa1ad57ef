package llm265.tensor.reconstruct;

import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.ValueRow;
import llm265.tensor.values.ValueSink;

/**
 * Where the values of a picture lie in the tensor. Each row of samples holds a row of values, which are consecutive in the
 * tensor or one stride apart.
 *
 * <p>Without scale classes, value x of row y is sample x of row y; {@link ClassMap} reorders them.
 */
public class TileMap {
  /** Number of runs of values that are transposed together. */
  private static final int RUNS = 16;

  private final int width;
  private final int height;
  private final long[] first;
  private final int[] counts;
  private final long stride;
  /** Null if there are no scale classes. */
  private final ClassMap classes;
  /** Values of a transposed tile, once they have been read. */
  private float[] transposed;

  /**
   * @param width number of samples in a row
   * @param height number of rows of samples
   * @param first index of each row's first value
   * @param counts number of values of each row
   * @param stride distance in the tensor between neighbours in a row
   * @param classes null if there are none
   */
  public TileMap(int width, int height, long[] first, int[] counts, long stride, ClassMap classes) {
    this.width = width;
    this.height = height;
    this.first = first;
    this.counts = counts;
    this.stride = stride;
    this.classes = classes;
  }

  /**
   * The map of a tile.
   *
   * @param rows scale classes of the tile's rows, or null
   * @param columns scale classes of the view's columns, or null
   */
  public static TileMap of(TensorFraming framing, TensorFraming.Tile tile, ScaleClasses rows, ScaleClasses columns) {
    int n = tile.rows();
    long[] first = new long[n];
    int[] counts = new int[n];
    for (int y = 0; y < n; y++) {
      first[y] = framing.firstValue(tile, y);
      counts[y] = framing.valuesInRow(tile, y);
    }
    ClassMap classes = ClassMap.of(rows, ClassMap.ofTile(framing, columns, tile), n);
    return new TileMap(framing.tileWidth(), framing.tileHeight(), first, counts, framing.stride(), classes);
  }

  /** Width of the picture. */
  public int width() {
    return width;
  }

  /** Height of the picture. */
  public int height() {
    return height;
  }

  /** Number of rows that may hold values. */
  public int rows() {
    return first.length;
  }

  /** Index of a value. */
  public long index(int y, int x) {
    return first[y] + x * stride;
  }

  /** Reads a row of values, for reading only, from a tensor, which must be the same in each call. */
  public void read(TensorElements elements, int y, ValueRow row) {
    if (stride == 1) {
      elements.read(first[y], counts[y], row);
      return;
    }
    if (transposed == null) {
      transposed = transpose(elements);
    }
    row.attach(transposed, y * width);
  }

  /**
   * All rows of a transposed tile. They are read in the order of the tensor, across the rows, some at a time, so that whole
   * cache lines are written.
   */
  private float[] transpose(TensorElements elements) {
    float[] rows = new float[first.length * width];
    float[] runs = new float[RUNS * first.length];
    for (int from = 0; from < first.length;) {
      int to = from + 1;
      while (to < first.length && first[to] == first[to - 1] + 1 && counts[to] == counts[from]) {
        to++;
      }
      for (int x = 0; x < counts[from]; x += RUNS) {
        transpose(elements, from, to, x, Math.min(RUNS, counts[from] - x), runs, rows);
      }
      from = to;
    }
    return rows;
  }

  private void transpose(TensorElements elements, int from, int to, int x, int count, float[] runs, float[] rows) {
    int length = to - from;
    for (int i = 0; i < count; i++) {
      elements.read(index(from, x + i), runs, i * length, length);
    }
    for (int y = 0; y < length; y++) {
      int at = (from + y) * width + x;
      for (int i = 0; i < count; i++) {
        rows[at + i] = runs[i * length + y];
      }
    }
  }

  /** Hands over the decoded rows of a tile, which are {@code apart} values apart, in the order of the tensor. */
  public void write(float[] rows, int apart, ValueSink sink) {
    if (!isTransposed()) {
      for (int y = 0; y < first.length; y++) {
        sink.row(first[y], rows, y * apart, counts[y]);
      }
      return;
    }
    float[] run = new float[first.length];
    for (int x = 0; x < counts[0]; x++) {
      for (int y = 0; y < first.length; y++) {
        run[y] = rows[y * apart + x];
      }
      sink.row(index(0, x), run, 0, first.length);
    }
  }

  public boolean isTransposed() {
    return stride != 1;
  }

  /** Number of values in a row. */
  public int count(int y) {
    return counts[y];
  }

  public long values() {
    long sum = 0;
    for (int count : counts) {
      sum += count;
    }
    return sum;
  }

  /** Index of the first sample of a row of values. */
  public int start(int y) {
    return (classes == null ? y : classes.row(y)) * width;
  }

  /** The sample of each value within its row; null if they are in the same order. */
  public int[] columnRanks(int y) {
    return classes == null ? null : classes.columnRanks(y);
  }

  public boolean hasClasses() {
    return classes != null;
  }

  /** Share of the values that have each sum of a row's and a column's class, indexed by that sum. */
  public double[] classShares() {
    double[] shares = new double[2 * ScaleClasses.GREATEST + 1];
    double one = 1.0 / Math.max(1, values());
    for (int y = 0; y < first.length; y++) {
      if (classes == null) {
        for (int x = 0; x < counts[y]; x++) {
          shares[0] += one;
        }
      } else {
        classes.addShares(y, counts[y], one, shares);
      }
    }
    return shares;
  }

  /** The sum of the row's and the column's class of each value of a row, if there are classes. */
  public void scaleClasses(int y, int[] sums) {
    classes.sums(y, counts[y], sums);
  }

  /** The factors of a row's levels, if there are classes. */
  public void factors(int y, float[] factors) {
    classes.factors(y, counts[y], factors);
  }

  /** The class of each macroblock by address, if there are classes; {@code none} for macroblocks of padding. */
  public int[] macroblockClasses(int none) {
    return classes.ofMacroblocks(width >> 4, height >> 4, counts, none);
  }
}
