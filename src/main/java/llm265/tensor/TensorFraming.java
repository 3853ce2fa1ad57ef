package llm265.tensor;

import llm265.dtype.Shape;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;

/**
 * How the values of a tensor lie on pictures: as a 2-D view that is cut into tiles of one size, one tile per picture.
 *
 * <p>The view is {@code viewRows x viewColumns}, row-major, over the values in the tensor's own order; its last row may be
 * partial. The plane that is cut into tiles is the view or its transpose. Tiles are numbered row by row of the plane. Samples
 * of a tile beyond the plane, or after the last value, are padding.
 *
 * @param values number of values of the tensor, 0 or more
 * @param viewColumns 1 or more
 * @param transposed whether columns of the view are rows of the plane; only for views without a partial row
 * @param tileWidth multiple of 16, 48 to 4096
 * @param tileHeight multiple of 16, 16 to 4096
 */
public record TensorFraming(long values, long viewColumns, boolean transposed, int tileWidth, int tileHeight) {
  /** The smallest width that NVDEC decodes. */
  public static final int MIN_TILE_WIDTH = 48;

  public static final int MIN_TILE_HEIGHT = 16;

  /** The greatest width and height that NVDEC decodes. */
  public static final int MAX_TILE_SIDE = 4096;

  /** MaxFS of level 5.1 in samples. */
  public static final int MAX_TILE_SAMPLES = 36_864 * 256;

  /**
   * Tile size that {@link #of} aims at: large enough for the contexts to settle, small enough for threads and random access.
   */
  private static final int TARGET_TILE_SAMPLES = 1 << 20;

  /**
   * A view along the tensor's own dimensions may have at most this many samples per value; otherwise the tensor is laid out
   * flat.
   */
  private static final double MAX_NATURAL_PADDING = 1.25;

  public TensorFraming {
    check(values >= 0, "values", values);
    check(viewColumns >= 1, "view columns", viewColumns);
    check(tileWidth % 16 == 0 && tileWidth >= MIN_TILE_WIDTH && tileWidth <= MAX_TILE_SIDE, "tile width", tileWidth);
    check(tileHeight % 16 == 0 && tileHeight >= MIN_TILE_HEIGHT && tileHeight <= MAX_TILE_SIDE, "tile height", tileHeight);
    check((long) tileWidth * tileHeight <= MAX_TILE_SAMPLES, "tile samples", (long) tileWidth * tileHeight);
    check(!transposed || values > 0 && values % viewColumns == 0, "transposed values", values);
    long viewRows = ceilDiv(values, viewColumns);
    long columns = ceilDiv(transposed ? viewRows : viewColumns, tileWidth);
    long rows = Math.max(1, ceilDiv(transposed ? viewColumns : viewRows, tileHeight));
    check(columns <= Integer.MAX_VALUE / rows, "tiles", columns);
  }

  private static void check(boolean condition, String what, long value) {
    if (!condition) {
      throw new IllegalArgumentException(what + " " + value);
    }
  }

  /**
   * The part of the plane that one picture holds.
   *
   * @param number tile number, row by row
   * @param firstRow plane row of its first sample row
   * @param firstColumn plane column of its first sample column
   * @param rows rows that hold values, 0 only if the tensor has none
   * @param columns columns that hold values
   */
  public record Tile(int number, long firstRow, long firstColumn, int rows, int columns) {}

  /**
   * The framing that the encoder uses for a shape, before it looks at values.
   *
   * <p>The view splits the shape between two of its dimensions, as near to the last as leaves both sides wide enough. Thin
   * tensors are laid out flat, nearly square.
   *
   * @throws IllegalArgumentException if a dimension is negative or the number of values does not fit into 63 bits
   */
  public static TensorFraming of(long... shape) {
    long values = Shape.count(shape);
    long columns = 1;
    for (int i = shape.length - 1; i > 0 && values > 0; i--) {
      columns *= shape[i];
      if (columns >= MIN_TILE_WIDTH && values / columns >= MIN_TILE_HEIGHT) {
        TensorFraming natural = ofView(values, columns);
        if (natural.codedSamples() <= MAX_NATURAL_PADDING * values) {
          return natural;
        }
      }
    }
    return flat(values);
  }

  private static TensorFraming flat(long values) {
    if (values > TARGET_TILE_SAMPLES) {
      return ofView(values, 1024);
    }
    // The least padding wins; among equals, the view nearest to a square.
    int best = MIN_TILE_WIDTH;
    long least = Long.MAX_VALUE;
    int square = Math.max(MIN_TILE_WIDTH, 16 * (int) Math.sqrt(values / 256.0));
    for (int width = MIN_TILE_WIDTH; width <= 1024; width += 16) {
      long height = Math.max(16, roundUp16(ceilDiv(values, width)));
      if (height > MAX_TILE_SIDE) {
        continue;
      }
      long samples = width * height;
      if (samples < least || samples == least && Math.abs(width - square) < Math.abs(best - square)) {
        least = samples;
        best = width;
      }
    }
    return ofView(values, best);
  }

  /** The framing of the transposed plane; null if the view has a partial row or the result would be mostly padding. */
  public TensorFraming transpose() {
    if (values == 0 || values % viewColumns != 0) {
      return null;
    }
    TensorFraming other = ofView(values, viewColumns, !transposed);
    return other.codedSamples() <= MAX_NATURAL_PADDING * values ? other : null;
  }

