package llm265.tensor.reconstruct;

import llm265.tensor.TensorFraming;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TileInformation;
import llm265.tensor.values.ValueSink;

/** Turns the levels of a tile's picture into values and hands them over. Used by one thread at a time. */
final class TileValues {
  private final TensorHeader header;
  private final ValueReconstructor values;
  private final float[] row;

  TileValues(TensorHeader header) {
    this.header = header;
    values = new ValueReconstructor(header.dtype(), header.transforms().channels());
    row = new float[header.framing().tileWidth()];
  }

  void handOver(LevelRows levels, TileMap map, TileInformation information, TensorFraming.Tile tile, ValueSink sink) {
    int width = header.framing().tileWidth();
    if (header.transforms().rotation() == null && !map.isTransposed()) {
      for (int y = 0; y < map.rows(); y++) {
        values.row(levels, map, y, information, row, 0);
        sink.row(map.index(y, 0), row, 0, map.count(y));
      }
      DequantizedTile.replaceExact(map, width, information.outliers(), sink);
      return;
    }
    float[] rows = new float[map.rows() * width];
    for (int y = 0; y < map.rows(); y++) {
      values.dequantize(levels, map, y, information, rows, y * width);
    }
    new DequantizedTile(header, rows, width).finish(map, information.outliers(), tile.columns(), sink);
  }
}
