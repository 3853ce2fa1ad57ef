package llm265.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import llm265.h264.rate.TrellisKernels;

/**
 * The search for the levels of one block. One lane holds one state; a shuffle moves paths between states; impossible
 * transitions cost infinity.
 */
final class BlockTrellis {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final float NEVER = Float.POSITIVE_INFINITY;

  private static final int ONE = TrellisKernels.ONE;
  private static final int DOWN = TrellisKernels.DOWN;

  /** All bits but those of state 0. */
  private static final IntVector NOT_0 = ints(0, -1, -1, -1, -1, -1, -1, -1);
  private static final VectorMask<Float> IS_0 = VectorMask.fromLong(FLOATS, 1);
  private static final IntVector FOUR_BITS = ints(15, 15 << 4, 15 << 8, 15 << 12, 15 << 16, 15 << 20, 15 << 24, 15 << 28);
  private static final FloatVector START = floats(0, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER);

  private static final IntVector ZERO = ints(choices(TrellisKernels.ZERO, 0, 1, 2, 3, 4, 5, 6, 7));

  /** States before a level of 1; two paths lead to state 3. A lane without such a state is never taken. */
  private static final VectorShuffle<Float> BEFORE_ONE = VectorShuffle.fromValues(FLOATS, 0, 0, 1, 2, 4, 5, 6, 7);
  private static final FloatVector NOT_TO_0 = floats(NEVER, 0, 0, 0, 0, 0, 0, 0);
  private static final FloatVector TO_3 = floats(NEVER, NEVER, NEVER, 0, NEVER, NEVER, NEVER, NEVER);
  private static final IntVector ONE_BEFORE = ints(choices(ONE, 0, 0, 1, 2, 4, 5, 6, 7));
  private static final IntVector ONE_FROM_3 = ints(choices(ONE, 0, 0, 0, 3, 0, 0, 0, 0));

  /** States before a greater level: four paths lead to state 4, two to state 7. */
  private static final VectorShuffle<Float> BEFORE_GREATER = VectorShuffle.fromValues(FLOATS, 0, 0, 0, 0, 1, 4, 5, 6);
  private static final FloatVector TO_4567 = floats(NEVER, NEVER, NEVER, NEVER, 0, 0, 0, 0);
  private static final VectorShuffle<Float> SECOND = VectorShuffle.fromValues(FLOATS, 0, 0, 0, 0, 2, 0, 0, 7);
  private static final FloatVector TO_47 = floats(NEVER, NEVER, NEVER, NEVER, 0, NEVER, NEVER, 0);
  private static final VectorShuffle<Float> THIRD = VectorShuffle.fromValues(FLOATS, 0, 0, 0, 0, 3, 0, 0, 0);
  private static final VectorShuffle<Float> FOURTH = VectorShuffle.fromValues(FLOATS, 0, 0, 0, 0, 0, 0, 0, 0);
  private static final FloatVector TO_4 = floats(NEVER, NEVER, NEVER, NEVER, 0, NEVER, NEVER, NEVER);
  private static final IntVector GREATER_BEFORE = ints(choices(DOWN, 0, 0, 0, 0, 1, 4, 5, 6));
  private static final IntVector GREATER_SECOND = ints(choices(DOWN, 0, 0, 0, 0, 2, 0, 0, 7));
  private static final IntVector GREATER_THIRD = ints(choices(DOWN, 0, 0, 0, 0, 3, 0, 0, 0));
  private static final IntVector GREATER_FOURTH = ints(choices(DOWN, 0, 0, 0, 0, 0, 0, 0, 0));
  /** The change that turns a level rounded down into one rounded up. */
  private static final IntVector UP_FOR_DOWN = ints(choices(ONE, 0, 0, 0, 0, 0, 0, 0, 0));

  private BlockTrellis() {}

  private static FloatVector floats(float... lanes) {
    return FloatVector.fromArray(FLOATS, lanes, 0);
  }

  private static IntVector ints(int... lanes) {
    return IntVector.fromArray(INTS, lanes, 0);
  }

  /**
   * The choices of a kind, indexed by the state after it, given the states before; each has its place in four bits per state.
   */
  private static int[] choices(int kind, int... before) {
    int[] lanes = new int[TrellisKernels.STATES];
    for (int state = 0; state < lanes.length; state++) {
      lanes[state] = (kind | before[state] & 3) << 4 * state;
    }
    return lanes;
  }

