package llm265.vector.chunk;

import java.util.Arrays;
import llm265.trinity.ChunkKernels;
import llm265.vector.LaneIndex;

/** Encodes the tail of a chunk, then what is before it. */
final class ChunkEncoding {
  private ChunkEncoding() {}

  static int encode(int[] codes, int steps, int tail, int[] symbols, int length, int[] slots, byte[] classes, int[] states,
      byte[] out, int end, int[] scratch) {
    int at;
    if (LaneIndex.LANES != ChunkKernels.LANES) {
      at = ChunkEncoding8.encode(codes, steps - tail, steps, true, symbols, length, slots, classes, states, out, end, scratch);
      at = ChunkEncoding8.encode(codes, 0, steps - tail, false, symbols, length, slots, classes, states, out, at, scratch);
    } else if (classes == null && length == ChunkKernels.NARROW_LENGTH) {
      at = ChunkEncoding16.encodeNarrow(codes, steps - tail, steps, true, symbols, slots, states, out, end, scratch);
      at = ChunkEncoding16.encodeNarrow(codes, 0, steps - tail, false, symbols, slots, states, out, at, scratch);
    } else {
      at = ChunkEncoding16.encode(codes, steps - tail, steps, true, symbols, length, slots, classes, states, out, end, scratch);
      at = ChunkEncoding16.encode(codes, 0, steps - tail, false, symbols, length, slots, classes, states, out, at, scratch);
    }
    Arrays.fill(out, at - ChunkKernels.CLEARED, at, (byte) 0);
    return at;
  }
}
