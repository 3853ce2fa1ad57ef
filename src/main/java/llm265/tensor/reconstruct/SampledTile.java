package llm265.tensor.reconstruct;

import llm265.h264.Picture;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.values.ValueSink;

/** A tile whose samples stand for values. Used by one thread at a time. SPEC.md, "From samples to values". */
public final class SampledTile implements TilePicture {
  private final TensorHeader header;
  private final TileValues values;
  private TileLevels levels;

  public SampledTile(TensorHeader header) {
    this.header = header;
    values = new TileValues(header);
  }

  @Override
  public long rawBytes(TensorFraming.Tile tile, SideInformation information) {
    return Math.ceilDiv((long) header.framing().valuesIn(tile) * header.transforms().lowBits(), 8L);
  }

  @Override
  public void decode(Coded coded, SideInformation information, byte[] rawBits, TensorFraming.Tile tile, ValueSink sink) {
    Picture picture = coded.picture();
    if (levels == null) {
      levels = new TileLevels(picture.format());
    }
    levels.set(picture, information.signs(), header.transforms().preInverse());
    TileMap map = TileMap.of(header.framing(), tile, information.rowClasses(), header.transforms().columnClasses());
    levels.addLowBits(map, header.transforms().lowBits(), rawBits);
    values.handOver(levels, map, information.tile(), tile, sink);
  }
}
