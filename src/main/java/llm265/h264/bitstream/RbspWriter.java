package llm265.h264.bitstream;

import java.util.Arrays;

/** 7.2 and 9.1 the other way: writes the descriptors u(n), ue(v) and se(v), and wraps the RBSP into a NAL unit. */
public final class RbspWriter {
  private byte[] data = new byte[64];
  private int size;
  private int pending;
  private int pendingBits;

  /** u(n), n of 0 to 32. */
  public void writeBits(int n, long value) {
    for (int bit = n - 1; bit >= 0; bit--) {
      pending = pending << 1 | (int) (value >> bit & 1);
      if (++pendingBits == 8) {
        append((byte) pending);
        pending = 0;
        pendingBits = 0;
      }
    }
  }

  /** u(1). */
  public void writeFlag(boolean value) {
    writeBits(1, value ? 1 : 0);
  }

  /** ue(v), 0 to 2^31-2. */
  public void writeUe(int value) {
    if (value < 0 || value == Integer.MAX_VALUE) {
      throw new IllegalArgumentException("ue(v) of " + value);
    }
    int leadingZeroBits = 31 - Integer.numberOfLeadingZeros(value + 1);
    writeBits(leadingZeroBits, 0);
    writeBits(leadingZeroBits + 1, value + 1);
  }

  /** se(v), -(2^30-1) to 2^30-1. */
  public void writeSe(int value) {
    writeUe(value > 0 ? 2 * value - 1 : -2 * value);
  }

  /** rbsp_trailing_bits() (7.3.2.11). */
  public void writeTrailingBits() {
    writeBits(1, 1);
    while (pendingBits != 0) {
      writeBits(1, 0);
    }
  }

  /** cabac_alignment_one_bit up to a whole byte (7.3.4). */
  public void alignWithOnes() {
    while (pendingBits != 0) {
      writeBits(1, 1);
    }
  }

  /** Appends whole bytes; the position must be byte-aligned. */
  public void writeBytes(byte[] bytes, int offset, int length) {
    if (pendingBits != 0) {
      throw new IllegalStateException("not byte-aligned");
    }
    ensureRoom(length);
    System.arraycopy(bytes, offset, data, size, length);
    size += length;
  }

  private void append(byte value) {
    ensureRoom(1);
    data[size++] = value;
  }

  private void ensureRoom(int more) {
    if (data.length - size < more) {
      data = Arrays.copyOf(data, Math.max(size + more, 2 * data.length));
    }
  }

  /** Number of whole bytes written. */
  public int size() {
    return size;
  }

  /** A copy of the whole bytes written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(data, size);
  }

  /**
   * 7.3.1 and B.1: the RBSP as a NAL unit with start code and emulation prevention.
   *
   * @param longStartCode whether zero_byte precedes the start code, as it must for parameter sets and the first NAL unit of an
   *     access unit
   */
  public byte[] toNalUnit(int nalRefIdc, int nalUnitType, boolean longStartCode) {
    if (pendingBits != 0) {
      throw new IllegalStateException("not byte-aligned");
    }
    int start = longStartCode ? 4 : 3;
    // At worst, all zeros, every second byte is followed by an emulation prevention byte.
    byte[] out = new byte[start + 1 + size + size / 2 + 2];
    out[start - 1] = 1;
    out[start] = (byte) (nalRefIdc << 5 | nalUnitType);
    int at = start + 1;
    int zeros = 0;
    for (int i = 0; i < size; i++) {
      byte value = data[i];
      if (zeros == 2) {
        if ((value & 0xFC) == 0) {
          out[at++] = 3;
        }
        zeros = 0;
      }
      zeros = value == 0 ? zeros + 1 : 0;
      out[at++] = value;
    }
    if (size > 0 && data[size - 1] == 0) {
      // cabac_zero_words end in 0x0000, which must not meet the next start code (7.4.1.1).
      out[at++] = 3;
    }
    return Arrays.copyOf(out, at);
  }
}
