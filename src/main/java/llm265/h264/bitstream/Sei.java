package llm265.h264.bitstream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;

/** 7.3.2.3 Supplemental enhancement information, and D.1.7 user_data_unregistered. */
public final class Sei {
  /** payloadType of user_data_unregistered (D.1.7). */
  public static final int USER_DATA_UNREGISTERED = 5;

  /** Length of uuid_iso_iec_11578 in bytes. */
  public static final int UUID_BYTES = 16;

  /** More messages than any access unit needs. In memory, a message of two bytes takes thirty times as much. */
  public static final int MAX_MESSAGES = 1 << 14;

  private static final int HEX_SHOWN = 24;

  /** An SEI message: payloadType, 0 or more, and the bytes of sei_payload(), not copied. */
  public record Message(int payloadType, byte[] payload) {
    public Message {
      if (payloadType < 0) {
        throw new IllegalArgumentException("payloadType " + payloadType);
      }
    }

    /** Whether this is user_data_unregistered with a given UUID. */
    public boolean isUserData(byte[] uuid) {
      return payloadType == USER_DATA_UNREGISTERED
          && payload.length >= UUID_BYTES
          && Arrays.equals(payload, 0, UUID_BYTES, uuid, 0, UUID_BYTES);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Message that && payloadType == that.payloadType && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
      return 31 * payloadType + Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
      String hex = HexFormat.of().formatHex(payload, 0, Math.min(payload.length, HEX_SHOWN));
      return "payloadType " + payloadType + ", " + payload.length + " bytes " + hex
          + (payload.length > HEX_SHOWN ? "..." : "");
    }
  }

  private Sei() {}

  /**
   * The messages of an SEI NAL unit.
   *
   * @throws MalformedStreamException when a message is longer than the NAL unit
   * @throws UnsupportedStreamException when there are more than {@link #MAX_MESSAGES}
   */
  public static List<Message> parse(NalUnit.Rbsp rbsp) {
    return parse(rbsp.reader());
  }

  /** Like {@link #parse(NalUnit.Rbsp)}, starting at the first bit of sei_rbsp(). */
  public static List<Message> parse(RbspReader reader) {
    List<Message> messages = new ArrayList<>();
    parse(reader, messages::add);
    return messages;
  }

  /** Like {@link #parse(RbspReader)}, but hands each message on as soon as it has been read. */
  public static void parse(RbspReader reader, Consumer<Message> messages) {
    while (reader.moreRbspData()) {
      messages.accept(reader.readStructure("sei_message", Sei::parseMessage));
    }
  }

  /** Whether a UUID occurs anywhere in an SEI NAL unit, which may be damaged. */
  public static boolean contains(NalUnit.Rbsp rbsp, byte[] uuid) {
    for (int from = 0; from + uuid.length <= rbsp.length(); from++) {
      if (Arrays.equals(rbsp.data(), from, from + uuid.length, uuid, 0, uuid.length)) {
        return true;
      }
    }
    return false;
  }

  private static Message parseMessage(RbspReader reader) {
    int payloadType = readNumber(reader, "last_payload_type_byte");
    int payloadSize = readNumber(reader, "last_payload_size_byte");
    if (payloadSize > reader.bitsLeft() / 8) {
      throw new MalformedStreamException(
          "payloadSize", "7.3.2.3.1", payloadSize + " bytes are more than the " + reader.bitsLeft() / 8 + " there are");
    }
    return new Message(payloadType, reader.readBytes(payloadSize, "sei_payload"));
  }

  /**
   * Checks the number of messages that are to be kept.
   *
   * @throws UnsupportedStreamException if it exceeds {@link #MAX_MESSAGES}
   */
  public static void requireFewMessages(int messages) {
    if (messages > MAX_MESSAGES) {
      throw new UnsupportedStreamException(
          "sei_message", "7.3.2.3", "more than " + MAX_MESSAGES + " messages in one access unit");
    }
  }

  /** ff_bytes, 255 each, and last_payload_type_byte or last_payload_size_byte. */
  private static int readNumber(RbspReader reader, String name) {
    int sum = 0;
    int value;
    do {
      // Megabytes of ff_bytes must not overflow into a small or negative number
      if (sum > Integer.MAX_VALUE - 255) {
        throw new MalformedStreamException(name, "7.3.2.3.1", "is over 2^31-1");
      }
      value = reader.readInt(8, reader.peekInt(8) == 255 ? "ff_byte" : name);
      sum += value;
    } while (value == 255);
    return sum;
  }

  /** An SEI NAL unit in Annex B form with one user_data_unregistered message. */
  public static byte[] userDataUnregistered(byte[] uuid, byte[] payload) {
    if (uuid.length != UUID_BYTES) {
      throw new IllegalArgumentException("a UUID of " + uuid.length + " bytes");
    }
    byte[] bytes = Arrays.copyOf(uuid, Math.addExact(UUID_BYTES, payload.length));
    System.arraycopy(payload, 0, bytes, UUID_BYTES, payload.length);
    return toNalUnit(List.of(new Message(USER_DATA_UNREGISTERED, bytes)));
  }

  /** An SEI NAL unit in Annex B form, with the long start code of a first NAL unit. */
  public static byte[] toNalUnit(List<Message> messages) {
    RbspWriter writer = new RbspWriter();
    write(writer, messages);
    return writer.toNalUnit(0, NalUnit.SEI, true);
  }

  /** Writes sei_rbsp(), trailing bits included. */
  static void write(RbspWriter writer, List<Message> messages) {
    for (Message message : messages) {
      writeNumber(writer, message.payloadType());
      writeNumber(writer, message.payload().length);
      writer.writeBytes(message.payload(), 0, message.payload().length);
    }
    writer.writeTrailingBits();
  }

  private static void writeNumber(RbspWriter writer, int number) {
    int left = number;
    for (; left >= 255; left -= 255) {
      writer.writeBits(8, 255);
    }
    writer.writeBits(8, left);
  }
}
