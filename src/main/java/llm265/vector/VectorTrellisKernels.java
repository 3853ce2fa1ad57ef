package llm265.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.rate.ScalarTrellisKernels;
import llm265.h264.rate.TrellisKernels;
import llm265.kernel.WarmingKernels;

/**
 * {@link TrellisKernels} with the Vector API. One lane holds one block, so that levels only affect masks; what a lane must not
 * take costs infinity.
 *
 * <p>Gaussian frames at 1.2, 1.9, 2.9 and 4.0 bits per value take 7, 9, 12 and 17 ns per value if levels are rounded. With the
 * trellis of the scalar kernels they take 31, 41, 56 and 57; with vectors of 512 bits 11, 15, 19 and 23; with vectors of 256
 * bits 14, 20, 25 and 30 (JDK 25 on an AVX-512 machine). The paths of greater levels are unrolled: with loops over the states
 * a search took 10 to 15 % longer.
 */
public final class VectorTrellisKernels extends WarmingKernels implements TrellisKernels {
  private static final VectorSpecies<Float> FLOATS = LaneIndex.INTS.withLanes(float.class);
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final int LANES = LaneIndex.LANES;
  private static final float NEVER = Float.POSITIVE_INFINITY;

  /** From this magnitude on, levels may be greater than 1. */
  private static final float PERHAPS_TWO = 1.5f;

  /** Parts of the scratch array: the costs of all states, and those of the states after the coefficient. */
  private static final int PATHS = 0;
  private static final int FROM = STATES * BLOCKS;

  /** And for a level greater than 1: its squared error, its further bins of 1, and the cost of its suffix if it has one. */
  private static final int DISTORTION = 2 * STATES * BLOCKS;
  private static final int FURTHER = DISTORTION + BLOCKS;
  private static final int SUFFIX = FURTHER + BLOCKS;

  /** Part of the scratch array of {@link #trace}: the states times four, after the levels. */
  private static final int STATE = COEFFICIENTS * BLOCKS;

  /** A macroblock has three calls, which together save 8 us. */
  private static final int CALLS = 60_000;

  private final ScalarTrellisKernels scalar = new ScalarTrellisKernels();

  public VectorTrellisKernels() {
    super(CALLS);
  }

  @Override
  public void searchBlock(float[] magnitudes, int numCoeff, float[] costs, int[] choices, float[] paths, float[] scratch) {
    if (LANES >= STATES && isWarm()) {
      BlockTrellis.search(magnitudes, numCoeff, costs, choices, paths, scratch);
    } else {
      scalar.searchBlock(magnitudes, numCoeff, costs, choices, paths, scratch);
    }
  }

  @Override
  public void search(int[] coefficients, float[] scale, float[] costs, int[] scanned, int[] choices, int[] best,
      float[] scratch) {
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
    FloatVector whole = (FloatVector) IntVector.fromArray(INTS, scanned, at).abs().convert(VectorOperators.I2F, 0);
    return FloatVector.broadcast(FLOATS, factor).mul(whole).compare(VectorOperators.GE, PERHAPS_TWO).anyTrue();
  }

  private static void keepPaths(float[] scratch, int first) {
    for (int at = first; at < STATES * BLOCKS; at += BLOCKS) {
      FloatVector.fromArray(FLOATS, scratch, PATHS + at).intoArray(scratch, FROM + at);
    }
  }

