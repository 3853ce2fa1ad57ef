package llm265.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.h264.cabac.ScalarTrellisKernels;
import llm265.h264.cabac.TrellisKernels;
import llm265.h264.macroblock.BlockScan;
import llm265.kernel.WarmingKernels;

/**
 * {@link TrellisKernels} with the Vector API: a lane a block, so that what the levels are decides nothing but masks. What a lane cannot take
 * costs infinitely much.
 */
public final class VectorTrellisKernels extends WarmingKernels implements TrellisKernels {
  private static final VectorSpecies<Float> FLOATS = LaneIndex.INTS.withLanes(float.class);
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final int LANES = LaneIndex.LANES;
  private static final float NEVER = Float.POSITIVE_INFINITY;

  /** The choice of 0 for all states. */
  private static final int ZEROS = 0x3210_3210;

  /** From this magnitude on levels are greater than 1. */
  private static final float PERHAPS_TWO = 1.5f;

  /** Where in the scratch array the costs of all states are, those of the states before, and those of levels greater than 1. */
  private static final int PATHS = 0;
  private static final int FROM = STATES * BLOCKS;

  /** A call saves 5 us. */
  private static final int CALLS = 10_000;

  private final ScalarTrellisKernels scalar = new ScalarTrellisKernels();

  public VectorTrellisKernels() {
    super(CALLS);
  }

  @Override
  public void search(int[] coefficients, float[] scale, float[] costs, int[] scanned, int[] choices, int[] best, float[] scratch) {
    if (!isWarm()) {
      scalar.search(coefficients, scale, costs, scanned, choices, best, scratch);
      return;
    }
    scan(coefficients, scanned);
    Arrays.fill(scratch, PATHS, PATHS + BLOCKS, 0);
    Arrays.fill(scratch, PATHS + BLOCKS, PATHS + STATES * BLOCKS, NEVER);
    for (int i = COEFFICIENTS - 1; i >= 0; i--) {
      float factor = scale[BlockScan.ZIGZAG_4X4[1 + i]];
      for (int first = 0; first < BLOCKS; first += LANES) {
        boolean greater = isAnyGreater(scanned, BLOCKS * i + first, factor);
        if (greater) {
          keepPaths(scratch, first);
        }
        tryZeroAndOne(scanned, factor, i, first, costs, scratch, choices);
        if (greater) {
          tryGreater(scanned, factor, i, first, 0, costs, scratch, choices);
          tryGreater(scanned, factor, i, first, 1, costs, scratch, choices);
        }
      }
    }
    for (int first = 0; first < BLOCKS; first += LANES) {
      for (int ctxIdxInc = 0; ctxIdxInc < CTX_IDX_INCS; ctxIdxInc++) {
        findBest(costs[NOT_CODED + ctxIdxInc], costs[CODED + ctxIdxInc], scratch, first, best, BLOCKS * ctxIdxInc + first);
      }
    }
  }

  private static void scan(int[] coefficients, int[] scanned) {
    for (int i = 0; i < COEFFICIENTS; i++) {
      int position = BlockScan.ZIGZAG_4X4[1 + i];
      for (int b = 0; b < BLOCKS; b++) {
        scanned[BLOCKS * i + b] = coefficients[16 * b + position];
      }
    }
  }

  private static boolean isAnyGreater(int[] scanned, int at, float factor) {
    return ((FloatVector) IntVector.fromArray(INTS, scanned, at).abs().convert(VectorOperators.I2F, 0)).mul(factor)
        .compare(VectorOperators.GE, PERHAPS_TWO).anyTrue();
  }

  private static void keepPaths(float[] scratch, int first) {
    for (int at = first; at < STATES * BLOCKS; at += BLOCKS) {
      FloatVector.fromArray(FLOATS, scratch, PATHS + at).intoArray(scratch, FROM + at);
    }
  }

