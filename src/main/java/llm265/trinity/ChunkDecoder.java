package llm265.trinity;

import llm265.h264.MalformedStreamException;

/**
 * Decodes chunks to values, several of them in lockstep. Used by one thread at a time.
 *
 * <p>Nothing but {@link MalformedStreamException} escapes, on any bytes.
 */
public final class ChunkDecoder {
  private static final int LANES = ChunkKernels.LANES;

  /** Chunks that a kernel decodes at a time at most. */
  public static final int MOST_CHUNKS = 4;

  private final int[][] states = new int[MOST_CHUNKS + 1][];
  private final int[][] tails = new int[MOST_CHUNKS + 1][];
  private final int[][] at = new int[MOST_CHUNKS + 1][];
  private final int[][] ends = new int[MOST_CHUNKS + 1][];
  private final int[] scratch = new int[MOST_CHUNKS * LANES + ChunkKernels.DECODER_SCRATCH];

  public ChunkDecoder() {
    for (int i = 1; i <= MOST_CHUNKS; i++) {
      states[i] = new int[i * LANES];
      tails[i] = new int[i];
      at[i] = new int[i];
      ends[i] = new int[i];
    }
  }

  /**
   * What levels become.
   *
   * @param scale value of a step
   * @param offset value of level 0
   */
  public record Dequantizer(float scale, float offset) {}

  /**
   * Decodes chunks that lie one behind the other, of one number of steps.
   *
   * @param in has {@link ChunkKernels#SLACK} bytes behind the chunks
   * @param bounds of {@code count + 1} places from {@code first} on: where each chunk begins, and where the last ends
   * @param count 1 to {@link #MOST_CHUNKS}
   * @param classes of the values of all chunks; null for one class
   * @param out receives {@code 16 * steps} values for each chunk from {@code outAt} on
   */
  public void decode(
      byte[] in, int[] bounds, int first, int count, int steps, Trellis trellis, Laws laws, byte[] classes,
      Dequantizer dequantizer, float[] out, int outAt) {
    int[] places = at[count];
    for (int i = 0; i < count; i++) {
      int end = bounds[first + i + 1];
      int begin = bounds[first + i];
      if (begin == end) {
        throw new MalformedStreamException("chunk", "SPEC.md, Chunks", "is empty");
      }
      tails[count][i] = in[begin] & 0xFF;
      if (tails[count][i] > steps) {
        throw new MalformedStreamException("tail", "SPEC.md, Chunks", tails[count][i] + " of " + steps + " steps");
      }
      places[i] = LaneStates.read(in, begin + 1, end, states[count], i * LANES);
      ends[count][i] = end;
    }
    ChunkKernels.ACTIVE.decode(
        in, places, ends[count], tails[count], steps, trellis, states[count], laws.decoder(), laws.bases(), classes,
        dequantizer.scale, dequantizer.offset, out, outAt, scratch);
    for (int i = 0; i < count; i++) {
      if (places[i] != ends[count][i]) {
        throw new MalformedStreamException("chunk", "SPEC.md, Chunks", "its words are not as many as its values take");
      }
    }
    for (int state : states[count]) {
      // The encoder began there: a power of two, 2^16 at most.
      if (Integer.compareUnsigned(state, 1 << 16) > 0 || Integer.bitCount(state) != 1) {
        throw new MalformedStreamException("chunk", "SPEC.md, Chunks", "it does not end as an encoder begins");
      }
    }
  }
}
