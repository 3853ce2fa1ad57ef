package llm265.h264.bitstream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Function;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;

/**
 * 7.2 and 9.1: reads the descriptors u(n), ue(v) and se(v) from an RBSP.
 *
 * <p>Reading past the last bit is an error and never gives zeros, so a damaged header cannot be read without end.
 */
public final class RbspReader {
  private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** 7.3.2.11, the structure at the end of an RBSP. */
  public static final String TRAILING_BITS = "rbsp_trailing_bits";

  private final byte[] data;
  private final long first;
  private final long end;
  private SyntaxTrace trace;
  private long position;
  /** Position of rbsp_stop_one_bit, or -1 until it is needed. */
  private long stopBit = -1;

  /**
   * A reader of {@code data[offset .. end)}; positions count from its first bit. Bits are loaded a word at a time. If fewer
   * than 8 bytes follow the last one, the bytes are copied.
   */
  public RbspReader(byte[] data, int offset, int end) {
    if (offset < 0 || end < offset || end > data.length) {
      throw new IllegalArgumentException("bytes " + offset + " to " + end + " of " + data.length);
    }
    this.data = data.length - end < Long.BYTES ? Arrays.copyOf(data, end + Long.BYTES) : data;
    this.first = 8L * offset;
    this.end = 8L * end;
    this.position = first;
  }

  /** Reports every element that is read from now on to a trace; null for no trace. */
  public void setTrace(SyntaxTrace listener) {
    trace = listener;
  }

  /** u(n), n of 0 to 32. */
  public long readBits(int n, String name) {
    if (n > end - position) {
      throw endsWithin(name);
    }
    long value = window() >>> (63 - n) >>> 1;
    report(name, n, value);
    position += n;
    return value;
  }

  /** i(n), n of 1 to 32: two's complement. */
  public int readSigned(int n, String name) {
    if (n > end - position) {
      throw endsWithin(name);
    }
    int value = (int) (window() >> (64 - n));
    report(name, n, value);
    position += n;
    return value;
  }

  /** u(n), n of 0 to 31. */
  public int readInt(int n, String name) {
    return (int) readBits(n, name);
  }

  /** The next n bits, 0 to 31, without moving on. Bits beyond the end of the RBSP have no meaning. */
  public int peekInt(int n) {
    return (int) (window() >>> (63 - n) >>> 1);
  }

  /**
   * Reads a variable-length code that is not from 9.1; the caller has decoded it with {@link #peekInt}.
   *
   * @param length number of its bits, 1 to 32
   * @param value what it stands for, for a trace
   */
  public void readCode(int length, String name, long value) {
    if (length > end - position) {
      throw endsWithin(name);
    }
    report(name, length, value);
    position += length;
  }

  /** u(1). */
  public boolean readFlag(String name) {
    return readBits(1, name) != 0;
  }

  /** ue(v) that must be at most {@code max}. */
  public int readUe(String name, String clause, int max) {
    long value = readUe(name);
    if (value > max) {
      throw new MalformedStreamException(name, clause, value + " is not in 0.." + max);
    }
    return (int) value;
  }

  /** ue(v) of any value, 0 to 2^32-2. */
  public long readUe(String name) {
    int length = codeLength(name);
    long value = codeNum(length);
    report(name, length, value);
    position += length;
    return value;
  }

  /** me(v): the value that a table gives for codeNum (9.1.2). */
  public int readMe(String name, byte[] values) {
    int length = codeLength(name);
    long codeNum = codeNum(length);
    if (codeNum >= values.length) {
      throw new MalformedStreamException(name, "9.1.2", codeNum + " is not in 0.." + (values.length - 1));
    }
    report(name, length, values[(int) codeNum]);
    position += length;
    return values[(int) codeNum];
  }

  /** se(v) that must be in {@code min..max}; the code itself allows -(2^31-1) to 2^31-1. */
  public int readSe(String name, String clause, int min, int max) {
    int length = codeLength(name);
    long codeNum = codeNum(length);
    // Table 9-3
    long value = (codeNum & 1) != 0 ? (codeNum + 1) / 2 : -(codeNum / 2);
    report(name, length, value);
    position += length;
    if (value < min || value > max) {
      throw new MalformedStreamException(name, clause, value + " is not in " + min + ".." + max);
    }
    return (int) value;
  }

