package llm265.vector.chunk;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.trinity.ChunkKernels;
import llm265.trinity.SearchKernels;
import llm265.vector.LaneIndex;

/**
 * The search with one state, which is a choice for each value by itself but for the rounding of the metric: no decisions, no
 * traceback. For vectors of 16 lanes, and one class.
 */
final class ChunkUniformSearch {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Float> FLOATS = INTS.withLanes(float.class);
  private static final int LANES = ChunkKernels.LANES;
  private static final float ROUNDER = ChunkBranches.ROUNDER;
  private static final int ROUNDER_BITS = ChunkBranches.ROUNDER_BITS;
  /** The sign's place in a code. */
  private static final int SIGN_SHIFT = 30;

  private ChunkUniformSearch() {}

  /** Writes the codes of at most {@link SearchKernels#METRIC_STEPS} steps, behind which the metric is 0 again. */
  static void search(
      float[] values, int from, int steps, float centre, float inverseStep, float[] costs, int table, int[] codes, int code) {
    IntVector low = FloatVector.fromArray(FLOATS, costs, table).reinterpretAsInts();
    IntVector high = FloatVector.fromArray(FLOATS, costs, table + LANES).reinterpretAsInts();
    FloatVector metric = FloatVector.zero(FLOATS);
    float costOfZero = costs[table];
    int last = ChunkKernels.NARROW_LENGTH - 1;
    for (int i = 0; i < steps * LANES; i += LANES) {
      FloatVector deviation = FloatVector.fromArray(FLOATS, values, from + i).sub(centre).mul(inverseStep);
      FloatVector a = deviation.reinterpretAsInts().and(Integer.MAX_VALUE).min(ChunkBranches.GREATEST_STEPS)
          .reinterpretAsFloats();

      FloatVector rounded = a.mul(0.25f).add(ROUNDER);
      IntVector n = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
      IntVector k = n.add(n);
      FloatVector error = a.sub(rounded.sub(ROUNDER).mul(4));
      FloatVector cost = error.mul(error).add(k.min(last).selectFrom(low, high).reinterpretAsFloats());
      FloatVector zero = a.mul(a).add(costOfZero);
      VectorMask<Float> isZero = zero.compare(VectorOperators.LT, cost);
      FloatVector even = cost.blend(zero, isZero).add(metric);
      k = k.blend(0, isZero.cast(INTS));

      rounded = a.sub(2).mul(0.25f).add(ROUNDER);
      n = rounded.reinterpretAsInts().sub(ROUNDER_BITS).max(0);
      IntVector oddK = n.add(n).add(1);
      error = a.sub(rounded.sub(ROUNDER).mul(4).reinterpretAsInts().max(0).reinterpretAsFloats().add(2));
      FloatVector odd = error.mul(error).add(oddK.min(last).selectFrom(low, high).reinterpretAsFloats()).add(metric);
      VectorMask<Float> isOdd = odd.compare(VectorOperators.LT, even);
      metric = even.blend(odd, isOdd);
      k.blend(oddK, isOdd.cast(INTS)).lanewise(VectorOperators.LSHL, 2)
          .or(deviation.reinterpretAsInts().lanewise(VectorOperators.LSHR, SIGN_SHIFT).and(2)).intoArray(codes, code + i);
    }
  }
}
