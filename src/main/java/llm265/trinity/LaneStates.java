package llm265.trinity;

import llm265.h264.MalformedStreamException;

/**
 * The states of a chunk's 16 entropy coders, of 2^16 to 2^32 - 1 each, in as many bits as they have: four bits how many follow
 * over 16, lane after lane, then those below the first one bit. SPEC.md, "Chunks".
 *
 * <p>States are even in their logarithm, so that these four bits say what they cost: 16 states of 32 bits took 72 bits more.
 */
final class LaneStates {
  /** Lengths and states, in bytes at most. */
  static final int MOST_BYTES = ChunkKernels.LANES / 2 + ChunkKernels.LANES * 31 / 8;

  private static final int LEAST_BITS = 16;

  private LaneStates() {}

  /** Writes states from {@code at} on; returns the index behind them. */
  static int write(int[] states, byte[] out, int at) {
    for (int lane = 0; lane < ChunkKernels.LANES; lane += 2) {
      out[at + lane / 2] = (byte) ((bits(states[lane]) - LEAST_BITS) | ((bits(states[lane + 1]) - LEAST_BITS) << 4));
    }
    int end = at + ChunkKernels.LANES / 2;
    long pending = 0;
    int bits = 0;
    for (int state : states) {
      int length = bits(state);
      pending |= (state & ((1L << length) - 1)) << bits;
      bits += length;
      for (; bits >= 8; bits -= 8) {
        out[end++] = (byte) pending;
        pending >>>= 8;
      }
    }
    if (bits > 0) {
      out[end++] = (byte) pending;
    }
    return end;
  }

  /** Bits of a state below its first one bit. */
  private static int bits(int state) {
    return 31 - Integer.numberOfLeadingZeros(state);
  }

  /**
   * Reads states from {@code at} on; returns the index behind them.
   *
   * @throws MalformedStreamException if they do not end before {@code end}, or bits that fill the last byte are not 0
   */
  static int read(byte[] in, int at, int end, int[] states, int first) {
    int from = at + ChunkKernels.LANES / 2;
    if (from > end) {
      throw malformed();
    }
    long pending = 0;
    int bits = 0;
    for (int lane = 0; lane < ChunkKernels.LANES; lane++) {
      int length = LEAST_BITS + ((in[at + lane / 2] >> (4 * (lane & 1))) & 15);
      for (; bits < length; bits += 8) {
        if (from == end) {
          throw malformed();
        }
        pending |= (in[from++] & 0xFFL) << bits;
      }
      states[first + lane] = (int) ((pending & ((1L << length) - 1)) | (1L << length));
      pending >>>= length;
      bits -= length;
    }
    if (pending != 0) {
      throw malformed();
    }
    return from;
  }

  private static MalformedStreamException malformed() {
    return new MalformedStreamException("lane_states", "SPEC.md, Chunks", "are not complete");
  }
}