  /** Reads {@code length} bytes from a byte-aligned position. */
  public byte[] readBytes(int length, String name) {
    if (!isByteAligned()) {
      throw new IllegalStateException("not byte-aligned");
    }
    if (length > (end - position) >> 3) {
      throw endsWithin(name);
    }
    byte[] bytes = Arrays.copyOfRange(data, byteIndex(), byteIndex() + length);
    if (trace != null) {
      trace.bytes(name, bitPosition(), bytes);
    }
    position += 8L * length;
    return bytes;
  }

  /** 9.1: number of bits of the Exp-Golomb code at the position. */
  private int codeLength(String name) {
    int leadingZeroBits = Long.numberOfLeadingZeros(window());
    // 2^32 - 2 is the largest value (7.2); its code has 31 leading zero bits
    if (leadingZeroBits > 31) {
      if (end - position <= 32) {
        throw endsWithin(name);
      }
      throw new MalformedStreamException(name, "9.1", "Exp-Golomb code with more than 31 leading zero bits");
    }
    int length = 2 * leadingZeroBits + 1;
    if (length > end - position) {
      throw endsWithin(name);
    }
    return length;
  }

  /** 9.1: codeNum of the code of {@code length} bits at the position: the bits from its first 1 on, less 1. */
  private long codeNum(int length) {
    int leadingZeroBits = length >> 1;
    return (window(position + leadingZeroBits) >>> (63 - leadingZeroBits)) - 1;
  }

  /** The bits from the position on, at the top of a word; at least 57 of them are valid. */
  private long window() {
    return window(position);
  }

  private long window(long from) {
    return (long) WORD.get(data, (int) (from >> 3)) << (from & 7);
  }

  private static MalformedStreamException endsWithin(String name) {
    return new MalformedStreamException(name, "7.2", "the data ends within it");
  }

  private void report(String name, int bits, long value) {
    // A field of no bits is not in the bitstream
    if (trace != null && bits > 0) {
      trace.element(name, position - first, bits, value);
    }
  }

  /** The name of an array element. It includes the index only if there is a trace, so that no string is made otherwise. */
  public String indexed(String name, int index) {
    return trace == null ? name : name + "[" + index + "]";
  }

  /** Reads a syntax structure of its own and reports to the trace where it begins and ends, also after a fault. */
  public <T> T readStructure(String name, Function<RbspReader, T> body) {
    if (trace == null) {
      return body.apply(this);
    }
    trace.begin(name);
    try {
      return body.apply(this);
    } finally {
      trace.end();
    }
  }

  /** Reports to the trace a fault in something that is not needed. */
  public void leaveOut(StreamException fault) {
    if (trace != null) {
      trace.leftOut(fault);
    }
  }

  /** more_rbsp_data(): whether there is anything before rbsp_trailing_bits(). */
  public boolean moreRbspData() {
    if (stopBit < 0) {
      stopBit = findStopBit();
    }
    return position < stopBit;
  }

  /**
   * Reads rbsp_trailing_bits() and, in rbsp_slice_trailing_bits(), cabac_zero_words, for their trace alone. Decoding does not
   * need them, so they are not checked.
   */
  public void readTrailingBits(boolean cabacZeroWords) {
    if (bitsLeft() == 0) {
      return;
    }
    readStructure(TRAILING_BITS, trailing -> {
      trailing.readBits(1, "rbsp_stop_one_bit");
      while (!trailing.isByteAligned()) {
        trailing.readBits(1, "rbsp_alignment_zero_bit");
      }
      return null;
    });
    while (cabacZeroWords && bitsLeft() >= 16) {
      readBits(16, "cabac_zero_word");
    }
  }

  /** Position of the last bit that is 1; cabac_zero_words may follow it. The first position if no bit is 1. */
  private long findStopBit() {
    int lastByte = (int) (end >> 3) - 1;
    while (8L * lastByte >= first && data[lastByte] == 0) {
      lastByte--;
    }
    return 8L * lastByte < first
        ? first
        : 8L * lastByte + 7 - Integer.numberOfTrailingZeros(data[lastByte] & 0xFF);
  }

  /** Moves to a bit, counted as {@link #bitPosition} counts; it must not lie after the last one. */
  public void moveTo(long bit) {
    if (bit < 0 || first + bit > end) {
      throw new IllegalArgumentException("bit " + bit);
    }
    position = first + bit;
  }

  /** Bits read so far. */
  public long bitPosition() {
    return position - first;
  }

  /** Number of bits left, rbsp_trailing_bits() included. */
  public long bitsLeft() {
    return end - position;
  }

  public boolean isByteAligned() {
    return (position & 7) == 0;
  }

  /** Index in the array of the byte that holds the next bit. */
  public int byteIndex() {
    return (int) (position >> 3);
  }
}