  /**
   * A framing of the same view whose tiles hold whole columns of the plane; null if there is none.
   *
   * @param toTransposed whether the plane is the transposed view
   */
  public TensorFraming ofWholeColumns(boolean toTransposed) {
    if (values == 0 || values % viewColumns != 0) {
      return null;
    }
    long rows = toTransposed ? viewColumns : viewRows();
    long columns = values / rows;
    if (rows < MIN_TILE_HEIGHT || rows > MAX_TILE_SIDE || columns < MIN_TILE_WIDTH) {
      return null;
    }
    int height = (int) roundUp16(rows);
    long widest = Math.clamp(TARGET_TILE_SAMPLES / height / 16 * 16, MIN_TILE_WIDTH, MAX_TILE_SIDE);
    long tileColumns = ceilDiv(columns, widest);
    int width = (int) Math.max(MIN_TILE_WIDTH, roundUp16(ceilDiv(columns, tileColumns)));
    TensorFraming whole = new TensorFraming(values, viewColumns, toTransposed, width, height);
    return whole.codedSamples() <= MAX_NATURAL_PADDING * values ? whole : null;
  }

  /** The plane of this framing as a view of its own, not transposed, in the same tiles. */
  public TensorFraming ofPlane() {
    return new TensorFraming(values, columns(), false, tileWidth, tileHeight);
  }

  private static TensorFraming ofView(long values, long viewColumns) {
    return ofView(values, viewColumns, false);
  }

  /**
   * Makes tiles as wide as allowed, so that a range of rows touches few of them, and equal in size, so that little is padding.
   */
  private static TensorFraming ofView(long values, long viewColumns, boolean transposed) {
    long viewRows = Math.max(1, ceilDiv(values, viewColumns));
    long columns = transposed ? viewRows : viewColumns;
    long rows = transposed ? viewColumns : viewRows;
    long tileColumns = ceilDiv(columns, MAX_TILE_SIDE);
    int width = (int) Math.max(MIN_TILE_WIDTH, roundUp16(ceilDiv(columns, tileColumns)));
    int highest = Math.min(MAX_TILE_SIDE, Math.max(MIN_TILE_HEIGHT, TARGET_TILE_SAMPLES / width / 16 * 16));
    long tileRows = ceilDiv(rows, highest);
    int height = (int) roundUp16(ceilDiv(rows, tileRows));
    return new TensorFraming(values, viewColumns, transposed, width, height);
  }

  private static long ceilDiv(long a, long b) {
    return Math.ceilDiv(a, b);
  }

  private static long roundUp16(long a) {
    return (a + 15) & ~15L;
  }

  public long viewRows() {
    return ceilDiv(values, viewColumns);
  }

  /** Rows of the plane. */
  public long rows() {
    return transposed ? viewColumns : viewRows();
  }

  /** Columns of the plane. */
  public long columns() {
    return transposed ? viewRows() : viewColumns;
  }

  public long tileColumns() {
    return ceilDiv(columns(), tileWidth);
  }

  /** At least 1: a tensor without values has one tile of padding. */
  public long tileRows() {
    return Math.max(1, ceilDiv(rows(), tileHeight));
  }

  public int tiles() {
    return (int) (tileColumns() * tileRows());
  }

  /** Number of samples of all tiles, padding included. */
  public double codedSamples() {
    return (double) tiles() * tileWidth * tileHeight;
  }

  public Tile tile(int number) {
    if (number < 0 || number >= tiles()) {
      throw new IllegalArgumentException("tile " + number + " of " + tiles());
    }
    long firstRow = number / tileColumns() * tileHeight;
    long firstColumn = number % tileColumns() * tileWidth;
    int rows = (int) Math.min(tileHeight, rows() - firstRow);
    int columns = (int) Math.min(tileWidth, columns() - firstColumn);
    return new Tile(number, firstRow, firstColumn, rows, columns);
  }

  /** Index of the first value in row {@code y} of a tile; the row's values are {@link #stride()} apart. */
  public long firstValue(Tile tile, int y) {
    return transposed
        ? tile.firstColumn() * viewColumns + tile.firstRow() + y
        : (tile.firstRow() + y) * viewColumns + tile.firstColumn();
  }

  /** Distance in the tensor between values that are neighbours in a row of the plane. */
  public long stride() {
    return transposed ? viewColumns : 1;
  }

  /** Number of values in row {@code y} of a tile: its columns; fewer in the view's last row; 0 in padding. */
  public int valuesInRow(Tile tile, int y) {
    if (y >= tile.rows() || transposed) {
      return y >= tile.rows() ? 0 : tile.columns();
    }
    return (int) Math.clamp(values - firstValue(tile, y), 0, tile.columns());
  }

  /** Number of values in a tile. */
  public int valuesIn(Tile tile) {
    if (tile.rows() == 0) {
      return 0;
    }
    return (tile.rows() - 1) * tile.columns() + valuesInRow(tile, tile.rows() - 1);
  }

  /** Number of bands: ranges of rows of the view whose values lie in their own tiles. */
  public int bands() {
    return (int) (transposed ? tileColumns() : tileRows());
  }

  /** Number of rows of the view in a band; the last band may have fewer. */
  public int bandRows() {
    return transposed ? tileWidth : tileHeight;
  }

  /** Number of tiles in a band. */
  public int tilesInBand() {
    return tiles() / bands();
  }

  /** Number of a tile in a band, for {@code tile} from 0 to {@link #tilesInBand()} - 1. */
  public int tileOfBand(int band, int tile) {
    return transposed ? tile * (int) tileColumns() + band : band * (int) tileColumns() + tile;
  }

  /** Format of a picture that holds a tile. */
  public PictureFormat pictureFormat(ChromaFormat chroma, int bitDepth) {
    return PictureFormat.of8Bit(tileWidth, tileHeight, chroma).withBitDepth(bitDepth);
  }
}
