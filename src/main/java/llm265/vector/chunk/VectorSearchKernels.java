package llm265.vector.chunk;

import llm265.kernel.WarmingKernels;
import llm265.trinity.ScalarSearchKernels;
import llm265.trinity.SearchKernels;
import llm265.trinity.Trellis;

/**
 * {@link SearchKernels} with the Vector API, of 512, 256 and 128 bits. With 128 bits it is 3 times as fast as the reference with
 * 8 states and 5 times with 64.
 */
public final class VectorSearchKernels extends WarmingKernels implements SearchKernels {
  /** Microseconds of the reference, about, before the rehearsal begins. */
  private static final int MICROSECONDS_BEFORE = 1_500_000;

  private final ScalarSearchKernels scalar = new ScalarSearchKernels();

  public VectorSearchKernels() {
    super(MICROSECONDS_BEFORE);
  }

  @Override
  public void search(float[] values, int from, int steps, float centre, float inverseStep, Trellis trellis, float[] costs,
      int length, byte[] classes, int[] states, int[] codes, int[] decisions, float[] metrics) {
    if (!ChunkPaths.isKnown(trellis) || !isWarm(searchTime(steps, trellis))) {
      scalar.search(
          values, from, steps, centre, inverseStep, trellis, costs, length, classes, states, codes, decisions, metrics);
    } else {
      ChunkSearch.search(
          values, from, steps, centre, inverseStep, trellis, costs, length, classes, states, codes, decisions, metrics);
    }
  }

  private static int searchTime(int steps, Trellis trellis) {
    return steps * (16 + trellis.states()) / 16;
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    SearchRehearsal rehearsal = new SearchRehearsal(vector ? new VectorSearchKernels() : scalar);
    return rehearsal::run;
  }
}
