package llm265.tensor.payload;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The bits of values that are kept as they are: packed without gaps, the most significant first. Reads or writes them. */
public final class RawBits {
  private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Of a word that begins anywhere in a byte, so many bits are there at least. */
  private static final int BITS_OF_WORD = 57;

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

  /** Reads the first {@code length} of some values, each of {@code count} bits, 0 to 64. */
  public void read(long[] values, int length, int count) {
    int done = 0;
    if (count > 0 && count <= BITS_OF_WORD) {
      long at = 8L * position - held;
      long end = 8L * (bytes.length - Long.BYTES);
      for (; done < length && at <= end; done++) {
        values[done] = (long) WORD.get(bytes, (int) (at >> 3)) << (at & 7) >>> (64 - count);
        at += count;
      }
      position = (int) ((at + 7) >> 3);
      held = (int) (8L * position - at);
      pending = position == 0 ? 0 : bytes[position - 1] & 0xFF;
    }
    for (; done < length; done++) {
      values[done] = read(count);
    }
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
