package llm265.tensor.exact;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.encode.EncodedPicture;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.transform.LevelRecovery;
import llm265.parallel.IdlePool;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.RawNalUnit;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TileCoder;
import llm265.tensor.reconstruct.ExactTile;
import llm265.tensor.tools.DroppedLevels;
import llm265.tensor.tools.ExactValues;
import llm265.tensor.tools.RawMacroblocks;

/** Codes tiles as pictures of bits. */
final class ExactTiles implements TileCoder {
  private static final IdlePool<Key, WorkArea> IDLE = new IdlePool<>();

  private final MemorySegment data;
  private final TensorHeader header;
  private final Key key;

  /** Work areas with equal keys can replace each other. */
  private record Key(EncoderConfig config, PictureFormat format) {}

  /** An encoder with room for a picture of samples, or for the levels that one carries and those that are wanted. */
  private record WorkArea(H264IntraEncoder encoder, Picture picture, short[] levels, short[] wanted) {
    static WorkArea of(Key key) {
      H264IntraEncoder encoder = new H264IntraEncoder(key.config, key.format);
      int count = key.config.lossless() ? 0 : 256 * key.format.sizeInMbs();
      return new WorkArea(
          encoder, key.config.lossless() ? new Picture(encoder.format()) : null, new short[count], new short[count]);
    }
  }

  /** What a picture holds, and what it does not. */
  private record Coded(byte[] slices, byte[] sections, byte[] rawBits) {}

  ExactTiles(MemorySegment data, TensorHeader header, EncoderConfig config) {
    this.data = data;
    this.header = header;
    key = new Key(config, header.pictureFormat(config.chroma()));
  }

  @Override
  public CodedTile code(int number) {
    WorkArea area = IDLE.take(key, () -> WorkArea.of(key));
    ExactTile tile = ExactTile.forEncoding(header.framing(), header.transforms().exact());
    TensorFraming.Tile place = header.framing().tile(number);
    Coded coded = key.config.lossless() ? samples(area, tile, place) : levels(area, tile, place);
    CodedTile result = new CodedTile(
        number == 0 ? area.encoder.parameterSets() : null,
        coded.sections,
        new byte[][] {coded.slices, RawNalUnit.of(coded.rawBits)},
        CodedTile.Error.NONE);
    IDLE.giveBack(key, area);
    return result;
  }

  private Coded samples(WorkArea area, ExactTile tile, TensorFraming.Tile place) {
    byte[] rawBits = tile.fill(data, place, area.picture);
    byte[] slices = area.encoder.encode(area.picture, area.encoder.leastQp(), place.number()).slices();
    return new Coded(slices, SideInformation.writeExact(place.number(), area.picture, rawBits), rawBits);
  }

  private Coded levels(WorkArea area, ExactTile tile, TensorFraming.Tile place) {
    byte[] rawBits = tile.fill(data, place, area.levels);
    RawMacroblocks raw = noisy(tile, area.levels);
    rawBits = tile.withRaw(raw, area.levels, rawBits);
    System.arraycopy(area.levels, 0, area.wanted, 0, area.wanted.length);
    EncodedPicture encoded = area.encoder.encodeLevels(area.levels, header.transforms().recovery(), place.number());
    DroppedLevels dropped = DroppedLevels.of(area.wanted, area.levels);
    return new Coded(
        encoded.slices(), SideInformation.writeExact(place.number(), dropped, raw, area.wanted, rawBits), rawBits);
  }

  private RawMacroblocks noisy(ExactTile tile, short[] levels) {
    ExactValues values = header.transforms().exact();
    if (values.carrying() != LevelRecovery.WIDE || values.planes().isEmpty()) {
      return RawMacroblocks.NONE;
    }
    return new RawMacroblocks(IntStream.range(0, levels.length / 256)
        .filter(mbAddr -> NoisyMacroblocks.isOne(levels, 256 * mbAddr, tile.planeOf(mbAddr).bits()))
        .toArray());
  }
}
