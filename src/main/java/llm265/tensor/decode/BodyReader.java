package llm265.tensor.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TrellisStream;
import llm265.tensor.payload.PayloadReader;
import llm265.trinity.ChunkKernels;

/** Reads the side information of tiles without pictures, and checks what follows it. Used by one thread at a time. */
final class BodyReader {
  /** Lengths, number and checksum of a tile whose values are all the same. */
  private static final int LEAST_TILE_BYTES = 12;

  /** Larger tiles could claim far more values than their bytes can hold. */
  private static final int MOST_TILE_VALUES = 1 << 21;

  /** As many as the index can tell of a tile. */
  private static final int MOST_UNIT_BYTES = (1 << 28) - 1;

  private byte[] unit = new byte[0];
  private int from;
  private int to;

  /** Bytes that a stream takes at least. */
  static double leastBytes(TensorHeader header) {
    TensorFraming framing = header.framing();
    if ((long) framing.tileWidth() * framing.tileHeight() > MOST_TILE_VALUES) {
      throw PayloadReader.malformed("tile_height", "tiles have more than " + MOST_TILE_VALUES + " values");
    }
    return (double) framing.tiles() * LEAST_TILE_BYTES;
  }

  /** Reads a tile's unit up to its body, and compares its checksum. */
  SideInformation read(TensorHeader header, int tile, MemorySegment tileUnit) {
    if (tileUnit.byteSize() > MOST_UNIT_BYTES) {
      throw PayloadReader.malformed("tile_bytes", "tile " + tile + " has " + tileUnit.byteSize() + " bytes");
    }
    int payload = TrellisStream.payloadBytes(tileUnit);
    int length = (int) tileUnit.byteSize() - TrellisStream.LENGTH_BYTES;
    if (unit.length < length + ChunkKernels.SLACK) {
      unit = new byte[length + ChunkKernels.SLACK];
    }
    MemorySegment.copy(tileUnit, ValueLayout.JAVA_BYTE, TrellisStream.LENGTH_BYTES, unit, 0, length);
    SideInformation information = SideInformation.read(unit, 0, payload, header);
    if (information.tile().tile() != tile) {
      throw PayloadReader.malformed(
          "tile_number", information.tile().tile() + " stands where tile " + tile + " is expected");
    }
    information.check(unit, payload, length);
    from = payload;
    to = length;
    return information;
  }

  /** Holds the body, from {@link #from} to {@link #to}, with {@link ChunkKernels#SLACK} bytes behind it. */
  byte[] bytes() {
    return unit;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }
}
