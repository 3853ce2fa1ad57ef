package llm265.reference.trellis;

import java.util.Arrays;

/** The field types of side information, read one after the other. */
final class Fields {
  private final byte[] bytes;
  private final int end;
  private int place;
  /** Bits of the byte at {@code place} that are read already. */
  private int bit;

  Fields(byte[] bytes, int from, int to) {
    Refused.unless(from >= 0 && from <= to && to <= bytes.length, "a part ends behind the stream");
    this.bytes = bytes;
    this.place = from;
    this.end = to;
  }

  int place() {
    return place;
  }

  boolean atEnd() {
    return place == end;
  }

  int u8() {
    Refused.unless(place < end, "a field ends behind its part");
    return bytes[place++] & 0xFF;
  }

  long little(int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (long) u8() << (8 * i);
    }
    return value;
  }

  long uv() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int next = u8();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new Refused("a uv of more than 63 bits");
  }

  /** A uv from a least to a greatest value. */
  long uv(long least, long most, String name) {
    long value = uv();
    Refused.unless(value >= least && value <= most, name);
    return value;
  }

  long s7(int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      int next = u8();
      Refused.unless(next >= 0x80, "an s7 byte without its high bit");
      value |= (long) (next & 0x7F) << (7 * i);
    }
    return value;
  }

  float f32() {
    float value = Float.intBitsToFloat((int) little(4));
    Refused.unless(Float.isFinite(value), "an f32 that is not finite");
    return value;
  }

  float f21() {
    float value = Float.intBitsToFloat((int) s7(3) << 10);
    Refused.unless(Float.isFinite(value), "an f21 that is not finite");
    return value;
  }

  private int bit() {
    Refused.unless(place < end, "bits end behind their part");
    int value = (bytes[place] >> (7 - bit)) & 1;
    if (++bit == 8) {
      bit = 0;
      place++;
    }
    return value;
  }

  long bits(int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = 2 * value + bit();
    }
    return value;
  }

  /** R(k). */
  long rice(int k) {
    long high = 0;
    while (bit() == 1) {
      high++;
    }
    return (high << k) + bits(k);
  }

  /** R(k) of 2 v for v not negative, of -2 v - 1 for v negative. */
  long signedRice(int k) {
    long folded = rice(k);
    return folded % 2 == 0 ? folded / 2 : -(folded + 1) / 2;
  }

  void fillBits() {
    while (bit != 0) {
      Refused.unless(bit() == 0, "a fill bit of 1");
    }
  }

  byte[] from(int start) {
    return Arrays.copyOfRange(bytes, start, place);
  }

  byte[] rest() {
    return Arrays.copyOfRange(bytes, place, end);
  }

  Fields part(long size) {
    Refused.unless(size <= end - place, "a part ends behind the stream");
    Fields part = new Fields(bytes, place, place + (int) size);
    place += (int) size;
    return part;
  }
}
