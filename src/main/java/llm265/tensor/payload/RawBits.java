package llm265.tensor.payload;

import java.util.Arrays;

/** The bits of values that are kept as they are: packed without gaps, the most significant first. Reads or writes them. */
public final class RawBits {
  private final byte[] bytes;
  private int position;
  private long pending;
  private int held;

  /** Bits to be read, or room for those to be written. */
  public RawBits(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Writes the {@code count} low bits of a value, 0 to 64. */
  public void write(long value, int count) {
    if (count > 32) {
      writeFew(value >>> 32, count - 32);
      writeFew(value, 32);
    } else {
      writeFew(value, count);
    }
  }

  private void writeFew(long value, int count) {
    pending = (pending << count) | value & ((1L << count) - 1);
    held += count;
    while (held >= 8) {
      held -= 8;
      bytes[position++] = (byte) (pending >>> held);
    }
  }

  /** Fills up the last byte with bits 0. */
  public void finish() {
    if (held > 0) {
      bytes[position++] = (byte) (pending << (8 - held));
      held = 0;
    }
  }

  /** Reads a value of {@code count} bits, 0 to 64. */
  public long read(int count) {
    return count > 32 ? (readFew(count - 32) << 32) | readFew(32) : readFew(count);
  }

  private long readFew(int count) {
    while (held < count) {
      pending = (pending << 8) | bytes[position++] & 0xFF;
      held += 8;
    }
    held -= count;
    return (pending >>> held) & ((1L << count) - 1);
  }

  /** The bytes written so far. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, position);
  }
}
