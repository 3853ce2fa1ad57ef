package llm265.runtime.message;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.trinity.ChunkDecoder;
import llm265.trinity.ChunkEncoder;
import llm265.trinity.ChunkKernels;
import llm265.trinity.Histogram;
import llm265.trinity.Laws;
import llm265.trinity.Trellis;

/** The levels of a message in chunks: searched and written, or read. Used by one thread at a time. */
final class LevelChunks {
  /** Values of a chunk; the last one of a message may have fewer. */
  static final int CHUNK = 1 << 16;

  private static final int LANES = ChunkKernels.LANES;

  private final List<ChunkEncoder> encoders = new ArrayList<>();
  private ChunkDecoder decoder;
  private byte[] bytes = new byte[0];

  /** Values with those that fill the last step of lanes. */
  static int padded(int values) {
    return (values + LANES - 1) / LANES * LANES;
  }

  private static int chunks(int values) {
    return Math.ceilDiv(values, CHUNK);
  }

  private static byte[] classesOf(byte[] classes, int chunk, int steps) {
    return classes == null ? null : Arrays.copyOfRange(classes, chunk * CHUNK, chunk * CHUNK + steps * LANES);
  }

  /**
   * Searches levels.
   *
   * @param values with zeros behind them up to {@link #padded}
   * @param classes of the values, by which the laws differ; null where they have one
   * @param levels receives the levels in steps
   */
  void search(
      float[] values, int count, ChunkEncoder.Quantizer quantizer, Trellis trellis, Laws laws, byte[] classes, float[] levels) {
    for (int i = 0; i < chunks(count); i++) {
      if (encoders.size() == i) {
        encoders.add(new ChunkEncoder(Math.min(padded(values.length), CHUNK) / LANES));
      }
      int from = i * CHUNK;
      int steps = Math.ceilDiv(Math.min(CHUNK, count - from), LANES);
      encoders.get(i).search(values, from, steps, quantizer, trellis, laws, classesOf(classes, i, steps));
      encoders.get(i).levels(levels, from);
    }
  }

  void addTo(Histogram histogram, int count) {
    for (int i = 0; i < chunks(count); i++) {
      encoders.get(i).count(histogram);
    }
  }

  /** Writes the levels searched last. */
  void write(Laws laws, int count, PayloadWriter out) {
    int end = 0;
    for (int i = 0; i < chunks(count); i++) {
      ChunkEncoder encoder = encoders.get(i);
      if (bytes.length < end + encoder.mostBytes()) {
        bytes = Arrays.copyOf(bytes, end + Math.max(end, encoder.mostBytes()));
      }
      int begin = end;
      end = encoder.write(laws, bytes, begin);
      out.varint(end - begin);
    }
    out.bytes(bytes, 0, end);
  }

  /**
   * By how much levels are multiplied for the least squared error.
   *
   * @return values over levels; 0 where all levels are 0
   */
  static double gain(float[] values, float[] levels, int count) {
    double products = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      products += (double) values[i] * levels[i];
      squares += (double) levels[i] * levels[i];
    }
    return squares == 0 ? 0 : products / squares;
  }

  /**
   * Reads levels.
   *
   * @param classes as they were searched with
   * @param levels receives them, of length {@link #padded} or more
   */
  void read(PayloadReader in, int count, Trellis trellis, Laws laws, byte[] classes, float[] levels) {
    int chunks = chunks(count);
    int[] bounds = new int[chunks + 1];
    for (int i = 0; i < chunks; i++) {
      bounds[i + 1] = in.varint("chunk_bytes", in.remaining());
      if (bounds[i + 1] > in.remaining() - bounds[i]) {
        throw MessageFault.of("chunk_bytes", "are more than there are");
      }
      bounds[i + 1] += bounds[i];
    }
    byte[] body = Arrays.copyOf(in.bytes("chunk", bounds[chunks]), bounds[chunks] + ChunkKernels.SLACK);
    decoder = decoder == null ? new ChunkDecoder() : decoder;
    int padded = padded(count);
    for (int i = 0; i < chunks;) {
      int from = i * CHUNK;
      int steps = Math.min(CHUNK, padded - from) / LANES;
      // The last chunk may have fewer steps, and each may have classes, so it is decoded by itself.
      int group = classes != null ? 1 : Math.max(1, Math.min(ChunkDecoder.MOST_CHUNKS, (padded - from) / CHUNK));
      decoder.decode(
          body, bounds, i, group, steps, trellis, laws, classesOf(classes, i, steps), new ChunkDecoder.Dequantizer(1, 0), levels,
          from);
      i += group;
    }
  }
}
