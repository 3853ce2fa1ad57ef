package llm265.vector.chunk;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.trinity.ChunkKernels;
import llm265.trinity.Trellis;
import llm265.vector.LaneIndex;

/**
 * Steps forward through a trellis, each lane by itself: which of two paths every state keeps, and what it costs.
 *
 * <p>The decisions of a step are an int of each lane for every 32 states: bit s of state s is set where the path with the odd
 * magnitude stays. The metrics of 4 and 8 states are in registers, those of more in memory, by state and lane.
 */
final class ChunkPaths {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Float> FLOATS = INTS.withLanes(float.class);
  /** Adding to it changes nothing. */
  private static final FloatVector ZERO = FloatVector.broadcast(FLOATS, -0f);
  private static final int LANES = ChunkKernels.LANES;
  private static final int STEP = ChunkBranches.STEP;
  /** States of a block, which are of one quantizer from 16 states on. */
  private static final int BLOCK = 8;
  private static final int WORD = 32;

  private ChunkPaths() {}

  /** Whether there is a way through a trellis: the unrolled ones know the best of 4 and 8 states only. */
  static boolean isKnown(Trellis trellis) {
    return trellis.states() == 1 || trellis.states() >= 2 * BLOCK
        || Trellis.isKnown(trellis.stateBits()) && trellis.equals(Trellis.of(trellis.stateBits()));
  }

  /**
   * Takes some steps.
   *
   * @param branches {@link ChunkBranches#STEP} costs a step, from {@code branchAt} on
   * @param decisions receives those of the steps from {@code decisionAt} on
   * @param metrics of all states, those of the even steps and of the odd ones
   * @param lane the first of the lanes
   */
  static void forward(
      Trellis trellis, int steps, float[] branches, int branchAt, int[] decisions, int decisionAt, float[] metrics, int lane) {
    switch (trellis.states()) {
      case 1 -> one(steps, branches, branchAt, decisions, decisionAt, metrics, lane);
      case 4 -> four(steps, branches, branchAt, decisions, decisionAt, metrics, lane);
      case 8 -> eight(steps, branches, branchAt, decisions, decisionAt, metrics, lane);
      default -> many(trellis, steps, branches, branchAt, decisions, decisionAt, metrics, lane);
    }
  }

  private static void one(
      int steps, float[] branches, int branchAt, int[] decisions, int decisionAt, float[] metrics, int lane) {
    FloatVector metric = FloatVector.fromArray(FLOATS, metrics, lane);
    for (int t = 0; t < steps; t++) {
      int at = branchAt + t * STEP + lane;
      FloatVector even = FloatVector.fromArray(FLOATS, branches, at).add(metric);
      FloatVector odd = FloatVector.fromArray(FLOATS, branches, at + LANES).add(metric);
      VectorMask<Float> isOdd = odd.compare(VectorOperators.LT, even);
      metric = even.blend(odd, isOdd);
      IntVector.zero(INTS).blend(1, isOdd.cast(INTS)).intoArray(decisions, decisionAt + t * LANES + lane);
    }
    ZERO.add(metric).intoArray(metrics, lane);
  }

