package llm265.reference.trellis;

import java.io.ByteArrayOutputStream;

/** The field types of side information, written one after the other. */
final class Out {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int last;
  private int bits;

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  int size() {
    return bytes.size();
  }

  Out all(byte[] some) {
    bytes.writeBytes(some);
    return this;
  }

  Out u8(int value) {
    bytes.write(value);
    return this;
  }

  Out little(long value, int size) {
    for (int i = 0; i < size; i++) {
      bytes.write((int) (value >> (8 * i)));
    }
    return this;
  }

  Out f32(float value) {
    return little(Float.floatToRawIntBits(value), 4);
  }

  Out uv(long value) {
    long rest = value;
    for (; rest >= 0x80; rest >>= 7) {
      bytes.write((int) (rest & 0x7F) + 0x80);
    }
    bytes.write((int) rest);
    return this;
  }

  Out s7(long value, int size) {
    for (int i = 0; i < size; i++) {
      bytes.write((int) ((value >> (7 * i)) & 0x7F) + 0x80);
    }
    return this;
  }

  Out f21(float value) {
    return s7(Float.floatToRawIntBits(value) >>> 10, 3);
  }

  Out bits(long value, int count) {
    for (int i = count - 1; i >= 0; i--) {
      last = 2 * last + (int) ((value >> i) & 1);
      if (++bits == 8) {
        bytes.write(last);
        bits = 0;
        last = 0;
      }
    }
    return this;
  }

  Out rice(long value, int k) {
    for (long i = value >> k; i > 0; i--) {
      bits(1, 1);
    }
    return bits(0, 1).bits(value, k);
  }

  Out signedRice(long value, int k) {
    return rice(value >= 0 ? 2 * value : -2 * value - 1, k);
  }

  Out fill() {
    while (bits != 0) {
      bits(0, 1);
    }
    return this;
  }
}
