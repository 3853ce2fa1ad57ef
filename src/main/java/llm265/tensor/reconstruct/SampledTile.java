package llm265.tensor.reconstruct;

import llm265.h264.Picture;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TileInformation;
import llm265.tensor.values.ValueSink;

/** A tile whose samples stand for values. Used by one thread at a time. SPEC.md, "From samples to values". */
public final class SampledTile implements TilePicture {
  private final TensorHeader header;
  private final ValueReconstructor values;
  private final float[] row;
  private TileLevels levels;

  public SampledTile(TensorHeader header) {
    this.header = header;
    values = new ValueReconstructor(header.dtype(), header.transforms().channels());
    row = new float[header.framing().tileWidth()];
  }

  @Override
  public long rawBytes(TensorFraming.Tile tile) {
    return Math.ceilDiv((long) header.framing().valuesIn(tile) * header.transforms().lowBits(), 8L);
  }

  @Override
  public void decode(Picture picture, SideInformation information, byte[] rawBits, TensorFraming.Tile tile, ValueSink sink) {
    if (levels == null) {
      levels = new TileLevels(picture.format());
    }
    levels.set(picture, information.signs(), header.transforms().preInverse());
    TileMap map = TileMap.of(header.framing(), tile, information.rowClasses(), header.transforms().columnClasses());
    levels.addLowBits(map, header.transforms().lowBits(), rawBits);
    TileInformation tileInformation = information.tile();
    if (header.transforms().rotation() == null && !map.isTransposed()) {
      for (int y = 0; y < map.rows(); y++) {
        values.row(levels, map, y, tileInformation, row, 0);
        sink.row(map.index(y, 0), row, 0, map.count(y));
      }
      DequantizedTile.replaceExact(map, header.framing().tileWidth(), tileInformation.outliers(), sink);
      return;
    }
    int width = header.framing().tileWidth();
    float[] rows = new float[map.rows() * width];
    for (int y = 0; y < map.rows(); y++) {
      values.dequantize(levels, map, y, tileInformation, rows, y * width);
    }
    new DequantizedTile(header, rows, width).finish(map, tileInformation.outliers(), tile.columns(), sink);
  }
}
