package llm265.reference.trellis;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A NAL unit of a byte stream, by Annex B and 7.4.1.
 *
 * @param start where its start code is, with the zero byte before it where there is one
 * @param type nal_unit_type
 * @param rbsp what follows the header, without emulation prevention
 */
public record TextNalUnit(int start, int type, byte[] rbsp) {
  private static final int SEI = 6;
  private static final byte[] UUID = {
    (byte) 0xDA, (byte) 0xC7, (byte) 0xDC, (byte) 0xCF, (byte) 0x99, (byte) 0xA4, 0x47, (byte) 0xDF,
    (byte) 0x9F, 0x7D, 0x07, 0x54, 0x6C, (byte) 0xD1, 0x34, 0x0B
  };

  /** The NAL units of a stream, which begins with one. */
  public static List<TextNalUnit> all(byte[] stream) {
    List<TextNalUnit> units = new ArrayList<>();
    int at = startCode(stream, 0);
    Refused.unless(at <= 1 && at < stream.length, "no start code at the beginning");
    while (at < stream.length) {
      int next = startCode(stream, at + 3);
      int end = next;
      while (end > at + 4 && stream[end - 1] == 0) {
        end--;
      }
      int start = at > 0 && stream[at - 1] == 0 ? at - 1 : at;
      units.add(new TextNalUnit(start, stream[at + 3] & 31, unescaped(Arrays.copyOfRange(stream, at + 4, end))));
      at = next;
    }
    return units;
  }

  private static int startCode(byte[] stream, int from) {
    for (int i = from; i + 3 < stream.length; i++) {
      if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) {
        return i;
      }
    }
    return stream.length;
  }

  private static byte[] unescaped(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int zeros = 0;
    for (byte b : bytes) {
      if (zeros == 2 && b == 3) {
        zeros = 0;
        continue;
      }
      zeros = b == 0 ? zeros + 1 : 0;
      out.write(b);
    }
    return out.toByteArray();
  }

  /** Whether it has side information. */
  boolean isOurs() {
    return type == SEI && rbsp[0] == 5 && Arrays.equals(rbsp, sizeEnd(), sizeEnd() + UUID.length, UUID, 0, UUID.length);
  }

  private int sizeEnd() {
    int at = 1;
    while (rbsp[at] == (byte) 0xFF) {
      at++;
    }
    return at + 1;
  }

  /** The payload of its message behind the UUID. */
  Fields payload() {
    int size = (sizeEnd() - 2) * 255 + (rbsp[sizeEnd() - 1] & 0xFF);
    return new Fields(rbsp, sizeEnd() + UUID.length, sizeEnd() + size);
  }

  byte[] payloadFrom(int from, int to) {
    return Arrays.copyOfRange(rbsp, from, to);
  }
}
