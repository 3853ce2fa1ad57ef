package llm265.vector.chunk;

import llm265.kernel.WarmingKernels;
import llm265.trinity.ChunkKernels;
import llm265.trinity.ScalarChunkKernels;
import llm265.trinity.Trellis;
import llm265.vector.LaneIndex;

/**
 * {@link ChunkKernels} with the Vector API, of 512 and 256 bits.
 *
 * <p>With 128 bits there are none: the entropy coder looks tables up for each lane, and gathers of four lanes save nothing over
 * the reference, which decodes 140 M values per second there.
 */
public final class VectorChunkKernels extends WarmingKernels implements ChunkKernels {
  /**
   * Microseconds of the reference, about, before the rehearsal begins. That takes seconds of two cores: it does not pay for one
   * tensor, nor to decode some hundred million values.
   */
  private static final int MICROSECONDS_BEFORE = 1_500_000;

  private final ScalarChunkKernels scalar = new ScalarChunkKernels();

  public VectorChunkKernels() {
    super(MICROSECONDS_BEFORE);
  }

  @Override
  public int encode(int[] codes, int steps, int tail, int[] symbols, int length, int[] slots, byte[] classes, int[] states,
      byte[] out, int end, int[] scratch) {
    if (LaneIndex.LANES < LANES / 2 || !isWarm(steps / 2)) {
      return scalar.encode(codes, steps, tail, symbols, length, slots, classes, states, out, end, scratch);
    }
    return ChunkEncoding.encode(codes, steps, tail, symbols, length, slots, classes, states, out, end, scratch);
  }

  @Override
  public void decode(byte[] in, int[] at, int[] ends, int[] tails, int steps, Trellis trellis, int[] states, int[] tables,
      int[] bases, byte[] classes, float scale, float offset, float[] out, int outAt, int[] scratch) {
    if (LaneIndex.LANES < LANES / 2 || !isWarm(at.length * steps / 4)) {
      scalar.decode(in, at, ends, tails, steps, trellis, states, tables, bases, classes, scale, offset, out, outAt, scratch);
    } else {
      ChunkDecoding.decode(
          in, at, ends, tails, steps, trellis, states, tables, bases, classes, scale, offset, out, outAt, scratch);
    }
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    ChunkRehearsal rehearsal = new ChunkRehearsal(vector ? new VectorChunkKernels() : scalar);
    return rehearsal::run;
  }
}