  /** {@link TrellisKernels#searchBlock}. */
  static void search(float[] magnitudes, int numCoeff, float[] costs, int[] choices, float[] paths, float[] scratch) {
    START.intoArray(paths, 0);
    for (int i = numCoeff - 1; i >= 0; i--) {
      float magnitude = magnitudes[i];
      int down = (int) magnitude;
      float fraction = magnitude - down;
      int choice = tryZeroAndOne(magnitude, i, costs, paths, scratch);
      if (down > 1) {
        choice = tryGreater(down, 0, fraction, i, costs, paths, choice, scratch);
      }
      if (down > 0 && fraction >= 0.5f) {
        choice = tryGreater(down + 1, 1, 1 - fraction, i, costs, paths, choice, scratch);
      }
      choices[i] = choice;
    }
  }

  /** Leaves the costs of the states after the coefficient in {@code behind}; returns the choices. */
  private static int tryZeroAndOne(float magnitude, int i, float[] costs, float[] paths, float[] behind) {
    FloatVector from = FloatVector.fromArray(FLOATS, paths, 0);
    from.intoArray(behind, 0);
    float isNot = magnitude < TrellisKernels.PERHAPS_ZERO ? costs[TrellisKernels.IS_NOT + i] : NEVER;
    FloatVector known = from.add(magnitude * magnitude)
        .add(FloatVector.broadcast(FLOATS, isNot).reinterpretAsInts().and(NOT_0).reinterpretAsFloats());
    if (magnitude < 0.5f || magnitude >= 2) {
      known.intoArray(paths, 0);
      return TrellisKernels.ZEROS;
    }
    float error = magnitude - 1;
    FloatVector cost = from.add(error * error)
        .add(FloatVector.broadcast(FLOATS, costs[TrellisKernels.IS_NOT_LAST + i]).blend(costs[TrellisKernels.IS_LAST + i], IS_0))
        .add(FloatVector.fromArray(FLOATS, costs, TrellisKernels.FIRST_IS_0));
    FloatVector moved = cost.rearrange(BEFORE_ONE).add(NOT_TO_0);
    VectorMask<Float> better = moved.compare(VectorOperators.LT, known);
    FloatVector least = known.blend(moved, better);
    FloatVector stayed = cost.add(TO_3);
    VectorMask<Float> best = stayed.compare(VectorOperators.LT, least);
    least.blend(stayed, best).intoArray(paths, 0);
    return ZERO.blend(ONE_BEFORE, better.cast(INTS)).blend(ONE_FROM_3, best.cast(INTS)).reduceLanes(VectorOperators.OR);
  }

  /**
   * Adds the choices of a level greater than 1, and returns all choices.
   *
   * @param up 1 for a magnitude rounded up, 0 for one rounded down
   */
  private static int tryGreater(
      int level, int up, float error, int i, float[] costs, float[] paths, int choices, float[] behind) {
    float further = Math.min(level, TrellisKernels.PREFIXED + 1) - 2;
    FloatVector end = level > TrellisKernels.PREFIXED
        ? FloatVector.broadcast(FLOATS, costs[TrellisKernels.BIT] * TrellisKernels.suffixBits(level))
        : FloatVector.fromArray(FLOATS, costs, TrellisKernels.FURTHER_IS_0);
    FloatVector ofLevel = FloatVector.fromArray(FLOATS, costs, TrellisKernels.FURTHER_IS_1).mul(further)
        .add(FloatVector.fromArray(FLOATS, costs, TrellisKernels.FIRST_IS_1)).add(end);
    FloatVector cost = FloatVector.fromArray(FLOATS, behind, 0).add(error * error)
        .add(FloatVector.broadcast(FLOATS, costs[TrellisKernels.IS_NOT_LAST + i]).blend(costs[TrellisKernels.IS_LAST + i], IS_0))
        .add(ofLevel);
    IntVector kind = UP_FOR_DOWN.and(-up);
    FloatVector moved = cost.rearrange(BEFORE_GREATER).add(TO_4567);
    FloatVector known = FloatVector.fromArray(FLOATS, paths, 0);
    VectorMask<Float> better = moved.compare(VectorOperators.LT, known);
    FloatVector least = known.blend(moved, better);
    IntVector choice = IntVector.broadcast(INTS, choices).and(FOUR_BITS).blend(GREATER_BEFORE.or(kind), better.cast(INTS));
    moved = cost.rearrange(SECOND).add(TO_47);
    better = moved.compare(VectorOperators.LT, least);
    least = least.blend(moved, better);
    choice = choice.blend(GREATER_SECOND.or(kind), better.cast(INTS));
    moved = cost.rearrange(THIRD).add(TO_4);
    better = moved.compare(VectorOperators.LT, least);
    least = least.blend(moved, better);
    choice = choice.blend(GREATER_THIRD.or(kind), better.cast(INTS));
    moved = cost.rearrange(FOURTH).add(TO_4);
    better = moved.compare(VectorOperators.LT, least);
    least.blend(moved, better).intoArray(paths, 0);
    return choice.blend(GREATER_FOURTH.or(kind), better.cast(INTS)).reduceLanes(VectorOperators.OR);
  }
}
