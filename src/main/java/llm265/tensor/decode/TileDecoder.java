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
import llm265.tensor.format.TileInformation;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.reconstruct.ExactTile;
import llm265.tensor.reconstruct.TileLevels;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.Rotation;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.TensorKernels;
import llm265.tensor.values.ValueSink;

/** Decodes tiles. Used by one thread at a time. */
final class TileDecoder {
  /** Takes no damage, wherever it is: all of a tensor's stream is of our own making. */
  @FunctionalInterface
  private interface StrictReceiver extends PictureReceiver {
    @Override
    default void noted(StreamException fault) {
      throw fault;
    }
  }

  private final H264IntraDecoder decoder;
  private TensorHeader header;
  private final DecoderLimits limits;
  private float[] values;
  private TileLevels levels;
  /** Null where samples stand for values. */
  private ExactTile exact;

  TileDecoder(DecoderLimits limits) {
    this.limits = limits;
    decoder = new H264IntraDecoder(limits);
  }

  /**
   * Turns to a stream.
   *
   * @param parameterSets the NAL units before the first tile's SEI
   */
  void begin(TensorHeader streamHeader, MemorySegment parameterSets) {
    if (header == streamHeader) {
      return;
    }
    decoder.decode(parameterSets, (StrictReceiver) picture -> {
      throw PayloadReader.malformed("access unit", "a picture stands before the tensor header");
    });
    header = streamHeader;
    values = new float[header.framing().tileWidth()];
    levels = null;
    exact = header.isLossless() ? ExactTile.forDecoding(header.framing(), header.transforms().exact()) : null;
  }

  /** Decodes a tile from its access unit and hands its values over. */
  void decode(int tile, MemorySegment accessUnit, ValueSink sink) {
    DecodedPicture decoded = decodePicture(tile, accessUnit);
    Picture picture = decoded.picture();
    if (!picture.format().equals(header.pictureFormat(picture.format().chroma()))) {
      throw PayloadReader.malformed("seq_parameter_set", "its pictures are not of the size of the tiles");
    }
    SideInformation information = SideInformation.find(decoded.sei(), header);
    if (information.tile().tile() != tile) {
      throw PayloadReader.malformed(
          "tile_number", information.tile().tile() + " stands where tile " + tile + " is expected");
    }
    if (exact != null) {
      TensorFraming.Tile place = header.framing().tile(tile);
      byte[] rawBits = RawNalUnit.find(accessUnit, tile, exact.rawBytes(place), limits);
      information.check(picture, rawBits);
      exact.decode(picture, rawBits, place, sink);
      return;
    }
    int lowBits = header.transforms().lowBits();
    TensorFraming framing = header.framing();
    long rawBytes = Math.ceilDiv((long) framing.valuesIn(framing.tile(tile)) * lowBits, 8L);
    byte[] rawBits = RawNalUnit.find(accessUnit, tile, rawBytes, limits);
    information.check(picture, rawBits);
    if (levels == null) {
      levels = new TileLevels(picture.format());
    }
    levels.set(picture, information.signs(), header.transforms().preInverse());
    reconstruct(information, rawBits, sink);
  }

  /** The picture of an access unit. */
  private DecodedPicture decodePicture(int tile, MemorySegment accessUnit) {
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

  private void reconstruct(SideInformation sideInformation, byte[] rawBits, ValueSink sink) {
    TileInformation information = sideInformation.tile();
    TensorFraming framing = header.framing();
    TensorFraming.Tile tile = framing.tile(information.tile());
    TileMap map = TileMap.of(framing, tile, sideInformation.rowClasses(), header.transforms().columnClasses());
    levels.addLowBits(map, header.transforms().lowBits(), rawBits);
    OutlierList outliers = information.outliers();
    Rotation rotation = header.transforms().rotation();
    int width = framing.tileWidth();
    float[] rows = map.isTransposed() || rotation != null ? new float[tile.rows() * width] : null;
    for (int y = 0; y < tile.rows(); y++) {
      int count = map.count(y);
      float[] target = rows == null ? values : rows;
      int at = rows == null ? 0 : y * width;
      TensorKernels.ACTIVE.dequantize(
          levels.row(map, y), levels.offset(map, y), count, information.offset(), information.step(), target, at);
      if (rows == null) {
        map.unscale(header.transforms().channels(), y, values, 0);
        TensorElements.round(header.dtype(), values, 0, count);
        sink.row(map.index(y, 0), values, count);
      }
    }
    if (rotation != null) {
      for (int i = 0; i < outliers.size(); i++) {
        rows[outliers.position(i)] = Float.intBitsToFloat((int) outliers.bits(i));
      }
      rotation.inverse(rows, width, tile.columns());
    }
    for (int y = 0; rows != null && y < tile.rows(); y++) {
      map.unscale(header.transforms().channels(), y, rows, y * width);
    }
    if (rows != null) {
      TensorElements.round(header.dtype(), rows, 0, rows.length);
      map.write(rows, sink);
    }
    for (int i = 0; rotation == null && i < outliers.size(); i++) {
      int position = outliers.position(i);
      sink.exact(map.index(position / width, position % width), outliers.bits(i));
    }
  }
}