  /** Steps through the best trellis of 4 states. */
  private static void four(
      int steps, float[] branches, int branchAt, int[] decisions, int decisionAt, float[] metrics, int lane) {
    FloatVector m0 = FloatVector.fromArray(FLOATS, metrics, lane);
    FloatVector m1 = FloatVector.fromArray(FLOATS, metrics, LANES + lane);
    FloatVector m2 = FloatVector.fromArray(FLOATS, metrics, 2 * LANES + lane);
    FloatVector m3 = FloatVector.fromArray(FLOATS, metrics, 3 * LANES + lane);
    for (int t = 0; t < steps; t++) {
      int at = branchAt + t * STEP + lane;
      FloatVector even = FloatVector.fromArray(FLOATS, branches, at);
      FloatVector odd = FloatVector.fromArray(FLOATS, branches, at + LANES);
      FloatVector even0 = even.add(m0);
      FloatVector odd0 = odd.add(m2);
      FloatVector even1 = even.add(m2);
      FloatVector odd1 = odd.add(m0);
      even = FloatVector.fromArray(FLOATS, branches, at + 2 * LANES);
      odd = FloatVector.fromArray(FLOATS, branches, at + 3 * LANES);
      FloatVector even2 = even.add(m1);
      FloatVector odd2 = odd.add(m3);
      FloatVector even3 = even.add(m3);
      FloatVector odd3 = odd.add(m1);
      VectorMask<Float> isOdd0 = odd0.compare(VectorOperators.LT, even0);
      VectorMask<Float> isOdd1 = odd1.compare(VectorOperators.LT, even1);
      VectorMask<Float> isOdd2 = odd2.compare(VectorOperators.LT, even2);
      VectorMask<Float> isOdd3 = odd3.compare(VectorOperators.LT, even3);
      m0 = even0.blend(odd0, isOdd0);
      m1 = even1.blend(odd1, isOdd1);
      m2 = even2.blend(odd2, isOdd2);
      m3 = even3.blend(odd3, isOdd3);
      IntVector.zero(INTS).blend(1, isOdd0.cast(INTS))
          .lanewise(VectorOperators.OR, 1 << 1, isOdd1.cast(INTS))
          .lanewise(VectorOperators.OR, 1 << 2, isOdd2.cast(INTS))
          .lanewise(VectorOperators.OR, 1 << 3, isOdd3.cast(INTS))
          .intoArray(decisions, decisionAt + t * LANES + lane);
    }
    ZERO.add(m0).intoArray(metrics, lane);
    ZERO.add(m1).intoArray(metrics, LANES + lane);
    ZERO.add(m2).intoArray(metrics, 2 * LANES + lane);
    ZERO.add(m3).intoArray(metrics, 3 * LANES + lane);
  }

