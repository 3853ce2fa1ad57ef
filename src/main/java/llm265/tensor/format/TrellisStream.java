package llm265.tensor.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import llm265.tensor.payload.PayloadReader;

/**
 * A tensor stream without pictures: its first bytes, then for each tile the length of its side information, the side information,
 * and its chunks. SPEC.md, "Trellis stream".
 */
public final class TrellisStream {
  /** Bytes of a side information's length. */
  public static final int LENGTH_BYTES = 4;

  private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Not text, no start code, damaged where line ends are converted. */
  private static final byte[] MAGIC = {(byte) 0x8C, '2', '6', '5', 'T', '\r', '\n', 0x1A};

  private TrellisStream() {}

  /** The first bytes of a stream. */
  public static byte[] magic() {
    return MAGIC.clone();
  }

  /** Whether a stream begins as one without pictures. */
  public static boolean isOne(MemorySegment stream) {
    return stream.byteSize() >= MAGIC.length && MemorySegment.mismatch(
        stream, 0, MAGIC.length, MemorySegment.ofArray(MAGIC), 0, MAGIC.length) < 0;
  }

  static byte[] withLength(byte[] payload) {
    byte[] unit = new byte[LENGTH_BYTES + payload.length];
    MemorySegment.ofArray(unit).set(LENGTH, 0, payload.length);
    System.arraycopy(payload, 0, unit, LENGTH_BYTES, payload.length);
    return unit;
  }

  /** Bytes of the side information that begins a unit of a stream. */
  public static int payloadBytes(MemorySegment unit) {
    int length = unit.byteSize() < LENGTH_BYTES ? -1 : unit.get(LENGTH, 0);
    if (length < 0 || length > unit.byteSize() - LENGTH_BYTES) {
      throw PayloadReader.malformed("payload_length", "the side information does not end within its tile");
    }
    return length;
  }

  /** The side information of the first tile, where the header is. */
  public static SideInformation first(MemorySegment stream) {
    MemorySegment unit = stream.asSlice(MAGIC.length);
    int length = payloadBytes(unit);
    byte[] payload = unit.asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    SideInformation first = SideInformation.read(payload, 0, length, null);
    if (first.header().transforms().trellis() == null) {
      throw PayloadReader.malformed("transform_flags", "ask for pictures where there are none");
    }
    return first;
  }
}
