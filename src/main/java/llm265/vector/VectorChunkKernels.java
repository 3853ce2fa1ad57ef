package llm265.vector;

import llm265.kernel.WarmingKernels;
import llm265.trinity.ChunkKernels;
import llm265.trinity.ScalarChunkKernels;
import llm265.trinity.Trellis;

/** {@link ChunkKernels} with the Vector API. */
public final class VectorChunkKernels extends WarmingKernels implements ChunkKernels {
  /**
   * Calls before the rehearsal begins, of 64K values or four times as many. The rehearsal takes seconds of two cores, in which
   * the reference decodes 100 M values and more: it does not pay for one tensor.
   */
  private static final int CALLS_BEFORE = 64;

  private final ScalarChunkKernels scalar = new ScalarChunkKernels();

  public VectorChunkKernels() {
    super(CALLS_BEFORE);
  }

  @Override
  public void search(float[] values, int from, int steps, float centre, float inverseStep, Trellis trellis, float[] costs,
      int length, byte[] classes, int[] codes, int[] decisions, float[] metrics) {
    if (LaneIndex.LANES < 8 || !ChunkPaths.isKnown(trellis) || !isWarm()) {
      scalar.search(values, from, steps, centre, inverseStep, trellis, costs, length, classes, codes, decisions, metrics);
    } else {
      ChunkSearch.search(values, from, steps, centre, inverseStep, trellis, costs, length, classes, codes, decisions, metrics);
    }
  }

  @Override
  public int encode(int[] codes, int steps, int tail, int[] symbols, int length, int[] slots, byte[] classes, int[] states,
      byte[] out, int end, int[] scratch) {
    if (LaneIndex.LANES < LANES / 2 || !isWarm()) {
      return scalar.encode(codes, steps, tail, symbols, length, slots, classes, states, out, end, scratch);
    }
    return ChunkEncoding.encode(codes, steps, tail, symbols, length, slots, classes, states, out, end, scratch);
  }

  @Override
  public void decode(byte[] in, int[] at, int[] ends, int[] tails, int steps, Trellis trellis, int[] states, int[] tables,
      int[] bases, byte[] classes, float scale, float offset, float[] out, int outAt, int[] scratch) {
    if (LaneIndex.LANES < LANES / 2 || !isWarm()) {
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
