package llm265.runtime.message;

import java.util.zip.CRC32C;
import llm265.tensor.payload.PayloadReader;
import llm265.trinity.Trellis;

/**
 * Decodes messages: what comes out depends on the message alone, bit for bit. Used by one thread at a time.
 *
 * <p>Nothing but {@link llm265.h264.MalformedStreamException} escapes, on any bytes.
 */
public final class MessageDecoder {
  private final Segments segments;
  private final LevelChunks chunks = new LevelChunks();
  private float[] levels = new float[0];

  /** @param segments as the encoder has them */
  public MessageDecoder(Segments segments) {
    this.segments = segments;
  }

  /**
   * Decodes a message.
   *
   * @param out receives the values of all segments from {@code at} on
   */
  public void decode(byte[] message, float[] out, int at) {
    decode(message, 0, message.length, out, at);
  }

  /** Decodes the message that lies in an array from {@code begin} to {@code end}. */
  public void decode(byte[] bytes, int begin, int end, float[] out, int at) {
    PayloadReader in = checked(bytes, begin, end);
    MessageHeader header = MessageHeader.read(in, segments);
    if (header.isCoded()) {
      decodeLevels(header, in);
    }
    in.requireEnd("message");
    header.reconstruct(levels, segments, out, at);
  }

  private void decodeLevels(MessageHeader header, PayloadReader in) {
    int count = header.coded(segments);
    if (levels.length < LevelChunks.padded(count)) {
      levels = new float[LevelChunks.padded(count)];
    }
    chunks.read(in, count, Trellis.of(header.stateBits()), HeldRateCoder.laws(header.law()), null, levels);
  }

  /**
   * A reader of the message that lies in an array from {@code begin} to {@code end}, without its checksum, the last four bytes.
   *
   * @throws llm265.h264.MalformedStreamException if the checksum is not that of the message
   */
  public static PayloadReader checked(byte[] bytes, int begin, int end) {
    int checked = end - Integer.BYTES;
    if (checked < begin) {
      throw MessageFault.of("message", "ends before its checksum");
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, begin, checked - begin);
    if ((int) crc.getValue() != new PayloadReader(bytes, checked, end).u32("checksum")) {
      throw MessageFault.of("checksum", "is not that of the message");
    }
    return new PayloadReader(bytes, begin, checked);
  }
}
