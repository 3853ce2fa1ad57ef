package llm265.tensor.exact;

import java.lang.foreign.MemorySegment;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.encode.H264IntraEncoder;
import llm265.parallel.IdlePool;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.RawNalUnit;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TileCoder;
import llm265.tensor.reconstruct.ExactTile;
import llm265.tensor.tools.DroppedLevels;

/** Codes tiles as lossless pictures of bits. */
final class ExactTiles implements TileCoder {
  private static final IdlePool<Key, WorkArea> IDLE = new IdlePool<>();

  private final MemorySegment data;
  private final TensorHeader header;
  private final Key key;

  /** Work areas with equal keys can replace each other. */
  private record Key(EncoderConfig config, PictureFormat format) {}

  private record WorkArea(H264IntraEncoder encoder, Picture picture) {
    static WorkArea of(Key key) {
      H264IntraEncoder encoder = new H264IntraEncoder(key.config, key.format);
      return new WorkArea(encoder, new Picture(encoder.format()));
    }
  }

  ExactTiles(MemorySegment data, TensorHeader header, EncoderConfig config) {
    this.data = data;
    this.header = header;
    key = new Key(config, header.pictureFormat(ChromaFormat.MONOCHROME));
  }

  @Override
  public CodedTile code(int number) {
    WorkArea area = IDLE.take(key, () -> WorkArea.of(key));
    ExactTile tile = ExactTile.forEncoding(header.framing(), header.transforms().exact());
    byte[] rawBits = tile.fill(data, header.framing().tile(number), area.picture);
    byte[] slices = area.encoder.encode(area.picture, area.encoder.leastQp(), number).slices();
    CodedTile coded = new CodedTile(
        number == 0 ? area.encoder.parameterSets() : null,
        SideInformation.writeExact(number, DroppedLevels.NONE, area.picture, rawBits),
        new byte[][] {slices, RawNalUnit.of(rawBits)},
        CodedTile.Error.NONE);
    IDLE.giveBack(key, area);
    return coded;
  }
}
