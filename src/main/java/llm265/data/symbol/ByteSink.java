package llm265.data.symbol;

import java.util.Arrays;

/** Bytes that grow, with room behind them for what a kernel overwrites. Numbers are little-endian, bits the lowest first. */
public final class ByteSink {
  private byte[] bytes;
  private int size;
  private int pending;
  private int pendingBits;

  public ByteSink(int capacity) {
    bytes = new byte[capacity];
  }

  public void clear() {
    truncate(0);
  }

  /** Forgets all bytes from {@code count} on. */
  public void truncate(int count) {
    size = count;
  }

  public int size() {
    return size;
  }

  /** The array, of which {@link #size} bytes are used; it changes when it grows. */
  public byte[] array() {
    return bytes;
  }

  /** Makes room for bytes that the caller writes into the array; returns where they begin. */
  public int reserve(int count) {
    int at = size;
    if (count > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + count));
    }
    size += count;
    return at;
  }

  public void u8(int value) {
    int at = reserve(1);
    bytes[at] = (byte) value;
  }

  public void u32(int value) {
    number(value, 4);
  }

  /** The lowest bytes of a number. */
  public void number(long value, int count) {
    int at = reserve(count);
    for (int i = 0; i < count; i++) {
      bytes[at + i] = (byte) (value >>> (8 * i));
    }
  }

  /** Seven bits a byte, the lowest first; the high bit says that more follow. */
  public void varint(long value) {
    long rest = value;
    for (; rest >>> 7 != 0; rest >>>= 7) {
      u8((int) rest & 0x7F | 0x80);
    }
    u8((int) rest);
  }

  public void bytes(byte[] from, int at, int count) {
    int to = reserve(count);
    System.arraycopy(from, at, bytes, to, count);
  }

  /** Bits, 0 to 12 of them, which {@link #align} must follow. */
  public void bits(int value, int count) {
    pending |= value << pendingBits;
    for (pendingBits += count; pendingBits >= 8; pendingBits -= 8) {
      u8(pending);
      pending >>>= 8;
    }
  }

  /** Fills up the last byte with bits 0. */
  public void align() {
    if (pendingBits > 0) {
      u8(pending);
    }
    pending = 0;
    pendingBits = 0;
  }
}
