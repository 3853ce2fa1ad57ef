package llm265.vector.chunk;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.trinity.ChunkKernels;
import llm265.trinity.Trellis;
import llm265.vector.LaneIndex;

/** Follows the best paths back to the first step, and writes the codes of their magnitudes. */
final class ChunkTraceback {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Float> FLOATS = INTS.withLanes(float.class);
  private static final int LANES = ChunkKernels.LANES;

  private ChunkTraceback() {}

  /**
   * Writes codes.
   *
   * @param decisions of {@link ChunkPaths}
   * @param metrics those behind the last step, from {@code metricAt} on; of equal ones the lowest state's path is the best
   * @param states receives those in which the paths end; null where nobody asks
   * @param codes hold the notes of {@link ChunkBranches}
   */
  static void trace(
      float[] values, int from, int steps, float centre, float inverseStep, Trellis trellis, int[] decisions, float[] metrics,
      int metricAt, int lane, int[] states, int[] codes) {
    FloatVector least = FloatVector.fromArray(FLOATS, metrics, metricAt + lane);
    IntVector state = IntVector.zero(INTS);
    for (int s = 1; s < trellis.states(); s++) {
      FloatVector metric = FloatVector.fromArray(FLOATS, metrics, metricAt + s * LANES + lane);
      VectorMask<Float> worse = metric.compare(VectorOperators.GE, least);
      least = metric.blend(least, worse);
      state = IntVector.broadcast(INTS, s).blend(state, worse.cast(INTS));
    }
    if (states != null) {
      IntVector.zero(INTS).or(state).intoArray(states, lane);
    }
    int words = Math.ceilDiv(trellis.states(), 32);
    int quantizerShift = trellis.stateBits() - 1;
    for (int t = steps - 1; t >= 0; t--) {
      int i = t * LANES + lane;
      IntVector known = IntVector.zero(INTS).or(state);
      IntVector word = known.lanewise(VectorOperators.LSHR, 5);
      IntVector decision = IntVector.fromArray(INTS, decisions, t * words * LANES + lane);
      for (int w = 1; w < words; w++) {
        decision = IntVector.fromArray(INTS, decisions, (t * words + w) * LANES + lane)
            .blend(decision, word.compare(VectorOperators.NE, w));
      }
      IntVector parity = IntVector.zero(INTS).or(decision).lanewise(VectorOperators.LSHR, state).and(1);
      IntVector quantizer = known.lanewise(VectorOperators.LSHR, quantizerShift);
      IntVector rest = parity.add(parity).lanewise(VectorOperators.XOR, quantizer.add(quantizer).or(quantizer));

      FloatVector a = FloatVector.fromArray(FLOATS, values, from + i).sub(centre).mul(inverseStep)
          .reinterpretAsInts().and(Integer.MAX_VALUE).min(ChunkBranches.GREATEST_STEPS).reinterpretAsFloats();
      IntVector n = a.sub(rest.convert(VectorOperators.I2F, 0)).mul(0.25f).add(ChunkBranches.ROUNDER).reinterpretAsInts()
          .sub(ChunkBranches.ROUNDER_BITS).max(0);
      IntVector note = IntVector.fromArray(INTS, codes, i);
      VectorMask<Integer> isZero = note.lanewise(VectorOperators.LSHR, quantizer.add(ChunkBranches.ZERO_SHIFT))
          .lanewise(VectorOperators.AND_NOT, parity).and(1).compare(VectorOperators.NE, 0);
      IntVector magnitude = n.add(n).add(rest.add(quantizer).lanewise(VectorOperators.LSHR, 1)).blend(0, isZero);
      magnitude.lanewise(VectorOperators.LSHL, 2).or(note.and(2)).or(quantizer).intoArray(codes, i);

      state = known.lanewise(VectorOperators.XOR, quantizer.neg().and(trellis.h0()))
          .lanewise(VectorOperators.XOR, parity.neg().and(trellis.h1()));
      state = quantizer.or(state.add(state)).and(trellis.states() - 1);
    }
  }
}
