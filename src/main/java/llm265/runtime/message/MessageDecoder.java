package llm265.runtime.message;

import java.util.Arrays;
import java.util.zip.CRC32C;
import llm265.tensor.payload.PayloadReader;
import llm265.trinity.ChunkDecoder;
import llm265.trinity.ChunkKernels;
import llm265.trinity.Laws;
import llm265.trinity.Trellis;

/**
 * Decodes messages: what comes out depends on the message alone, bit for bit. Used by one thread at a time.
 *
 * <p>Nothing but {@link llm265.h264.MalformedStreamException} escapes, on any bytes.
 */
public final class MessageDecoder {
  private final Segments segments;
  private final ChunkDecoder decoder = new ChunkDecoder();
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
    int checked = end - Integer.BYTES;
    if (checked < begin) {
      throw MessageFault.of("message", "ends before its checksum");
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, begin, checked - begin);
    if ((int) crc.getValue() != new PayloadReader(bytes, checked, end).u32("checksum")) {
      throw MessageFault.of("checksum", "is not that of the message");
    }
    PayloadReader in = new PayloadReader(bytes, begin, checked);
    MessageHeader header = MessageHeader.read(in, segments);
    if (header.isCoded()) {
      decodeLevels(header, in);
    }
    in.requireEnd("message");
    header.reconstruct(levels, segments, out, at);
  }

  private void decodeLevels(MessageHeader header, PayloadReader in) {
    int count = header.coded(segments);
    int chunks = Math.ceilDiv(count, HeldRateCoder.CHUNK);
    int[] bounds = new int[chunks + 1];
    for (int i = 0; i < chunks; i++) {
      bounds[i + 1] = in.varint("chunk_bytes", in.remaining());
      if (bounds[i + 1] > in.remaining() - bounds[i]) {
        throw MessageFault.of("chunk_bytes", "are more than there are");
      }
      bounds[i + 1] += bounds[i];
    }
    byte[] body = Arrays.copyOf(in.bytes("chunk", bounds[chunks]), bounds[chunks] + ChunkKernels.SLACK);
    int padded = (count + ChunkKernels.LANES - 1) / ChunkKernels.LANES * ChunkKernels.LANES;
    if (levels.length < padded) {
      levels = new float[padded];
    }
    Trellis trellis = Trellis.of(header.stateBits());
    Laws laws = HeldRateCoder.laws(header.law());
    for (int i = 0; i < chunks;) {
      int from = i * HeldRateCoder.CHUNK;
      int steps = Math.min(HeldRateCoder.CHUNK, padded - from) / ChunkKernels.LANES;
      // The last chunk may have fewer steps, so it is decoded by itself.
      int group = Math.max(1, Math.min(ChunkDecoder.MOST_CHUNKS, (padded - from) / HeldRateCoder.CHUNK));
      decoder.decode(
          body, bounds, i, group, steps, trellis, laws, null, new ChunkDecoder.Dequantizer(1, 0), levels, from);
      i += group;
    }
  }
}
