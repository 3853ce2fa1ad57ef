package llm265.h264.bitstream;

import llm265.h264.MalformedStreamException;

/**
 * 7.2 and 9.1: reads the descriptors u(n), ue(v) and se(v) from an RBSP.
 *
 * <p>Reading past the last bit is an error, never zeros: a damaged header cannot run on for ever.
 */
public final class RbspReader {
  private final byte[] data;
  private final long first;
  private final long end;
  private SyntaxTrace trace;
  private long position;

  /** A reader of {@code data[offset .. end)}, from whose first bit positions are counted. */
  public RbspReader(byte[] data, int offset, int end) {
    this.data = data;
    this.first = 8L * offset;
    this.end = 8L * end;
    this.position = first;
  }

  /** Names every element that is read from now on to a trace; null for none. */
  public void setTrace(SyntaxTrace listener) {
    trace = listener;
  }

  /** u(n), n of 0 to 32. */
  public long readBits(int n, String name) {
    long from = position;
    long value = bits(n, name);
    report(name, from, value);
    return value;
  }

  /** u(n), n of 0 to 31. */
  public int readInt(int n, String name) {
    return (int) readBits(n, name);
  }

  /** u(1). */
  public boolean readFlag(String name) {
    return readBits(1, name) != 0;
  }

  /** ue(v) that must be at most {@code max}; 0..2^32-2 by 9.1, and no more than 2^31-1 here. */
  public int readUe(String name, String clause, int max) {
    long from = position;
    long value = exponentialGolomb(name);
    if (value > max) {
      throw new MalformedStreamException(name, clause, value + " is not in 0.." + max);
    }
    report(name, from, value);
    return (int) value;
  }

  /** se(v) that must be in {@code min..max}. */
  public int readSe(String name, String clause, int min, int max) {
    long from = position;
    long codeNum = exponentialGolomb(name);
    long value = (codeNum & 1) != 0 ? (codeNum + 1) / 2 : -(codeNum / 2);
    if (value < min || value > max) {
      throw new MalformedStreamException(name, clause, value + " is not in " + min + ".." + max);
    }
    report(name, from, value);
    return (int) value;
  }

  /** 9.1: codeNum of an Exp-Golomb code. */
  private long exponentialGolomb(String name) {
    int leadingZeroBits = 0;
    while (bits(1, name) == 0) {
      if (++leadingZeroBits > 32) {
        throw new MalformedStreamException(name, "9.1", "Exp-Golomb code with more than 32 leading zero bits");
      }
    }
    return (1L << leadingZeroBits) - 1 + bits(leadingZeroBits, name);
  }

  private long bits(int n, String name) {
    if (position + n > end) {
      position = end;
      throw new MalformedStreamException(name, "7.2", "the data ends within it");
    }
    long value = 0;
    int left = n;
    while (left > 0) {
      int inByte = 8 - (int) (position & 7);
      int take = Math.min(left, inByte);
      int part = (data[(int) (position >> 3)] & 0xFF) >> inByte - take & (1 << take) - 1;
      value = value << take | part;
      position += take;
      left -= take;
    }
    return value;
  }

  private void report(String name, long from, long value) {
    if (trace != null) {
      trace.element(name, from - first, (int) (position - from), value);
    }
  }

  /** more_rbsp_data(): whether there is anything before rbsp_trailing_bits(). */
  public boolean moreRbspData() {
    int lastByte = (int) (end >> 3) - 1;
    while (lastByte >= 0 && 8L * lastByte >= position - 7 && data[lastByte] == 0) {
      lastByte--;
    }
    if (lastByte < 0 || data[lastByte] == 0) {
      return false;
    }
    long stopBit = 8L * lastByte + 7 - Integer.numberOfTrailingZeros(data[lastByte] & 0xFF);
    return position < stopBit;
  }

  /** Bits read so far. */
  public long bitPosition() {
    return position - first;
  }

  /** Bits that are left, rbsp_trailing_bits() included. */
  public long bitsLeft() {
    return end - position;
  }

  public boolean isByteAligned() {
    return (position & 7) == 0;
  }

  /** Index in the array of the byte that the next bit is in. */
  public int byteIndex() {
    return (int) (position >> 3);
  }
}
