package llm265.tensor.payload;

import java.util.Arrays;
import java.util.zip.CRC32C;
import llm265.h264.MalformedStreamException;

/** Reads what {@link PayloadWriter} writes. Whatever the bytes are, only {@link MalformedStreamException} is thrown. */
public final class PayloadReader {
  private final byte[] bytes;
  private final int end;
  private int position;

  public PayloadReader(byte[] bytes, int offset, int end) {
    this.bytes = bytes;
    this.position = offset;
    this.end = end;
  }

  public int position() {
    return position;
  }

  public int remaining() {
    return end - position;
  }

  /** CRC-32C of what was read from {@code start} on. */
  public int crc32c(int start) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, start, position - start);
    return (int) crc.getValue();
  }

  public int u8(String field) {
    require(1, field);
    return bytes[position++] & 0xFF;
  }

  /** uv, at most 63 bits. */
  public long varint(String field) {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int next = u8(field);
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw malformed(field, "is longer than 63 bits");
  }

  /** uv within {@code 0..max}. */
  public int varint(String field, int max) {
    long value = varint(field);
    if (value > max) {
      throw malformed(field, value + " is greater than " + max);
    }
    return (int) value;
  }

  public int u32(String field) {
    require(4, field);
    int value = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      value |= (bytes[position++] & 0xFF) << shift;
    }
    return value;
  }

  /** f32, which must be a finite number. */
  public float finiteF32(String field) {
    float value = Float.intBitsToFloat(u32(field));
    if (!Float.isFinite(value)) {
      throw malformed(field, "is not a finite number");
    }
    return value;
  }

  /** s7(n). */
  public long sevenBit(String field, int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      int next = u8(field);
      if (next < 0x80) {
        throw malformed(field, "has a byte without its high bit");
      }
      value |= (long) (next & 0x7F) << (7 * i);
    }
    return value;
  }

  public byte[] bytes(String field, int count) {
    require(count, field);
    position += count;
    return Arrays.copyOfRange(bytes, position - count, position);
  }

  /** A reader of the next {@code count} bytes, which this one skips. */
  public PayloadReader slice(String field, int count) {
    require(count, field);
    position += count;
    return new PayloadReader(bytes, position - count, position);
  }

  public void requireEnd(String structure) {
    if (position != end) {
      throw malformed(structure, "has " + remaining() + " bytes too many");
    }
  }

  private void require(int count, String field) {
    if (count > end - position) {
      throw malformed(field, "lies beyond the end of its section");
    }
  }

  public static MalformedStreamException malformed(String field, String problem) {
    return new MalformedStreamException(field, "SPEC.md, Tensor stream", problem);
  }
}
