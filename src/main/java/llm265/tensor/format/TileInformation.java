package llm265.tensor.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import llm265.h264.Picture;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.values.TensorKernels;

/**
 * What a stream says about one tile: the {@code tile} section of a picture's side information.
 *
 * @param tile tile number
 * @param offset value of sample 128
 * @param step difference between the values of neighbouring samples
 * @param outliers values kept exactly
 */
public record TileInformation(int tile, float offset, float step, OutlierList outliers) {

  /** The same tile with other outliers. */
  public TileInformation with(OutlierList otherOutliers) {
    return new TileInformation(tile, offset, step, otherOutliers);
  }

  /** Writes the section's content up to its checksum. */
  void write(PayloadWriter out, ElementType type) {
    out.varint(tile);
    out.f32(offset);
    out.f32(step);
    outliers.write(out, type);
  }

  /** Reads the section's content up to its checksum. */
  static TileInformation read(PayloadReader in, ElementType type, TensorFraming framing) {
    int tile = in.varint("tile_number", framing.tiles() - 1);
    float offset = in.finiteF32("offset");
    float step = in.finiteF32("step");
    OutlierList outliers = OutlierList.read(in, type, framing, framing.tile(tile));
    return new TileInformation(tile, offset, step, outliers);
  }

  /** Reads the section's content up to its checksum in a lossless stream: only the tile number. */
  static TileInformation readNumber(PayloadReader in, TensorFraming framing) {
    return new TileInformation(in.varint("tile_number", framing.tiles() - 1), 0, 0, new OutlierList(0));
  }

  /** Continues a checksum with the levels that a picture carries: two bytes each, least significant first. */
  static void updateWithLevels(CRC32C crc, short[] levels) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.min(2 * levels.length, 1 << 12)).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < levels.length; from += bytes.capacity() / 2) {
      int count = Math.min(bytes.capacity() / 2, levels.length - from);
      bytes.asShortBuffer().put(levels, from, count);
      crc.update(bytes.array(), 0, 2 * count);
    }
  }

  /**
   * Continues a checksum with a picture's luma samples, row by row, padding included. 8-bit samples take one byte, deeper ones
   * two bytes, least significant first.
   */
  static void updateWithLuma(CRC32C crc, Picture picture) {
    short[] samples = picture.samples(0);
    if (picture.format().bitDepthLuma() > 8) {
      ByteBuffer bytes = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asShortBuffer().put(samples);
      crc.update(bytes);
      return;
    }
    byte[] buffer = new byte[Math.min(samples.length, 1 << 13)];
    for (int first = 0; first < samples.length; first += buffer.length) {
      int count = Math.min(buffer.length, samples.length - first);
      TensorKernels.ACTIVE.bytes(samples, first, count, buffer);
      crc.update(buffer, 0, count);
    }
  }
}
