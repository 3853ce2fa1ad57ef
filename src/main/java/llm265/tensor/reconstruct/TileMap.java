package llm265.tensor.reconstruct;

import java.util.Arrays;
import llm265.numeric.Logarithms;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ChannelScales;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.ValueRow;
import llm265.tensor.values.ValueSink;

/**
 * Where the values of a tile, or of a sample of the tensor, lie: in rows of consecutive values, each of which fills a row of samples.
 *
 * <p>Without scale classes value x of row y is sample x of row y. With them rows, and columns, lie in ascending order of their
 * classes. Rows and columns of padding stay behind the others.
 */
public final class TileMap {
  /** Runs of values that are transposed together. */
  private static final int RUNS = 16;

  private final int width;
  private final int height;
  private final long[] first;
  private final long stride;
  private final int[] counts;
  /** Row of samples by row of values; null for the same. */
  private final int[] rowRanks;
  private final int[] rowClasses;
  /** By column of tiles: ranks and classes of its columns; null if there are none. */
  private final int[][] columnRanks;
  private final int[][] columnClasses;
  /** Column of tiles that a row belongs to. */
  private final int[] tileColumns;
  /** Values of a transposed tile, once they are read. */
  private float[] transposed;

  /** First column of each run of 16 of a sample of columns; null where columns are all there. */
  private final int[] picks;

  private TileMap(
      TensorFraming framing, int width, int height, long[] first, int[] counts, int[] picks, ScaleClasses rows,
      ScaleClasses columns) {
    this.width = width;
    this.height = height;
    this.first = first;
    this.stride = framing.stride();
    this.counts = counts;
    this.picks = picks;
    tileColumns = new int[first.length];
    rowClasses = rows == null ? null : toInts(rows);
    rowRanks = rows == null ? null : rows.ranks();
    columnRanks = columns == null ? null : new int[][] {columns.ranks()};
    columnClasses = columns == null ? null : new int[][] {toInts(columns)};
  }

  /**
   * @param first index of each row's first value
   * @param tileColumns column of tiles that a row belongs to
   * @param rowClasses class of each row, or null
   * @param rowRanks row of samples by row of values; null for the same
   * @param columns classes of the plane's columns, or null; only for rows of whole tiles' width
   */
  public TileMap(
      TensorFraming framing, int width, int height, long[] first, int[] counts, int[] tileColumns, int[] rowClasses,
      int[] rowRanks, ScaleClasses columns) {
    this.width = width;
    picks = null;
    this.height = height;
    this.first = first;
    this.stride = framing.stride();
    this.counts = counts;
    this.tileColumns = tileColumns;
    this.rowClasses = rowClasses;
    this.rowRanks = rowRanks;
    int n = columns == null ? 0 : (int) framing.tileColumns();
    columnRanks = columns == null ? null : new int[n][];
    columnClasses = columns == null ? null : new int[n][];
    for (int column : tileColumns) {
      if (columns != null && columnRanks[column] == null) {
        setColumns(framing, column, columns);
      }
    }
  }

  private void setColumns(TensorFraming framing, int i, ScaleClasses columns) {
    TensorFraming.Tile tile = framing.tile(i);
    int from = (int) tile.firstColumn();
    ScaleClasses range = columns.range(from, from + tile.columns());
    columnRanks[i] = range.ranks();
    columnClasses[i] = toInts(range);
  }

  private static int[] toInts(ScaleClasses classes) {
    int[] result = new int[classes.lines()];
    Arrays.setAll(result, classes::of);
    return result;
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
    int[] tileColumns = new int[n];
    for (int y = 0; y < n; y++) {
      first[y] = framing.firstValue(tile, y);
      counts[y] = framing.valuesInRow(tile, y);
    }
    Arrays.fill(tileColumns, (int) (tile.number() % framing.tileColumns()));
    int[] rowClasses = rows == null ? null : toInts(rows);
    int[] rowRanks = rows == null ? null : rows.ranks();
    return new TileMap(
        framing, framing.tileWidth(), framing.tileHeight(), first, counts, tileColumns, rowClasses, rowRanks, columns);
  }

  /**
   * The map of columns of a plane without tiles of partial columns, spread evenly in runs of 16: for planes whose rows are of different kinds.
   *
   * @param wanted number of columns, about
   */
  public static TileMap sampleColumns(TensorFraming framing, int wanted, ScaleClasses rows, ScaleClasses columns) {
    int all = (int) framing.columns() / 16;
    int runs = Math.clamp(wanted / 16, Math.min(3, all), all);
    int[] picks = new int[runs];
    byte[] classes = new byte[16 * runs];
    for (int i = 0; i < runs; i++) {
      picks[i] = (int) ((2L * i + 1) * all / (2L * runs)) * 16;
      for (int x = 0; columns != null && x < 16; x++) {
        classes[16 * i + x] = (byte) columns.of(picks[i] + x);
      }
    }
    int n = (int) framing.rows();
    long[] first = new long[n];
    Arrays.setAll(first, y -> y * framing.columns());
    int[] counts = new int[n];
    Arrays.fill(counts, 16 * runs);
    int width = Math.max(TensorFraming.MIN_TILE_WIDTH, 16 * runs);
    return new TileMap(
        framing, width, (n + 15) / 16 * 16, first, counts, picks, rows, columns == null ? null : new ScaleClasses(classes));
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
    return first[y] + (picks == null ? x * stride : picks[x >> 4] + (x & 15));
  }

