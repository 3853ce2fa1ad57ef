package llm265.reference.trellis;

/** Where values lie, by SPEC.md, "View and tiles". */
record Plane(long count, long viewColumns, boolean transposed, int tileWidth, int tileHeight) {
  private long viewRows() {
    return Math.ceilDiv(count, viewColumns);
  }

  long rows() {
    return transposed ? viewColumns : viewRows();
  }

  long columns() {
    return transposed ? viewRows() : viewColumns;
  }

  long tileColumns() {
    return Math.ceilDiv(columns(), tileWidth);
  }

  long tiles() {
    return Math.multiplyExact(tileColumns(), Math.max(1, Math.ceilDiv(rows(), tileHeight)));
  }

  long firstColumn(int tile) {
    return tile % tileColumns() * tileWidth;
  }

  private long firstRow(int tile) {
    return tile / tileColumns() * tileHeight;
  }

  /** The number of values in row y of a tile. */
  int width(int tile, int y) {
    long row = firstRow(tile) + y;
    if (row >= rows()) {
      return 0;
    }
    long width = Math.min(tileWidth, columns() - firstColumn(tile));
    if (!transposed) {
      width = Math.min(width, count - row * viewColumns - firstColumn(tile));
    }
    return (int) Math.max(0, width);
  }

  /** The rows of a tile that lie in the plane. */
  int height(int tile) {
    return (int) Math.max(0, Math.min(tileHeight, rows() - firstRow(tile)));
  }

  /** The number in the tensor of the value at row y and column x of a tile. */
  long number(int tile, int y, int x) {
    long row = firstRow(tile) + y;
    long column = firstColumn(tile) + x;
    return transposed ? column * viewColumns + row : row * viewColumns + column;
  }

  /** The places y * tileWidth + x of a tile's values, row by row. */
  int[] places(int tile) {
    int values = 0;
    for (int y = 0; y < tileHeight; y++) {
      values += width(tile, y);
    }
    int[] places = new int[values];
    int i = 0;
    for (int y = 0; y < tileHeight; y++) {
      for (int x = 0; x < width(tile, y); x++) {
        places[i++] = y * tileWidth + x;
      }
    }
    return places;
  }
}