  /** Steps through the best trellis of 8 states. */
  private static void eight(
      int steps, float[] branches, int branchAt, int[] decisions, int decisionAt, float[] metrics, int lane) {
    FloatVector m0 = FloatVector.fromArray(FLOATS, metrics, lane);
    FloatVector m1 = FloatVector.fromArray(FLOATS, metrics, LANES + lane);
    FloatVector m2 = FloatVector.fromArray(FLOATS, metrics, 2 * LANES + lane);
    FloatVector m3 = FloatVector.fromArray(FLOATS, metrics, 3 * LANES + lane);
    FloatVector m4 = FloatVector.fromArray(FLOATS, metrics, 4 * LANES + lane);
    FloatVector m5 = FloatVector.fromArray(FLOATS, metrics, 5 * LANES + lane);
    FloatVector m6 = FloatVector.fromArray(FLOATS, metrics, 6 * LANES + lane);
    FloatVector m7 = FloatVector.fromArray(FLOATS, metrics, 7 * LANES + lane);
    for (int t = 0; t < steps; t++) {
      int at = branchAt + t * STEP + lane;
      FloatVector even = FloatVector.fromArray(FLOATS, branches, at);
      FloatVector odd = FloatVector.fromArray(FLOATS, branches, at + LANES);
      FloatVector even0 = even.add(m0);
      FloatVector odd0 = odd.add(m4);
      FloatVector even1 = even.add(m2);
      FloatVector odd1 = odd.add(m6);
      FloatVector even2 = even.add(m4);
      FloatVector odd2 = odd.add(m0);
      FloatVector even3 = even.add(m6);
      FloatVector odd3 = odd.add(m2);
      even = FloatVector.fromArray(FLOATS, branches, at + 2 * LANES);
      odd = FloatVector.fromArray(FLOATS, branches, at + 3 * LANES);
      FloatVector even4 = even.add(m3);
      FloatVector odd4 = odd.add(m7);
      FloatVector even5 = even.add(m1);
      FloatVector odd5 = odd.add(m5);
      FloatVector even6 = even.add(m7);
      FloatVector odd6 = odd.add(m3);
      FloatVector even7 = even.add(m5);
      FloatVector odd7 = odd.add(m1);
      VectorMask<Float> isOdd0 = odd0.compare(VectorOperators.LT, even0);
      VectorMask<Float> isOdd1 = odd1.compare(VectorOperators.LT, even1);
      VectorMask<Float> isOdd2 = odd2.compare(VectorOperators.LT, even2);
      VectorMask<Float> isOdd3 = odd3.compare(VectorOperators.LT, even3);
      VectorMask<Float> isOdd4 = odd4.compare(VectorOperators.LT, even4);
      VectorMask<Float> isOdd5 = odd5.compare(VectorOperators.LT, even5);
      VectorMask<Float> isOdd6 = odd6.compare(VectorOperators.LT, even6);
      VectorMask<Float> isOdd7 = odd7.compare(VectorOperators.LT, even7);
      m0 = even0.blend(odd0, isOdd0);
      m1 = even1.blend(odd1, isOdd1);
      m2 = even2.blend(odd2, isOdd2);
      m3 = even3.blend(odd3, isOdd3);
      m4 = even4.blend(odd4, isOdd4);
      m5 = even5.blend(odd5, isOdd5);
      m6 = even6.blend(odd6, isOdd6);
      m7 = even7.blend(odd7, isOdd7);
      IntVector.zero(INTS).blend(1, isOdd0.cast(INTS))
          .lanewise(VectorOperators.OR, 1 << 1, isOdd1.cast(INTS))
          .lanewise(VectorOperators.OR, 1 << 2, isOdd2.cast(INTS))
          .lanewise(VectorOperators.OR, 1 << 3, isOdd3.cast(INTS))
          .lanewise(VectorOperators.OR, 1 << 4, isOdd4.cast(INTS))
          .lanewise(VectorOperators.OR, 1 << 5, isOdd5.cast(INTS))
          .lanewise(VectorOperators.OR, 1 << 6, isOdd6.cast(INTS))
          .lanewise(VectorOperators.OR, 1 << 7, isOdd7.cast(INTS))
          .intoArray(decisions, decisionAt + t * LANES + lane);
    }
    ZERO.add(m0).intoArray(metrics, lane);
    ZERO.add(m1).intoArray(metrics, LANES + lane);
    ZERO.add(m2).intoArray(metrics, 2 * LANES + lane);
    ZERO.add(m3).intoArray(metrics, 3 * LANES + lane);
    ZERO.add(m4).intoArray(metrics, 4 * LANES + lane);
    ZERO.add(m5).intoArray(metrics, 5 * LANES + lane);
    ZERO.add(m6).intoArray(metrics, 6 * LANES + lane);
    ZERO.add(m7).intoArray(metrics, 7 * LANES + lane);
  }

