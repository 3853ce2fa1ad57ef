package llm265.h264.bitstream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.NoSuchElementException;
import llm265.h264.DecoderLimits;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.StreamPosition;

/**
 * Annex B Byte stream format: the NAL units of a stream, found one after another. The stream may be larger than the heap.
 *
 * <p>Bytes before the first start code are skipped, as B.2 lets a decoder that has lost its place do.
 */
public final class ByteStream implements Iterable<NalUnit> {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private final MemorySegment stream;
  private final DecoderLimits limits;

  public ByteStream(MemorySegment stream, DecoderLimits limits) {
    this.stream = stream;
    this.limits = limits;
  }

  public ByteStream(byte[] stream) {
    this(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT);
  }

  @Override
  public Iterator<NalUnit> iterator() {
    return new Iterator<>() {
      private long start = afterStartCode(0);
      private int index;

      @Override
      public boolean hasNext() {
        return start < stream.byteSize();
      }

      @Override
      public NalUnit next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        long from = start;
        long code = findZeros(from);
        start = afterStartCode(code);
        long end = code;
        // trailing_zero_8bits, and a payload never ends in a zero byte (7.4.1).
        while (end > from && stream.get(ValueLayout.JAVA_BYTE, end - 1) == 0) {
          end--;
        }
        if (end - from > limits.maxNalUnitBytes()) {
          throw new UnsupportedStreamException(
              "NumBytesInNALunit", "B.1.1", (end - from) + " bytes are more than the decoder's limit")
              .at(new StreamPosition(index, from, -1));
        }
        // Two start codes in a row: an empty NAL unit, which is not one.
        return new NalUnit(stream, from, (int) Math.max(end - from, 1), index++);
      }
    };
  }

  /** Offset after the next start_code_prefix_one_3bytes at or after an offset, or the stream's size. */
  private long afterStartCode(long from) {
    long at = from;
    while (true) {
      at = findZeros(at);
      if (at >= stream.byteSize()) {
        return stream.byteSize();
      }
      if (stream.get(ValueLayout.JAVA_BYTE, at + 2) == 1 && at + 3 < stream.byteSize()) {
        return at + 3;
      }
      at++;
    }
  }

  /** Offset of the next 0x000000 or 0x000001 at or after an offset, or the stream's size. */
  private long findZeros(long from) {
    long size = stream.byteSize();
    long at = from;
    while (at + 3 <= size) {
      if (at + 8 <= size) {
        long word = stream.get(LONG, at);
        // No zero byte among the eight: none of them begins a code.
        if ((word - LOW_BITS & ~word & HIGH_BITS) == 0) {
          at += 8;
          continue;
        }
      }
      if (stream.get(ValueLayout.JAVA_BYTE, at) == 0
          && stream.get(ValueLayout.JAVA_BYTE, at + 1) == 0
          && (stream.get(ValueLayout.JAVA_BYTE, at + 2) & 0xFE) == 0) {
        return at;
      }
      at++;
    }
    return size;
  }
}
