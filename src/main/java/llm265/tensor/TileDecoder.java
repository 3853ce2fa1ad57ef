package llm265.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;

/** Decodes tiles. Used by one thread at a time. */
final class TileDecoder {
  private final H264IntraDecoder decoder;
  private TensorHeader header;
  private float[] values;

  TileDecoder(DecoderLimits limits) {
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
    decoder.decode(parameterSets, picture -> {
      throw PayloadReader.malformed("access unit", "a picture stands before the tensor header");
    });
    header = streamHeader;
    values = new float[header.framing().tileWidth()];
  }

  /** Decodes a tile from its access unit and hands its values over. */
  void decode(int tile, MemorySegment accessUnit, ValueSink sink) {
    List<DecodedPicture> pictures = new ArrayList<>(1);
    decoder.decode(accessUnit, picture -> {
      if (!pictures.isEmpty()) {
        throw PayloadReader.malformed("tile_bytes", "tile " + tile + " has more than one picture");
      }
      pictures.add(picture);
    });
    if (pictures.isEmpty()) {
      throw PayloadReader.malformed("tile_bytes", "tile " + tile + " has no picture");
    }
    Picture picture = pictures.getFirst().picture();
    if (!picture.format().equals(header.framing().pictureFormat(picture.format().chroma()))) {
      throw PayloadReader.malformed("seq_parameter_set", "its pictures are not of the size of the tiles");
    }
    SideInformation information = SideInformation.find(pictures.getFirst().sei(), header);
    if (information.tile().tile() != tile) {
      throw PayloadReader.malformed(
          "tile_number", information.tile().tile() + " stands where tile " + tile + " is expected");
    }
    information.check(picture);
    short[] samples = information.signs() == null ? picture.samples(0) : information.signs().undo(picture);
    reconstruct(information.tile(), samples, sink);
  }

  private void reconstruct(TileInformation information, short[] samples, ValueSink sink) {
    TensorFraming framing = header.framing();
    TensorFraming.Tile tile = framing.tile(information.tile());
    OutlierList outliers = information.outliers();
    int next = 0;
    for (int y = 0; y < tile.rows(); y++) {
      int start = y * framing.tileWidth();
      int count = framing.valuesInRow(tile, y);
      long first = framing.firstValue(tile, y);
      TensorKernels.ACTIVE.dequantize(
          samples, start, count, information.offset(), information.step(), values, 0);
      TensorElements.round(header.dtype(), values, 0, count);
      sink.row(first, values, count);
      for (; next < outliers.size() && outliers.position(next) < start + framing.tileWidth(); next++) {
        sink.exact(first + outliers.position(next) - start, outliers.bits(next));
      }
    }
  }
}
