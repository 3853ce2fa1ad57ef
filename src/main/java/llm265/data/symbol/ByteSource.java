package llm265.data.symbol;

import llm265.h264.MalformedStreamException;

/** Reads what {@link ByteSink} writes; nothing but {@link MalformedStreamException} escapes, on any bytes. */
public final class ByteSource {
  private static final String DATA_FILES = "SPEC.md, Data files";

  private final String clause;
  private final byte[] bytes;
  private final int end;
  private int at;
  private int pending;
  private int pendingBits;

  public ByteSource(byte[] bytes, int at, int end) {
    this(bytes, at, end, DATA_FILES);
  }

  /** @param clause where the bytes are described, for errors */
  public ByteSource(byte[] bytes, int at, int end, String clause) {
    this.clause = clause;
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  public int position() {
    return at;
  }

  public boolean isAtEnd() {
    return at == end;
  }

  public int u8(String field) {
    return bytes[skip(field, 1)] & 0xFF;
  }

  /** Steps over bytes, and returns where they begin. */
  public int skip(String field, int count) {
    if (count > end - at) {
      throw fault(field, "lies beyond the end");
    }
    at += count;
    return at - count;
  }

  /** A number of some bytes. */
  public long number(String field, int count) {
    int from = skip(field, count);
    long value = 0;
    for (int i = 0; i < count; i++) {
      value |= (bytes[from + i] & 0xFFL) << (8 * i);
    }
    return value;
  }

  /** uv within {@code 0..most}, in as few bytes as it takes. */
  public int varint(String field, int most) {
    long value = 0;
    int next = 0x80;
    int shift = 0;
    for (; shift < 35 && next >= 0x80; shift += 7) {
      next = u8(field);
      value |= (long) (next & 0x7F) << shift;
    }
    if (next >= 0x80 || value > most || next == 0 && shift > 7) {
      throw fault(field, "is greater than " + most + ", or longer than it need be");
    }
    return (int) value;
  }

  public int bits(int count) {
    for (; pendingBits < count; pendingBits += 8) {
      pending |= u8("frequencies") << pendingBits;
    }
    int value = pending & ((1 << count) - 1);
    pending >>>= count;
    pendingBits -= count;
    return value;
  }

  /** Ends what {@link #bits} has read. */
  public void align() {
    if (pending != 0) {
      throw fault("frequencies", "end with a bit that is not 0");
    }
    pendingBits = 0;
  }

  /** What is wrong with these bytes. */
  public MalformedStreamException fault(String field, String problem) {
    return new MalformedStreamException(field, clause, problem);
  }

  /** What is wrong with a data file. */
  public static MalformedStreamException malformed(String field, String problem) {
    return new MalformedStreamException(field, DATA_FILES, problem);
  }
}