  /** Reads a row of values, to look at, from a tensor, which must be the same each time. */
  public void read(TensorElements elements, int y, ValueRow row) {
    if (picks != null) {
      float[] values = row.renew();
      for (int x = 0; x < counts[y]; x += 16) {
        elements.read(index(y, x), values, x, 16);
      }
      return;
    }
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
   * All rows of a transposed tile: read as they lie in the tensor, across the rows, some of them at a time so that whole lines of memory are
   * written.
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

  /** Hands decoded rows of a tile over, {@code width} apart, as they lie in the tensor. */
  public void write(float[] rows, ValueSink sink) {
    if (!isTransposed()) {
      float[] row = new float[width];
      for (int y = 0; y < first.length; y++) {
        System.arraycopy(rows, y * width, row, 0, counts[y]);
        sink.row(first[y], row, counts[y]);
      }
      return;
    }
    float[] run = new float[first.length];
    for (int x = 0; x < counts[0]; x++) {
      for (int y = 0; y < first.length; y++) {
        run[y] = rows[y * width + x];
      }
      sink.row(index(0, x), run, first.length);
    }
  }

  /**
   * Divides a row of values by the factors of their channels.
   *
   * @param channels null for no such factors
   */
  public void unscale(ChannelScales channels, int y, float[] values, int offset) {
    for (int x = 0; channels != null && x < counts[y]; x++) {
      values[offset + x] /= channels.factor(index(y, x));
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
    return (rowRanks == null ? y : rowRanks[y]) * width;
  }

  /** Sample within its row by value within its row; null if they are the same. */
  public int[] columnRanks(int y) {
    return columnRanks == null ? null : columnRanks[tileColumns[y]];
  }

  public boolean hasClasses() {
    return rowClasses != null || columnClasses != null;
  }

  /** Share of the values that have each sum of a row's and a column's class, by that sum. */
  public double[] classShares() {
    double[] shares = new double[2 * ScaleClasses.GREATEST + 1];
    double one = 1.0 / Math.max(1, values());
    for (int y = 0; y < first.length; y++) {
      int row = rowClasses == null ? 0 : rowClasses[y];
      int[] columns = columnClasses == null ? null : columnClasses[tileColumns[y]];
      for (int x = 0; x < counts[y]; x++) {
        shares[row + (columns == null ? 0 : columns[x])] += one;
      }
    }
    return shares;
  }

  /** What the levels of a row are multiplied by. */
  public void factors(int y, float[] factors) {
    int row = rowClasses == null ? 0 : rowClasses[y];
    int[] columns = columnClasses == null ? null : columnClasses[tileColumns[y]];
    for (int x = 0; x < counts[y]; x++) {
      factors[x] = ScaleClasses.factor(row + (columns == null ? 0 : columns[x]));
    }
  }

  /**
   * The class that stands for each macroblock, by address: that of the mean of its values' squared factors, since the error of a value
   * goes with the square of its factor. {@code none} for macroblocks of padding.
   */
  public int[] macroblockClasses(int none) {
    int widthInMbs = width >> 4;
    double[] squares = new double[widthInMbs * (height >> 4)];
    int[] numbers = new int[squares.length];
    // Rows of one class differ in nothing, as long as they have the same columns.
    MbSquares[] known = new MbSquares[ScaleClasses.GREATEST + 1];
    for (int y = 0; y < first.length; y++) {
      if (y > 0 && (counts[y] != counts[y - 1] || tileColumns[y] != tileColumns[y - 1])) {
        Arrays.fill(known, null);
      }
      int row = rowClasses == null ? 0 : rowClasses[y];
      if (known[row] == null) {
        known[row] = mbSquares(y, row);
      }
      int mbRow = start(y) / width / 16 * widthInMbs;
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

  private MbSquares mbSquares(int y, int row) {
    double[] sums = new double[width >> 4];
    int[] numbers = new int[sums.length];
    int[] ranks = columnRanks(y);
    int[] columns = columnClasses == null ? null : columnClasses[tileColumns[y]];
    for (int x = 0; x < counts[y]; x++) {
      int mb = ranks == null ? x >> 4 : ranks[x] >> 4;
      double factor = ScaleClasses.factor(row + (columns == null ? 0 : columns[x]));
      sums[mb] += factor * factor;
      numbers[mb]++;
    }
    return new MbSquares(sums, numbers);
  }
}