  private static void many(
      Trellis trellis, int steps, float[] branches, int branchAt, int[] decisions, int decisionAt, float[] metrics, int lane) {
    int states = trellis.states();
    int words = Math.ceilDiv(states, WORD);
    int quantizerShift = trellis.stateBits() - 1;
    // Places of metrics are states times 16: of those before, with their quantizer in the lowest bit.
    int turn0 = trellis.h0();
    int turn1 = 2 * trellis.h1() % states * LANES;
    for (int t = 0; t < steps; t++) {
      int now = (t & 1) * states * LANES + lane;
      int next = (~t & 1) * states * LANES + lane;
      for (int word = 0; word < words; word++) {
        IntVector decision = IntVector.zero(INTS);
        int end = Math.min(states - word * WORD, WORD);
        for (int bit = 0; bit < end; bit += BLOCK) {
          int state = word * WORD + bit;
          int quantizer = state >>> quantizerShift;
          int rest = state ^ (-quantizer & turn0);
          int before = (2 * rest + quantizer) & (states - 1);
          int from = before * LANES;
          int at = branchAt + t * STEP + quantizer * 2 * LANES + lane;
          int to = next + state * LANES;
          FloatVector even = FloatVector.fromArray(FLOATS, branches, at);
          FloatVector odd = FloatVector.fromArray(FLOATS, branches, at + LANES);
          FloatVector even0 = even.add(FloatVector.fromArray(FLOATS, metrics, now + from));
          FloatVector odd0 = odd.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ turn1)));
          VectorMask<Float> isOdd0 = odd0.compare(VectorOperators.LT, even0);
          even0.blend(odd0, isOdd0).intoArray(metrics, to);
          FloatVector even1 = even.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 2 * LANES)));
          FloatVector odd1 = odd.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 2 * LANES ^ turn1)));
          VectorMask<Float> isOdd1 = odd1.compare(VectorOperators.LT, even1);
          even1.blend(odd1, isOdd1).intoArray(metrics, to + 1 * LANES);
          FloatVector even2 = even.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 4 * LANES)));
          FloatVector odd2 = odd.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 4 * LANES ^ turn1)));
          VectorMask<Float> isOdd2 = odd2.compare(VectorOperators.LT, even2);
          even2.blend(odd2, isOdd2).intoArray(metrics, to + 2 * LANES);
          FloatVector even3 = even.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 6 * LANES)));
          FloatVector odd3 = odd.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 6 * LANES ^ turn1)));
          VectorMask<Float> isOdd3 = odd3.compare(VectorOperators.LT, even3);
          even3.blend(odd3, isOdd3).intoArray(metrics, to + 3 * LANES);
          FloatVector even4 = even.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 8 * LANES)));
          FloatVector odd4 = odd.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 8 * LANES ^ turn1)));
          VectorMask<Float> isOdd4 = odd4.compare(VectorOperators.LT, even4);
          even4.blend(odd4, isOdd4).intoArray(metrics, to + 4 * LANES);
          FloatVector even5 = even.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 10 * LANES)));
          FloatVector odd5 = odd.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 10 * LANES ^ turn1)));
          VectorMask<Float> isOdd5 = odd5.compare(VectorOperators.LT, even5);
          even5.blend(odd5, isOdd5).intoArray(metrics, to + 5 * LANES);
          FloatVector even6 = even.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 12 * LANES)));
          FloatVector odd6 = odd.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 12 * LANES ^ turn1)));
          VectorMask<Float> isOdd6 = odd6.compare(VectorOperators.LT, even6);
          even6.blend(odd6, isOdd6).intoArray(metrics, to + 6 * LANES);
          FloatVector even7 = even.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 14 * LANES)));
          FloatVector odd7 = odd.add(FloatVector.fromArray(FLOATS, metrics, now + (from ^ 14 * LANES ^ turn1)));
          VectorMask<Float> isOdd7 = odd7.compare(VectorOperators.LT, even7);
          even7.blend(odd7, isOdd7).intoArray(metrics, to + 7 * LANES);
          decision = IntVector.zero(INTS).blend(1, isOdd0.cast(INTS))
              .lanewise(VectorOperators.OR, 1 << 1, isOdd1.cast(INTS))
              .lanewise(VectorOperators.OR, 1 << 2, isOdd2.cast(INTS))
              .lanewise(VectorOperators.OR, 1 << 3, isOdd3.cast(INTS))
              .lanewise(VectorOperators.OR, 1 << 4, isOdd4.cast(INTS))
              .lanewise(VectorOperators.OR, 1 << 5, isOdd5.cast(INTS))
              .lanewise(VectorOperators.OR, 1 << 6, isOdd6.cast(INTS))
              .lanewise(VectorOperators.OR, 1 << 7, isOdd7.cast(INTS))
              .lanewise(VectorOperators.LSHL, bit).or(decision);
        }
        IntVector.zero(INTS).or(decision).intoArray(decisions, decisionAt + (t * words + word) * LANES + lane);
      }
    }
  }

  /** Makes metrics small again: takes the first state's from all. */
  static void subtractFirst(float[] metrics, int at, int states, int lane) {
    FloatVector first = FloatVector.fromArray(FLOATS, metrics, at + lane);
    for (int s = 0; s < states; s++) {
      int i = at + s * LANES + lane;
      FloatVector.fromArray(FLOATS, metrics, i).sub(first).intoArray(metrics, i);
    }
  }
}
