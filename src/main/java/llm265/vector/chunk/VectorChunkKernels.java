package llm265.vector.chunk;

import llm265.kernel.WarmingKernels;
import llm265.trinity.ChunkKernels;
import llm265.trinity.ScalarChunkKernels;
import llm265.trinity.Trellis;
import llm265.vector.LaneIndex;

/**
 * {@link ChunkKernels} with the Vector API, of 512, 256 and 128 bits.
 *
 * <p>With 128 bits only the search has vectors, which are 3 times as fast as the reference with 8 states and 5 times with 64. The
 * entropy coder looks tables up for each lane: gathers of four lanes save nothing over the reference, which decodes 140 M values
 * per second there.
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
  public void search(float[] values, int from, int steps, float centre, float inverseStep, Trellis trellis, float[] costs,
      int length, byte[] classes, int[] codes, int[] decisions, float[] metrics) {
    if (!ChunkPaths.isKnown(trellis) || !isWarm(searchTime(steps, trellis))) {
      scalar.search(values, from, steps, centre, inverseStep, trellis, costs, length, classes, codes, decisions, metrics);
    } else {
      ChunkSearch.search(values, from, steps, centre, inverseStep, trellis, costs, length, classes, codes, decisions, metrics);
    }
  }

  private static int searchTime(int steps, Trellis trellis) {
    return steps * (16 + trellis.states()) / 16;
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
