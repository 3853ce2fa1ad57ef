package llm265.model.delta;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import llm265.h264.MalformedStreamException;

/** Numbers of bytes in front of what they count: four bytes, the least significant first. */
final class LengthField {
  static final int BYTES = 4;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private LengthField() {}

  static void put(byte[] out, int at, int value) {
    MemorySegment.ofArray(out).set(INT, at, value);
  }

  /** Reads fields of a part of a file one behind the other. */
  static final class Reader {
    private final MemorySegment bytes;
    private final String clause;
    private long at;

    Reader(MemorySegment bytes, String clause) {
      this.bytes = bytes;
      this.clause = clause;
    }

    long position() {
      return at;
    }

    int u8() {
      return skip(1).get(ValueLayout.JAVA_BYTE, 0) & 0xFF;
    }

    int u32() {
      return skip(4).get(INT, 0);
    }

    long u64() {
      return skip(8).get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    }

    /** What a length and as many bytes behind it hold. */
    MemorySegment slice() {
      return skip(u32() & 0xFFFF_FFFFL);
    }

    MemorySegment skip(long count) {
      if (count > bytes.byteSize() - at) {
        throw new MalformedStreamException("length", clause, "the end lies before byte " + (at + count));
      }
      at += count;
      return bytes.asSlice(at - count, count);
    }

    void requireEnd() {
      if (at != bytes.byteSize()) {
        throw new MalformedStreamException("length", clause, "there are bytes behind the last");
      }
    }
  }
}
