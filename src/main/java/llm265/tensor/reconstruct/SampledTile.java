package llm265.tensor.reconstruct;

import llm265.h264.Picture;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TileInformation;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.Rotation;
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
    Rotation rotation = header.transforms().rotation();
    if (rotation != null) {
      rotated(map, information.tile(), rotation, tile, sink);
      return;
    }
    if (map.isTransposed()) {
      transposed(map, information.tile(), sink);
    } else {
      for (int y = 0; y < map.rows(); y++) {
        values.row(levels, map, y, information.tile(), row, 0);
        sink.row(map.index(y, 0), row, map.count(y));
      }
    }
    OutlierList outliers = information.tile().outliers();
    int width = header.framing().tileWidth();
    for (int i = 0; i < outliers.size(); i++) {
      int position = outliers.position(i);
      sink.exact(map.index(position / width, position % width), outliers.bits(i));
    }
  }

  private void transposed(TileMap map, TileInformation information, ValueSink sink) {
    int width = header.framing().tileWidth();
    float[] rows = new float[map.rows() * width];
    for (int y = 0; y < map.rows(); y++) {
      values.row(levels, map, y, information, rows, y * width);
    }
    map.write(rows, sink);
  }

  /** Applies the outlier list before the rotation, since it belongs to the rotated plane. */
  private void rotated(TileMap map, TileInformation information, Rotation rotation, TensorFraming.Tile tile, ValueSink sink) {
    int width = header.framing().tileWidth();
    float[] rows = new float[map.rows() * width];
    for (int y = 0; y < map.rows(); y++) {
      values.dequantize(levels, map, y, information, rows, y * width);
    }
    OutlierList outliers = information.outliers();
    for (int i = 0; i < outliers.size(); i++) {
      rows[outliers.position(i)] = Float.intBitsToFloat((int) outliers.bits(i));
    }
    rotation.inverse(rows, width, tile.columns());
    for (int y = 0; y < map.rows(); y++) {
      values.finish(map, y, rows, y * width);
    }
    map.write(rows, sink);
  }
}