  /** From the states behind coefficient i to those that include it, by levels of 0 and 1. */
  private static void tryZeroAndOne(int[] scanned, float factor, int i, int first, float[] costs, float[] scratch, int[] choices) {
    int at = BLOCKS * i + first;
    FloatVector magnitude =
        ((FloatVector) IntVector.fromArray(INTS, scanned, at).abs().convert(VectorOperators.I2F, 0)).mul(factor);
    FloatVector zero = magnitude.mul(magnitude);
    FloatVector isNot = FloatVector.broadcast(FLOATS, NEVER)
        .blend(costs[IS_NOT + i], magnitude.compare(VectorOperators.LT, PERHAPS_ZERO));
    FloatVector above = magnitude.sub(1);
    FloatVector one = FloatVector.broadcast(FLOATS, NEVER).blend(above.mul(above),
        magnitude.compare(VectorOperators.GE, 0.5f).and(magnitude.compare(VectorOperators.LT, 2)));
    float isNotLast = costs[IS_NOT_LAST + i];

    FloatVector from0 = FloatVector.fromArray(FLOATS, scratch, PATHS + first);
    from0.add(zero).intoArray(scratch, PATHS + first);
    FloatVector cost = from0.add(one).add(costs[IS_LAST + i]).add(costs[FIRST_IS_0]);

    FloatVector from = FloatVector.fromArray(FLOATS, scratch, PATHS + BLOCKS + first);
    FloatVector known = from.add(zero).add(isNot);
    VectorMask<Float> better = cost.compare(VectorOperators.LT, known);
    IntVector choice = IntVector.broadcast(INTS, ZEROS)
        .lanewise(VectorOperators.XOR, (ONE | 1) << 4, better.cast(INTS));
    known.blend(cost, better).intoArray(scratch, PATHS + BLOCKS + first);
    cost = from.add(one).add(isNotLast).add(costs[FIRST_IS_0 + 1]);

    from = FloatVector.fromArray(FLOATS, scratch, PATHS + 2 * BLOCKS + first);
    known = from.add(zero).add(isNot);
    better = cost.compare(VectorOperators.LT, known);
    choice = choice.lanewise(VectorOperators.XOR, (ONE | 3) << 8, better.cast(INTS));
    known.blend(cost, better).intoArray(scratch, PATHS + 2 * BLOCKS + first);
    cost = from.add(one).add(isNotLast).add(costs[FIRST_IS_0 + 2]);

    from = FloatVector.fromArray(FLOATS, scratch, PATHS + 3 * BLOCKS + first);
    known = from.add(zero).add(isNot);
    better = cost.compare(VectorOperators.LT, known);
    known = known.blend(cost, better);
    cost = from.add(one).add(isNotLast).add(costs[FIRST_IS_0 + 3]);
    VectorMask<Float> best = cost.compare(VectorOperators.LT, known);
    choice = choice.lanewise(VectorOperators.XOR, (ONE | 1) << 12, better.andNot(best).cast(INTS))
        .lanewise(VectorOperators.XOR, ONE << 12, best.cast(INTS));
    known.blend(cost, best).intoArray(scratch, PATHS + 3 * BLOCKS + first);

    for (int state = 4; state < STATES; state++) {
      from = FloatVector.fromArray(FLOATS, scratch, PATHS + BLOCKS * state + first);
      known = from.add(zero).add(isNot);
      cost = from.add(one).add(isNotLast).add(costs[FIRST_IS_0 + state]);
      better = cost.compare(VectorOperators.LT, known);
      choice = choice.lanewise(VectorOperators.XOR, ONE << 4 * state, better.cast(INTS));
      known.blend(cost, better).intoArray(scratch, PATHS + BLOCKS * state + first);
    }
    choice.intoArray(choices, at);
  }

  /** The same by levels greater than 1, which are magnitudes rounded down, or up. */
  private static void tryGreater(
      int[] scanned, float factor, int i, int first, int up, float[] costs, float[] scratch, int[] choices) {
    int at = BLOCKS * i + first;
    FloatVector magnitude =
        ((FloatVector) IntVector.fromArray(INTS, scanned, at).abs().convert(VectorOperators.I2F, 0)).mul(factor);
    IntVector level = ((IntVector) magnitude.convert(VectorOperators.F2I, 0)).add(up);
    FloatVector error = magnitude.sub((FloatVector) level.convert(VectorOperators.I2F, 0)).abs();
    VectorMask<Float> possible = level.compare(VectorOperators.GT, 1).cast(FLOATS)
        .and(error.compare(VectorOperators.LE, up == 0 ? 1 : 0.5f));
    if (!possible.anyTrue()) {
      return;
    }
    FloatVector distortion = FloatVector.broadcast(FLOATS, NEVER).blend(error.mul(error), possible);
    FloatVector further = (FloatVector) level.min(PREFIXED + 1).sub(2).convert(VectorOperators.I2F, 0);
    // The exponent of a binary32 is the k of the Exp-Golomb code.
    IntVector k = ((FloatVector) level.sub(PREFIXED).convert(VectorOperators.I2F, 0)).reinterpretAsInts()
        .lanewise(VectorOperators.LSHR, 23).sub(127);
    FloatVector suffix = ((FloatVector) k.add(k).add(1).convert(VectorOperators.I2F, 0)).mul(costs[BIT]);
    VectorMask<Float> isLarge = level.compare(VectorOperators.GT, PREFIXED).cast(FLOATS);
    int kind = up == 0 ? DOWN : UP;
    IntVector choice = IntVector.fromArray(INTS, choices, at);
    for (int n = 1; n <= STATES; n++) {
      int state = n & 7;
      int to = state < 4 ? 4 : Math.min(state + 1, 7);
      FloatVector end = FloatVector.broadcast(FLOATS, costs[FURTHER_IS_0 + state]).blend(suffix, isLarge);
      FloatVector ofLevel = further.mul(costs[FURTHER_IS_1 + state]).add(costs[FIRST_IS_1 + state]).add(end);
      FloatVector cost = FloatVector.fromArray(FLOATS, scratch, FROM + BLOCKS * state + first).add(distortion)
          .add(costs[(state == 0 ? IS_LAST : IS_NOT_LAST) + i]).add(ofLevel);
      FloatVector known = FloatVector.fromArray(FLOATS, scratch, PATHS + BLOCKS * to + first);
      VectorMask<Float> better = cost.compare(VectorOperators.LT, known);
      known.blend(cost, better).intoArray(scratch, PATHS + BLOCKS * to + first);
      choice = choice.blend(choice.and(~(15 << 4 * to)).or((kind | state & 3) << 4 * to), better.cast(INTS));
    }
    choice.intoArray(choices, at);
  }

