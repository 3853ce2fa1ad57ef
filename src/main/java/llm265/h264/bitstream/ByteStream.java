package llm265.h264.bitstream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.NoSuchElementException;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamPosition;
import llm265.h264.UnsupportedStreamException;

/**
 * Annex B Byte stream format: finds the NAL units of a stream one after another. The stream may be larger than the heap.
 *
 * <p>Bytes before the first start code are skipped, as B.2 allows a decoder that has lost its place. A NAL unit reaches to the
 * next start code or to the end of the stream, less its trailing zero bytes; empty ones are skipped. The sequences 0x000000
 * and 0x000002, which 7.4.1 forbids in a NAL unit, count as data and end nothing.
 */
public final class ByteStream implements Iterable<NalUnit> {
  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long EACH_BYTE = 0x0101_0101_0101_0101L;
  private static final long LOW_SEVEN_BITS = 0x7F7F_7F7F_7F7F_7F7FL;
  private static final int START_CODE_BYTES = 3;

  private final MemorySegment stream;
  private final DecoderLimits limits;

  public ByteStream(MemorySegment stream, DecoderLimits limits) {
    this.stream = stream;
    this.limits = limits;
  }

  public ByteStream(byte[] stream) {
    this(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT);
  }

  /**
   * The NAL units in order. Where one exceeds the limits, {@link Iterator#next} throws an {@link UnsupportedStreamException};
   * the next call continues with the NAL unit after it.
   */
  @Override
  public Iterator<NalUnit> iterator() {
    return new NalUnitIterator();
  }

  private final class NalUnitIterator implements Iterator<NalUnit> {
    private final long size = stream.byteSize();
    /** Offset of the start code after the NAL unit that comes next, or the stream's size. */
    private long nextStartCode = findStartCode(stream, 0, size);
    /** First byte of the NAL unit that comes next, and the byte after its last; both are the size at the end. */
    private long first;

    private long last;
    private int index;

    NalUnitIterator() {
      advance();
    }

    /** B.1.1 Byte stream NAL unit syntax. */
    private void advance() {
      while (nextStartCode < size) {
        first = nextStartCode + START_CODE_BYTES;
        nextStartCode = findStartCode(stream, first, size);
        last = nextStartCode;
        // trailing_zero_8bits, and a NAL unit never ends in a zero byte (7.4.1)
        while (last - first >= Long.BYTES && stream.get(WORD, last - Long.BYTES) == 0) {
          last -= Long.BYTES;
        }
        while (last > first && stream.get(ValueLayout.JAVA_BYTE, last - 1) == 0) {
          last--;
        }
        if (last > first) {
          return;
        }
      }
      first = size;
      last = size;
    }

    @Override
    public boolean hasNext() {
      return first < size;
    }

    @Override
    public NalUnit next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      long offset = first;
      long length = last - first;
      int number = index++;
      advance();
      if (length > limits.maxNalUnitBytes()) {
        throw new UnsupportedStreamException(
                "NumBytesInNALunit", "B.1.1", length + " bytes are more than the decoder's limit")
            .at(new StreamPosition(number, offset, -1));
      }
      return new NalUnit(stream, offset, (int) length, number);
    }
  }

  /**
   * Offset of the first start_code_prefix_one_3bytes (0x000001) that lies wholly within {@code from} to {@code to}; {@code to}
   * if there is none.
   */
  public static long findStartCode(MemorySegment bytes, long from, long to) {
    long position = from;
    // Eight places a step. In random data one word in 32 holds a zero byte at all, and the others are passed at once
    for (; position + 10 <= to; position += 8) {
      long word = bytes.get(WORD, position);
      if (((word - EACH_BYTE) & ~word & ~LOW_SEVEN_BITS) == 0) {
        continue;
      }
      long third = bytes.get(WORD, position + 2);
      if (third == 0) {
        // A long run of zeros has no byte that ends a start code
        continue;
      }
      long hits = zeroBytes(word) & zeroBytes(bytes.get(WORD, position + 1)) & zeroBytes(third ^ EACH_BYTE);
      if (hits != 0) {
        return position + (Long.numberOfTrailingZeros(hits) >> 3);
      }
    }
    for (; position + START_CODE_BYTES <= to; position++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, position) == 0
          && bytes.get(ValueLayout.JAVA_BYTE, position + 1) == 0
          && bytes.get(ValueLayout.JAVA_BYTE, position + 2) == 1) {
        return position;
      }
    }
    return to;
  }

  /** The top bit of each byte that is zero, and no other bit. */
  private static long zeroBytes(long word) {
    return ~(((word & LOW_SEVEN_BITS) + LOW_SEVEN_BITS) | word | LOW_SEVEN_BITS);
  }
}
