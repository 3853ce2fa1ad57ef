package llm265.tensor.payload;

import java.util.Arrays;
import java.util.zip.CRC32C;

/** Writes the fields of the side information; SPEC.md, "Tensor stream", names the field types. */
public final class PayloadWriter {
  private byte[] bytes = new byte[256];
  private int length;

  public int length() {
    return length;
  }

  /** CRC-32C of what was written from {@code start} on. */
  public int crc32c(int start) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, start, length - start);
    return (int) crc.getValue();
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  public void u8(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
  }

  /** uv: seven bits per byte, least significant first, the high bit set on all bytes except the last. */
  public void varint(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative value " + value);
    }
    long rest = value;
    while (rest > 0x7F) {
      u8((int) rest | 0x80);
      rest >>>= 7;
    }
    u8((int) rest);
  }

  /** u32: four bytes, least significant first. */
  public void u32(int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      u8(value >>> shift);
    }
  }

  /** f32: the bits of a binary32 as a u32. */
  public void f32(float value) {
    u32(Float.floatToRawIntBits(value));
  }

  /**
   * s7(n): seven bits per byte, least significant first, the high bit set on every byte. So no byte is ever zero, and the
   * field can be overwritten in a NAL unit without a change of its length.
   */
  public void sevenBit(long value, int count) {
    if (value < 0 || value >> (7 * count) != 0) {
      throw new IllegalArgumentException(value + " does not fit into " + count + " bytes of seven bits");
    }
    for (int i = 0; i < count; i++) {
      u8((int) (value >>> (7 * i)) | 0x80);
    }
  }

  public void bytes(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  public void bytes(byte[] source) {
    bytes(source, 0, source.length);
  }

  private void reserve(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
    }
  }
}
