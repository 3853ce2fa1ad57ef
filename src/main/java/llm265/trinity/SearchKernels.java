package llm265.trinity;

import llm265.kernel.KernelLoader;
import llm265.kernel.Scratch;

/**
 * The search for the levels of a chunk, whose values lie as {@link ChunkKernels} says. Implementations have no state; any thread
 * may use them. Floats are binary32, with no fused multiply-add: which levels are chosen depends on each rounding.
 */
public interface SearchKernels {
  /** Steps after which metrics are made small again. */
  int METRIC_STEPS = 64;

  /** Room for the costs of so many steps, by quantizer and parity. */
  int BRANCHES = METRIC_STEPS * 4 * ChunkKernels.LANES;

  /** The metric of a state that cannot be reached yet. */
  float UNREACHED = 0x1p100f;

  /** The greatest magnitude of a value in steps. */
  float GREATEST_STEPS = 0x1FFF0;

  /** The implementation in use. */
  SearchKernels ACTIVE =
      KernelLoader.load(SearchKernels.class, new ScalarSearchKernels(), "llm265.vector.chunk.VectorSearchKernels");

  /**
   * Chooses the levels of a chunk by the path of least cost: the sum of {@code (a - u)^2 + cost} over its values, where
   * {@code a = min(|(x - centre) * inverseStep|, GREATEST_STEPS)} and {@code u} is a magnitude in steps.
   *
   * <p>For each quantizer and parity one magnitude is looked at: with {@code r} of 0 and 2 for the even and odd magnitudes of the
   * first quantizer, 3 and 1 for those of the second, {@code u = r + 4 max(0, rint((a - r) / 4))}; zero takes its place among
   * even magnitudes where that costs less. Of two paths that cost the same the one whose last magnitude is even stays, and of
   * ends the one of the lowest state.
   *
   * @param values {@code 16 * steps} finite values from {@code from} on
   * @param costs by class, quantizer and magnitude, each of {@code length} elements
   * @param length {@link ChunkKernels#NARROW_LENGTH} or {@link ChunkKernels#WIDE_LENGTH}
   * @param states of the lanes before the first step; receives those behind the last one. Null where all paths begin in state 0
   *     and nobody asks where they end
   * @param codes receives {@code 16 * steps} codes, from 0 on
   * @param decisions room for {@code 16 * steps} numbers for every 32 states, or a part of them
   * @param metrics room for 32 numbers a state and {@link #BRANCHES}
   */
  void search(float[] values, int from, int steps, float centre, float inverseStep, Trellis trellis, float[] costs, int length,
      byte[] classes, int[] states, int[] codes, @Scratch int[] decisions, @Scratch float[] metrics);
}
