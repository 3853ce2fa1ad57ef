package llm265.h264.bitstream;

import java.util.Arrays;

/** 7.2 and 9.1 in reverse: writes the descriptors u(n), ue(v) and se(v), and wraps the RBSP into a NAL unit. */
public final class RbspWriter {
  private byte[] data = new byte[64];
  private int size;
  /** Bits not yet written, at the bottom of a word: fewer than 8 between two calls. */
  private long pending;

  private int pendingBits;

  /**
   * u(n), n of 0 to 32.
   *
   * @throws IllegalArgumentException if the value needs more bits
   */
  public void writeBits(int n, long value) {
    if (n < 0 || n > 32 || value >>> n != 0) {
      throw new IllegalArgumentException("u(" + n + ") of " + value);
    }
    ensureRoom(Long.BYTES);
    pending = (pending << n) | value;
    pendingBits += n;
    while (pendingBits >= 8) {
      pendingBits -= 8;
      data[size++] = (byte) (pending >>> pendingBits);
    }
  }

  /** u(1). */
  public void writeFlag(boolean value) {
    writeBits(1, value ? 1 : 0);
  }

  /** ue(v), 0 to 2^32-2. */
  public void writeUe(long value) {
    if (value < 0 || value > 0xFFFF_FFFEL) {
      throw new IllegalArgumentException("ue(v) of " + value);
    }
    int leadingZeroBits = 63 - Long.numberOfLeadingZeros(value + 1);
    writeBits(leadingZeroBits, 0);
    writeBits(leadingZeroBits + 1, value + 1);
  }

  /** se(v), -(2^31-1) to 2^31-1. */
  public void writeSe(int value) {
    writeUe(value > 0 ? 2L * value - 1 : -2L * value);
  }

  /** rbsp_trailing_bits() (7.3.2.11). */
  public void writeTrailingBits() {
    writeBits(1, 1);
    writeBits(-pendingBits & 7, 0);
  }

  /** cabac_alignment_one_bit up to a whole byte (7.3.4). */
  public void alignWithOnes() {
    int missing = -pendingBits & 7;
    writeBits(missing, (1 << missing) - 1);
  }

  /** Appends whole bytes; the position must be byte-aligned. */
  public void writeBytes(byte[] bytes, int offset, int length) {
    requireWholeBytes();
    ensureRoom(length);
    System.arraycopy(bytes, offset, data, size, length);
    size += length;
  }

  private void requireWholeBytes() {
    if (pendingBits != 0) {
      throw new IllegalStateException("not byte-aligned");
    }
  }

  private void ensureRoom(int more) {
    if (data.length - size < more) {
      data = Arrays.copyOf(data, Math.max(Math.addExact(size, more), (int) Math.min(2L * data.length, 1 << 30)));
    }
  }

  /** Bits written so far. */
  public long bitPosition() {
    return 8L * size + pendingBits;
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
   * @param longStartCode whether zero_byte precedes the start code, as it must for parameter sets and for the first NAL unit
   *     of an access unit
   */
  public byte[] toNalUnit(int nalRefIdc, int nalUnitType, boolean longStartCode) {
    requireWholeBytes();
    if (nalRefIdc < 0 || nalRefIdc > 3 || nalUnitType < 0 || nalUnitType > 31) {
      throw new IllegalArgumentException("nal_ref_idc " + nalRefIdc + ", nal_unit_type " + nalUnitType);
    }
    int start = longStartCode ? 4 : 3;
    // At worst, all zeros, every second byte is followed by an emulation prevention byte.
    byte[] out = new byte[start + 1 + size + size / 2 + 2];
    out[start - 1] = 1;
    out[start] = (byte) ((nalRefIdc << 5) | nalUnitType);
    int at = start + 1;
    int copied = 0;
    for (int i = 2; i < size; i++) {
      // In a stretch without zeros, looking at every second byte is enough.
      if (data[i - 1] != 0) {
        i++;
      } else if (data[i - 2] == 0 && (data[i] & 0xFC) == 0 && i - 2 >= copied) {
        System.arraycopy(data, copied, out, at, i - copied);
        at += i - copied;
        out[at++] = 3;
        copied = i;
      }
    }
    System.arraycopy(data, copied, out, at, size - copied);
    at += size - copied;
    if (size > 0 && data[size - 1] == 0) {
      // cabac_zero_words end in 0x0000, which must not meet the next start code (7.4.1.1).
      out[at++] = 3;
    }
    return Arrays.copyOf(out, at);
  }
}
