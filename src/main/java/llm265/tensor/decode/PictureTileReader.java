package llm265.tensor.decode;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.RawNalUnit;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TileReader;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.reconstruct.CarriedTile;
import llm265.tensor.reconstruct.ExactTile;
import llm265.tensor.reconstruct.SampledTile;
import llm265.tensor.reconstruct.TilePicture;
import llm265.tensor.values.ValueSink;

/** Reads tiles that are H.264 pictures: decodes the picture, compares its checksum, and has it turned into values. */
final class PictureTileReader implements TileReader {
  /** The tensor encoder has made everything in the stream, so whatever a picture decoder would skip is damage. */
  @FunctionalInterface
  private interface StrictReceiver extends PictureReceiver {
    @Override
    default void noted(StreamException fault) {
      throw fault;
    }
  }

  private final H264IntraDecoder decoder;
  private final DecoderLimits limits;
  private final boolean bySamples;
  private TensorHeader header;
  private TilePicture content;
  /** What the picture carries; null where samples are what is coded. */
  private short[] levels;

  /** @param bySamples whether levels that pictures carry are taken back out of their samples, as other decoders' users must */
  PictureTileReader(DecoderLimits limits, boolean bySamples) {
    this.limits = limits;
    this.bySamples = bySamples;
    decoder = new H264IntraDecoder(limits);
  }

  @Override
  public void begin(TensorHeader streamHeader, MemorySegment parameterSets) {
    if (header == streamHeader) {
      return;
    }
    decoder.setMacroblockListener(null);
    decoder.decode(parameterSets, (StrictReceiver) picture -> {
      throw PayloadReader.malformed("access unit", "a picture comes before the tensor header");
    });
    header = streamHeader;
    levels = header.transforms().areLevelsCarried()
        ? new short[256 * header.macroblocks()] : null;
    decoder.setMacroblockListener(
        levels == null || bySamples ? null : new LevelCollector(levels, header.transforms().recovery().qp()));
    content = header.transforms().exact() != null
        ? ExactTile.forDecoding(header.framing(), header.transforms().exact())
        : header.transforms().carried() != null ? new CarriedTile(header) : new SampledTile(header);
  }

  @Override
  public void read(int tile, MemorySegment accessUnit, ValueSink sink) {
    DecodedPicture decoded = decode(tile, accessUnit);
    Picture picture = decoded.picture();
    if (!picture.format().equals(header.pictureFormat(picture.format().chroma()))) {
      throw PayloadReader.malformed("seq_parameter_set", "its pictures are not of the size of the tiles");
    }
    SideInformation information = SideInformation.find(decoded.sei(), header);
    if (information.tile().tile() != tile) {
      throw PayloadReader.malformed(
          "tile_number", information.tile().tile() + " stands where tile " + tile + " is expected");
    }
    TensorFraming.Tile place = header.framing().tile(tile);
    byte[] rawBits = RawNalUnit.find(accessUnit, tile, content.rawBytes(place, information), limits);
    if (levels == null) {
      information.check(picture, rawBits);
    } else {
      if (bySamples) {
        header.transforms().recovery().recover(picture, header.sliceRows(), levels);
      }
      information.dropped().restore(levels);
      information.check(levels, rawBits);
    }
    content.decode(new TilePicture.Coded(picture, levels), information, rawBits, place, sink);
  }

  private DecodedPicture decode(int tile, MemorySegment accessUnit) {
    List<DecodedPicture> pictures = new ArrayList<>(1);
    decoder.decode(accessUnit, PictureReceiver.passing((StrictReceiver) picture -> {
      if (!pictures.isEmpty()) {
        throw PayloadReader.malformed("tile_bytes", "tile " + tile + " has more than one picture");
      }
      pictures.add(picture);
    }));
    if (pictures.isEmpty()) {
      throw PayloadReader.malformed("tile_bytes", "tile " + tile + " has no picture");
    }
    return pictures.getFirst();
  }
}
