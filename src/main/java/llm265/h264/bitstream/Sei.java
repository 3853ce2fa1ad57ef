package llm265.h264.bitstream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.h264.MalformedStreamException;

/** 7.3.2.3 Supplemental enhancement information, and D.1.7 user_data_unregistered. */
public final class Sei {
  /** payloadType of user_data_unregistered (D.1.7). */
  public static final int USER_DATA_UNREGISTERED = 5;

  /** Length of uuid_iso_iec_11578 in bytes. */
  public static final int UUID_BYTES = 16;

  /** An SEI message: payloadType and the bytes of sei_payload(). */
  public record Message(int payloadType, byte[] payload) {
    /** Whether this is user_data_unregistered under a UUID. */
    public boolean isUserData(byte[] uuid) {
      return payloadType == USER_DATA_UNREGISTERED
          && payload.length >= UUID_BYTES
          && Arrays.equals(payload, 0, UUID_BYTES, uuid, 0, UUID_BYTES);
    }
  }

  private Sei() {}

  /** The messages of an SEI NAL unit. */
  public static List<Message> parse(NalUnit.Rbsp rbsp) {
    List<Message> messages = new ArrayList<>();
    byte[] data = rbsp.data();
    int end = rbsp.length();
    int at = 0;
    // rbsp_trailing_bits is one byte here, since messages are whole bytes.
    while (end - at > 1) {
      int[] next = {at};
      int payloadType = sumOfBytes(data, next, end, "payloadType");
      int payloadSize = sumOfBytes(data, next, end, "payloadSize");
      at = next[0];
      if (payloadSize > end - at) {
        throw new MalformedStreamException("payloadSize", "7.3.2.3.1", payloadSize + " bytes are more than there are");
      }
      messages.add(new Message(payloadType, Arrays.copyOfRange(data, at, at + payloadSize)));
      at += payloadSize;
    }
    return messages;
  }

  /** ff_byte and last_payload_type_byte or last_payload_size_byte. */
  private static int sumOfBytes(byte[] data, int[] position, int end, String name) {
    int sum = 0;
    while (position[0] < end) {
      int value = data[position[0]++] & 0xFF;
      sum += value;
      if (value != 0xFF) {
        return sum;
      }
    }
    throw new MalformedStreamException(name, "7.3.2.3.1", "the data ends within it");
  }

  /** An SEI NAL unit in Annex B form with one user_data_unregistered message. */
  public static byte[] userDataUnregistered(byte[] uuid, byte[] payload) {
    RbspWriter writer = new RbspWriter();
    writer.writeBits(8, USER_DATA_UNREGISTERED);
    int size = UUID_BYTES + payload.length;
    for (int left = size; left >= 0; left -= 255) {
      writer.writeBits(8, Math.min(left, 255));
    }
    writer.writeBytes(uuid, 0, UUID_BYTES);
    writer.writeBytes(payload, 0, payload.length);
    writer.writeTrailingBits();
    return writer.toNalUnit(0, NalUnit.SEI, true);
  }
}
