package llm265.runtime.message;

import java.util.function.Consumer;
import llm265.h264.StreamException;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** The bytes of a state: its name, the number of its values, what it says, a checksum. */
public final class CodecState {
  private CodecState() {}

  public static byte[] write(String name, int values, Consumer<PayloadWriter> body) {
    PayloadWriter out = new PayloadWriter();
    out.varint(name.length());
    for (int i = 0; i < name.length(); i++) {
      out.u8(name.charAt(i));
    }
    out.u32(values);
    body.accept(out);
    out.u32(out.crc32c(0));
    return out.toByteArray();
  }

  /** @throws IllegalArgumentException if the state is not one that was written with this name and number of values */
  public static void read(byte[] state, String name, int values, Consumer<PayloadReader> body) {
    try {
      PayloadReader whole = new PayloadReader(state, 0, state.length);
      whole.bytes("state", Math.max(0, state.length - Integer.BYTES));
      if (whole.crc32c(0) != whole.u32("checksum")) {
        throw new IllegalArgumentException("the state is damaged");
      }
      PayloadReader in = new PayloadReader(state, 0, state.length - Integer.BYTES);
      StringBuilder found = new StringBuilder();
      for (int left = in.varint("name", in.remaining()); left > 0; left--) {
        found.append((char) in.u8("name"));
      }
      int size = in.u32("values");
      if (!name.contentEquals(found) || size != values) {
        throw new IllegalArgumentException(
            "the state is of " + found + " with " + size + " values, not of " + name + " with " + values);
      }
      body.accept(in);
      in.requireEnd("state");
    } catch (StreamException e) {
      throw new IllegalArgumentException("the state is damaged: " + e.getMessage(), e);
    }
  }

  public static void write(float[] values, PayloadWriter out) {
    for (float value : values) {
      out.f32(value);
    }
  }

  public static void read(float[] values, PayloadReader in) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(in.u32("value"));
    }
  }

  public static void write(double value, PayloadWriter out) {
    long bits = Double.doubleToRawLongBits(value);
    out.u32((int) bits);
    out.u32((int) (bits >>> 32));
  }

  public static double readDouble(PayloadReader in) {
    return Double.longBitsToDouble((in.u32("number") & 0xFFFF_FFFFL) | ((long) in.u32("number") << 32));
  }
}