  private static void findBest(float notCoded, float coded, float[] scratch, int first, int[] best, int at) {
    FloatVector least = FloatVector.fromArray(FLOATS, scratch, PATHS + first).add(notCoded);
    IntVector found = IntVector.zero(INTS);
    for (int state = 1; state < STATES; state++) {
      FloatVector cost = FloatVector.fromArray(FLOATS, scratch, PATHS + BLOCKS * state + first).add(coded);
      VectorMask<Float> better = cost.compare(VectorOperators.LT, least);
      least = least.blend(cost, better);
      found = found.blend(state, better.cast(INTS));
    }
    found.intoArray(best, at);
  }

  @Override
  public void trace(int[] scanned, float[] scale, int[] choices, int[] states, int[] levels, int[] scratch) {
    if (!isWarm()) {
      scalar.trace(scanned, scale, choices, states, levels, scratch);
      return;
    }
    for (int first = 0; first < BLOCKS; first += LANES) {
      trace(scanned, scale, choices, states, first, scratch);
    }
    for (int i = 0; i < COEFFICIENTS; i++) {
      int position = BlockScan.ZIGZAG_4X4[1 + i];
      for (int b = 0; b < BLOCKS; b++) {
        levels[16 * b + position] = scratch[BLOCKS * i + b];
      }
    }
  }

  private static void trace(int[] scanned, float[] scale, int[] choices, int[] states, int first, int[] scratch) {
    IntVector state = IntVector.fromArray(INTS, states, first);
    for (int i = 0; i < COEFFICIENTS; i++) {
      int at = BLOCKS * i + first;
      IntVector coefficient = IntVector.fromArray(INTS, scanned, at);
      IntVector choice = IntVector.fromArray(INTS, choices, at)
          .lanewise(VectorOperators.LSHR, state.lanewise(VectorOperators.LSHL, 2)).and(15);
      IntVector kind = choice.lanewise(VectorOperators.LSHR, 2);
      IntVector down = (IntVector) ((FloatVector) coefficient.abs().convert(VectorOperators.I2F, 0))
          .mul(scale[BlockScan.ZIGZAG_4X4[1 + i]]).convert(VectorOperators.F2I, 0);
      IntVector magnitude = kind.blend(down.add(kind).sub(2), kind.compare(VectorOperators.GT, 1));
      IntVector sign = coefficient.lanewise(VectorOperators.ASHR, 31);
      magnitude.lanewise(VectorOperators.XOR, sign).sub(sign).intoArray(scratch, at);
      state = choice.and(3).or(choice.lanewise(VectorOperators.LSHR, 3).neg().add(state).and(4));
    }
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    TrellisKernels kernels = vector ? new VectorTrellisKernels() : scalar;
    int[] coefficients = new int[16 * BLOCKS];
    Arrays.setAll(coefficients, k -> k * 37 % 101 - 50);
    float[] scale = new float[16];
    Arrays.fill(scale, 1 / 16f);
    float[] costs = new float[COSTS];
    Arrays.fill(costs, 0.1f);
    int[] scanned = new int[COEFFICIENTS * BLOCKS];
    int[] choices = new int[COEFFICIENTS * BLOCKS];
    int[] best = new int[CTX_IDX_INCS * BLOCKS];
    int[] levels = new int[16 * BLOCKS];
    float[] scratch = new float[SCRATCH];
    int[] room = new int[SCRATCH];
    return () -> {
      kernels.search(coefficients, scale, costs, scanned, choices, best, scratch);
      kernels.trace(scanned, scale, choices, best, levels, room);
    };
  }
}
