package llm265.runtime.message;

import llm265.tensor.payload.PayloadReader;
import llm265.trinity.Trellis;

/**
 * Decodes messages whose values are expected. Used by one thread at a time.
 *
 * <p>Nothing but {@link llm265.h264.MalformedStreamException} escapes, on any bytes.
 */
public final class ExpectedDecoder {
  private final Segments segments;
  private final LevelChunks chunks = new LevelChunks();
  private final float[] levels;
  private final byte[] classes;

  /** @param segments as the encoder has them */
  public ExpectedDecoder(Segments segments) {
    this.segments = segments;
    levels = new float[LevelChunks.padded(segments.values())];
    classes = new byte[levels.length];
  }

  /**
   * Decodes a message.
   *
   * @param expected what the encoder expected
   * @param out receives the values of all segments from {@code at} on
   * @throws llm265.h264.MalformedStreamException if the message is damaged, or other values were expected
   */
  public void decode(byte[] message, Expectation expected, float[] out, int at) {
    PayloadReader in = MessageDecoder.checked(message, 0, message.length);
    ExpectedHeader header = ExpectedHeader.read(in, segments, expected);
    if (header.isCoded()) {
      int count = header.classify(segments, expected, classes);
      chunks.read(in, count, Trellis.of(header.stateBits()), header.laws(), classes, levels);
    }
    in.requireEnd("message");
    header.reconstruct(levels, segments, out, at);
  }
}
