package llm265.h264.container;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Boxes made by hand. */
final class Boxed {
  private Boxed() {}

  /** A box of bytes and numbers of 32 bits. */
  static byte[] box(String type, Object... contents) {
    ByteBuffer out = ByteBuffer.allocate(1 << 16).putInt(0).put(type.getBytes(StandardCharsets.US_ASCII));
    for (Object content : contents) {
      if (content instanceof Integer number) {
        out.putInt(number);
      } else {
        out.put((byte[]) content);
      }
    }
    out.putInt(0, out.position());
    return Arrays.copyOf(out.array(), out.position());
  }

  /** A sample entry with one sequence parameter set. */
  static byte[] entry(String type, int lengthSize, byte... sps) {
    byte[] configuration = ByteBuffer.allocate(9 + sps.length)
        .put(new byte[] {1, 100, 0, 10, (byte) (0xFC | (lengthSize - 1)), (byte) 0xE1, 0, (byte) sps.length}).put(sps)
        .put((byte) 0)
        .array();
    return box(type, new byte[78], box("avcC", configuration));
  }

  /** All of these, one after another. */
  static byte[] join(byte[]... parts) {
    ByteBuffer out = ByteBuffer.allocate(1 << 17);
    for (byte[] part : parts) {
      out.put(part);
    }
    return Arrays.copyOf(out.array(), out.position());
  }
}