  /** From the states after coefficient i to those that include it, through levels of 0 and 1. */
  private static void tryZeroAndOne(
      int[] scanned, float factor, int i, int first, float[] costs, float[] scratch, int[] choices) {
    int at = BLOCKS * i + first;
    FloatVector whole = (FloatVector) IntVector.fromArray(INTS, scanned, at).abs().convert(VectorOperators.I2F, 0);
    FloatVector magnitude = FloatVector.broadcast(FLOATS, factor).mul(whole);
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
      choice = IntVector.zero(INTS).blend(ONE << 4 * state, better.cast(INTS)).lanewise(VectorOperators.XOR, choice);
      known.blend(cost, better).intoArray(scratch, PATHS + BLOCKS * state + first);
    }
    choice.intoArray(choices, at);
  }

  /** The same through levels greater than 1: magnitudes rounded down, or up. */
  private static void tryGreater(
      int[] scanned, float factor, int i, int first, int up, float[] costs, float[] scratch, int[] choices) {
    FloatVector whole =
        (FloatVector) IntVector.fromArray(INTS, scanned, BLOCKS * i + first).abs().convert(VectorOperators.I2F, 0);
    FloatVector magnitude = FloatVector.broadcast(FLOATS, factor).mul(whole);
    IntVector level = ((IntVector) magnitude.convert(VectorOperators.F2I, 0)).add(up);
    FloatVector error = magnitude.sub((FloatVector) level.convert(VectorOperators.I2F, 0)).abs();
    VectorMask<Float> possible = level.compare(VectorOperators.GT, 1).cast(FLOATS)
        .and(error.compare(VectorOperators.LE, up == 0 ? 1 : 0.5f));
    if (!possible.anyTrue()) {
      return;
    }
    FloatVector.broadcast(FLOATS, NEVER).blend(error.mul(error), possible).intoArray(scratch, DISTORTION + first);
    ((FloatVector) level.min(PREFIXED + 1).sub(2).convert(VectorOperators.I2F, 0)).intoArray(scratch, FURTHER + first);
    // The exponent of a binary32 is the k of the Exp-Golomb code.
    IntVector k = ((FloatVector) level.sub(PREFIXED).convert(VectorOperators.I2F, 0)).reinterpretAsInts()
        .lanewise(VectorOperators.LSHR, 23).sub(127);
    ((FloatVector) k.add(k).add(1).convert(VectorOperators.I2F, 0)).mul(costs[BIT]).intoArray(scratch, SUFFIX + first);
    int kind = up == 0 ? DOWN : UP;
    greaterAfterOnes(i, first, kind, costs, scratch, choices);
    greaterAfterGreater(i, first, kind, costs, scratch, choices);
  }

  /** A greater level after states 1, 2, 3 and 0; all lead to state 4. */
  private static void greaterAfterOnes(int i, int first, int kind, float[] costs, float[] scratch, int[] choices) {
    FloatVector distortion = FloatVector.fromArray(FLOATS, scratch, DISTORTION + first);
    FloatVector further = FloatVector.fromArray(FLOATS, scratch, FURTHER + first);
    FloatVector suffix = FloatVector.fromArray(FLOATS, scratch, SUFFIX + first);
    VectorMask<Float> isLarge = further.compare(VectorOperators.EQ, PREFIXED - 1);
    IntVector before = IntVector.fromArray(INTS, choices, BLOCKS * i + first);
    IntVector others = before.and(~(15 << 16));
    float isNotLast = costs[IS_NOT_LAST + i];

    FloatVector ofLevel = further.mul(costs[FURTHER_IS_1 + 1]).add(costs[FIRST_IS_1 + 1])
        .add(FloatVector.broadcast(FLOATS, costs[FURTHER_IS_0 + 1]).blend(suffix, isLarge));
    FloatVector cost = FloatVector.fromArray(FLOATS, scratch, FROM + BLOCKS + first).add(distortion).add(isNotLast).add(ofLevel);
    FloatVector known = FloatVector.fromArray(FLOATS, scratch, PATHS + 4 * BLOCKS + first);
    VectorMask<Float> better = cost.compare(VectorOperators.LT, known);
    FloatVector least = known.blend(cost, better);
    IntVector choice = before.blend(others.or((kind | 1) << 16), better.cast(INTS));

    ofLevel = further.mul(costs[FURTHER_IS_1 + 2]).add(costs[FIRST_IS_1 + 2])
        .add(FloatVector.broadcast(FLOATS, costs[FURTHER_IS_0 + 2]).blend(suffix, isLarge));
    cost = FloatVector.fromArray(FLOATS, scratch, FROM + 2 * BLOCKS + first).add(distortion).add(isNotLast).add(ofLevel);
    better = cost.compare(VectorOperators.LT, least);
    least = least.blend(cost, better);
    choice = choice.blend(others.or((kind | 2) << 16), better.cast(INTS));

    ofLevel = further.mul(costs[FURTHER_IS_1 + 3]).add(costs[FIRST_IS_1 + 3])
        .add(FloatVector.broadcast(FLOATS, costs[FURTHER_IS_0 + 3]).blend(suffix, isLarge));
    cost = FloatVector.fromArray(FLOATS, scratch, FROM + 3 * BLOCKS + first).add(distortion).add(isNotLast).add(ofLevel);
    better = cost.compare(VectorOperators.LT, least);
    least = least.blend(cost, better);
    choice = choice.blend(others.or((kind | 3) << 16), better.cast(INTS));

    ofLevel = further.mul(costs[FURTHER_IS_1]).add(costs[FIRST_IS_1])
        .add(FloatVector.broadcast(FLOATS, costs[FURTHER_IS_0]).blend(suffix, isLarge));
    cost = FloatVector.fromArray(FLOATS, scratch, FROM + first).add(distortion).add(costs[IS_LAST + i]).add(ofLevel);
    better = cost.compare(VectorOperators.LT, least);
    least.blend(cost, better).intoArray(scratch, PATHS + 4 * BLOCKS + first);
    choice.blend(others.or(kind << 16), better.cast(INTS)).intoArray(choices, BLOCKS * i + first);
  }

  /** A greater level after states 4 to 7; each leads to the next one, if there is one. */
  private static void greaterAfterGreater(int i, int first, int kind, float[] costs, float[] scratch, int[] choices) {
    FloatVector distortion = FloatVector.fromArray(FLOATS, scratch, DISTORTION + first);
    FloatVector further = FloatVector.fromArray(FLOATS, scratch, FURTHER + first);
    FloatVector suffix = FloatVector.fromArray(FLOATS, scratch, SUFFIX + first);
    VectorMask<Float> isLarge = further.compare(VectorOperators.EQ, PREFIXED - 1);
    IntVector choice = IntVector.fromArray(INTS, choices, BLOCKS * i + first);
    float isNotLast = costs[IS_NOT_LAST + i];

    FloatVector ofLevel = further.mul(costs[FURTHER_IS_1 + 4]).add(costs[FIRST_IS_1 + 4])
        .add(FloatVector.broadcast(FLOATS, costs[FURTHER_IS_0 + 4]).blend(suffix, isLarge));
    FloatVector cost = FloatVector.fromArray(FLOATS, scratch, FROM + 4 * BLOCKS + first).add(distortion).add(isNotLast)
        .add(ofLevel);
    FloatVector known = FloatVector.fromArray(FLOATS, scratch, PATHS + 5 * BLOCKS + first);
    VectorMask<Float> better = cost.compare(VectorOperators.LT, known);
    known.blend(cost, better).intoArray(scratch, PATHS + 5 * BLOCKS + first);
    choice = choice.blend(choice.and(~(15 << 20)).or(kind << 20), better.cast(INTS));

    ofLevel = further.mul(costs[FURTHER_IS_1 + 5]).add(costs[FIRST_IS_1 + 5])
        .add(FloatVector.broadcast(FLOATS, costs[FURTHER_IS_0 + 5]).blend(suffix, isLarge));
    cost = FloatVector.fromArray(FLOATS, scratch, FROM + 5 * BLOCKS + first).add(distortion).add(isNotLast).add(ofLevel);
    known = FloatVector.fromArray(FLOATS, scratch, PATHS + 6 * BLOCKS + first);
    better = cost.compare(VectorOperators.LT, known);
    known.blend(cost, better).intoArray(scratch, PATHS + 6 * BLOCKS + first);
    choice = choice.blend(choice.and(~(15 << 24)).or((kind | 1) << 24), better.cast(INTS));

    ofLevel = further.mul(costs[FURTHER_IS_1 + 6]).add(costs[FIRST_IS_1 + 6])
        .add(FloatVector.broadcast(FLOATS, costs[FURTHER_IS_0 + 6]).blend(suffix, isLarge));
    cost = FloatVector.fromArray(FLOATS, scratch, FROM + 6 * BLOCKS + first).add(distortion).add(isNotLast).add(ofLevel);
    known = FloatVector.fromArray(FLOATS, scratch, PATHS + 7 * BLOCKS + first);
    better = cost.compare(VectorOperators.LT, known);
    known = known.blend(cost, better);
    choice = choice.blend(choice.and(~(15 << 28)).or((kind | 2) << 28), better.cast(INTS));

    ofLevel = further.mul(costs[FURTHER_IS_1 + 7]).add(costs[FIRST_IS_1 + 7])
        .add(FloatVector.broadcast(FLOATS, costs[FURTHER_IS_0 + 7]).blend(suffix, isLarge));
    cost = FloatVector.fromArray(FLOATS, scratch, FROM + 7 * BLOCKS + first).add(distortion).add(isNotLast).add(ofLevel);
    better = cost.compare(VectorOperators.LT, known);
    known.blend(cost, better).intoArray(scratch, PATHS + 7 * BLOCKS + first);
    choice.blend(choice.and(~(15 << 28)).or((kind | 3) << 28), better.cast(INTS)).intoArray(choices, BLOCKS * i + first);
  }

  private static void findBest(float notCoded, float coded, float[] scratch, int first, int[] best, int at) {
    FloatVector least = FloatVector.fromArray(FLOATS, scratch, PATHS + first).add(notCoded);
    IntVector found = IntVector.zero(INTS);
    for (int state = 1; state < STATES; state++) {
      FloatVector cost = FloatVector.fromArray(FLOATS, scratch, PATHS + BLOCKS * state + first).add(coded);
      VectorMask<Float> worse = cost.compare(VectorOperators.GE, least);
      least = cost.blend(least, worse);
      found = IntVector.broadcast(INTS, state).blend(found, worse.cast(INTS));
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
    IntVector.fromArray(INTS, states, first).lanewise(VectorOperators.LSHL, 2).intoArray(scratch, STATE + first);
    for (int i = 0; i < COEFFICIENTS; i++) {
      int at = BLOCKS * i + first;
      IntVector shift = IntVector.fromArray(INTS, scratch, STATE + first);
      IntVector choice = IntVector.fromArray(INTS, choices, at).lanewise(VectorOperators.LSHR, shift);
      VectorMask<Integer> isGreater = choice.and(DOWN).compare(VectorOperators.NE, 0);
      VectorMask<Integer> isOneMore = choice.and(ONE).compare(VectorOperators.NE, 0);
      IntVector coefficient = IntVector.fromArray(INTS, scanned, at);
      FloatVector whole = (FloatVector) coefficient.abs().convert(VectorOperators.I2F, 0);
      IntVector down = (IntVector) FloatVector.broadcast(FLOATS, scale[BlockScan.ZIGZAG_4X4[1 + i]]).mul(whole)
          .convert(VectorOperators.F2I, 0);
      IntVector magnitude = IntVector.zero(INTS).blend(down, isGreater).add(IntVector.zero(INTS).blend(1, isOneMore));
      IntVector sign = IntVector.zero(INTS).blend(-1, coefficient.compare(VectorOperators.LT, 0));
      magnitude.lanewise(VectorOperators.XOR, sign).sub(sign).intoArray(scratch, at);
      IntVector low = choice.and(3);
      shift.sub(IntVector.zero(INTS).blend(4, isGreater)).and(16).or(low.add(low).add(low).add(low))
          .intoArray(scratch, STATE + first);
    }
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    TrellisKernels kernels = vector ? new VectorTrellisKernels() : scalar;
    int[] coefficients = new int[16 * BLOCKS];
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
    float[] magnitudes = new float[16];
    float[] paths = new float[STATES];
    Arrays.setAll(coefficients, k -> k * 37 % 101 - 50);
    for (int i = 0; i < 16; i++) {
      magnitudes[i] = i * 37 % 101 / 30f;
    }
    return () -> {
      kernels.searchBlock(magnitudes, 16, costs, choices, paths, scratch);
      kernels.search(coefficients, scale, costs, scanned, choices, best, scratch);
      kernels.trace(scanned, scale, choices, best, levels, room);
    };
  }
}
