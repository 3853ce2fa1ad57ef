package llm265.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.h264.cabac.ScalarTrellisKernels;
import llm265.h264.cabac.TrellisKernels;
import llm265.kernel.WarmingKernels;

/**
 * {@link TrellisKernels} with the Vector API: a lane a block, so that what the levels are decides nothing but masks. Only where 16 blocks fit
 * into a vector. Choosing levels takes 16 ns a value with them and 32 block by block, most of which are branches that went the other way; without
 * branches, but block by block, it was no faster.
 */
public final class VectorTrellisKernels extends WarmingKernels implements TrellisKernels {
  private static final VectorSpecies<Float> FLOATS = LaneIndex.INTS.withLanes(float.class);
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final boolean ONE_VECTOR = LaneIndex.LANES == BLOCKS;

  private static final int IDENTITY_LOW = 0x03_02_01_00;
  private static final int IDENTITY_HIGH = 0x07_06_05_04;

  /** 9.3.3.1.3: the state after a level of magnitude 1, and after a greater one. */
  private static final byte[] AFTER_ONE = {1, 2, 3, 3, 4, 5, 6, 7};
  private static final byte[] AFTER_GREATER = {4, 4, 4, 4, 5, 6, 7, 7};

  /** Where in the scratch array the costs of all states with the level that is tried are, those of the states before, and of levels. */
  private static final int WITH_LEVEL = 0;
  private static final int FROM = STATES * BLOCKS;
  private static final int OF_LEVEL = 2 * STATES * BLOCKS;

  /** A call saves 4 us. */
  private static final int CALLS = 20_000;

  private final ScalarTrellisKernels scalar = new ScalarTrellisKernels();

  public VectorTrellisKernels() {
    super(CALLS);
  }

  @Override
  public boolean isReady() {
    return ONE_VECTOR && isWarm();
  }

  @Override
  public void search(float[] magnitudes, int numCoeff, float[] costs, float[] paths, int[] choices, float[] scratch) {
    if (!ONE_VECTOR || !isWarm()) {
      scalar.search(magnitudes, numCoeff, costs, paths, choices, scratch);
      return;
    }
    Arrays.fill(paths, BLOCKS, STATES * BLOCKS, Float.POSITIVE_INFINITY);
    Arrays.fill(paths, 0, BLOCKS, 0);
    for (int i = numCoeff - 1; i >= 0; i--) {
      tryZero(magnitudes, i, costs, paths, choices, scratch);
      tryDown(magnitudes, i, costs, paths, choices, scratch);
      tryUp(magnitudes, i, costs, paths, choices, scratch);
    }
  }

  private static void tryZero(float[] magnitudes, int i, float[] costs, float[] paths, int[] choices, float[] scratch) {
    FloatVector magnitude = FloatVector.fromArray(FLOATS, magnitudes, BLOCKS * i);
    FloatVector zero = magnitude.mul(magnitude);
    FloatVector isNot = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY)
        .blend(costs[IS_NOT + i], magnitude.compare(VectorOperators.LT, PERHAPS_ZERO));
    FloatVector none = FloatVector.fromArray(FLOATS, paths, 0);
    none.intoArray(scratch, FROM);
    none.add(zero).intoArray(paths, 0);
    for (int at = BLOCKS; at < STATES * BLOCKS; at += BLOCKS) {
      FloatVector from = FloatVector.fromArray(FLOATS, paths, at);
      from.intoArray(scratch, FROM + at);
      from.add(zero).add(isNot).intoArray(paths, at);
    }
    IntVector.broadcast(INTS, IDENTITY_LOW).intoArray(choices, BLOCKS * 2 * i);
    IntVector.broadcast(INTS, IDENTITY_HIGH).intoArray(choices, BLOCKS * (2 * i + 1));
  }

  private static void tryDown(float[] magnitudes, int i, float[] costs, float[] paths, int[] choices, float[] scratch) {
    FloatVector magnitude = FloatVector.fromArray(FLOATS, magnitudes, BLOCKS * i);
    FloatVector level = (FloatVector) ((IntVector) magnitude.convert(VectorOperators.F2I, 0)).convert(VectorOperators.I2F, 0);
    FloatVector fraction = magnitude.sub(level);
    long one = level.compare(VectorOperators.EQ, 1).toLong();
    long greater = level.compare(VectorOperators.GT, 1).toLong();
    if ((one | greater) == 0) {
      return;
    }
    FloatVector distortion = fraction.mul(fraction);
    setLevelCosts(magnitudes, i, 0, one, costs, scratch);
    for (int state = 0; state < STATES; state++) {
      FloatVector ofLevel = FloatVector.fromArray(FLOATS, scratch, OF_LEVEL + BLOCKS * state);
      FloatVector.fromArray(FLOATS, scratch, FROM + BLOCKS * state).add(distortion)
          .add(costs[(state == 0 ? IS_LAST : IS_NOT_LAST) + i]).add(ofLevel).intoArray(scratch, WITH_LEVEL + BLOCKS * state);
    }
    takeAll(one, greater, DOWN, i, paths, choices, scratch);
  }

  private static void tryUp(float[] magnitudes, int i, float[] costs, float[] paths, int[] choices, float[] scratch) {
    FloatVector magnitude = FloatVector.fromArray(FLOATS, magnitudes, BLOCKS * i);
    FloatVector down = (FloatVector) ((IntVector) magnitude.convert(VectorOperators.F2I, 0)).convert(VectorOperators.I2F, 0);
    FloatVector fraction = magnitude.sub(down);
    long up = fraction.compare(VectorOperators.GE, 0.5f).toLong();
    long one = down.compare(VectorOperators.EQ, 0).toLong();
    if (up == 0) {
      return;
    }
    FloatVector above = FloatVector.broadcast(FLOATS, 1).sub(fraction);
    FloatVector distortion = above.mul(above);
    setLevelCosts(magnitudes, i, 1, one, costs, scratch);
    for (int state = 0; state < STATES; state++) {
      FloatVector ofLevel = FloatVector.fromArray(FLOATS, scratch, OF_LEVEL + BLOCKS * state);
      FloatVector.fromArray(FLOATS, scratch, FROM + BLOCKS * state).add(distortion)
          .add(costs[(state == 0 ? IS_LAST : IS_NOT_LAST) + i]).add(ofLevel).intoArray(scratch, WITH_LEVEL + BLOCKS * state);
    }
    takeAll(one & up, ~one & up, UP, i, paths, choices, scratch);
  }

  /** By state, what the level costs that is a magnitude rounded down, plus 0 or 1. */
  private static void setLevelCosts(float[] magnitudes, int i, int up, long one, float[] costs, float[] scratch) {
    IntVector level = ((IntVector) FloatVector.fromArray(FLOATS, magnitudes, BLOCKS * i).convert(VectorOperators.F2I, 0)).add(up);
    long large = level.compare(VectorOperators.GT, PREFIXED).toLong();
    VectorMask<Float> isOne = VectorMask.fromLong(FLOATS, one);
    VectorMask<Float> isLarge = VectorMask.fromLong(FLOATS, large);
    FloatVector further = (FloatVector) level.min(PREFIXED + 1).sub(2).convert(VectorOperators.I2F, 0);
    // The exponent of a binary32 is the k of the Exp-Golomb code.
    IntVector k = ((FloatVector) level.sub(PREFIXED).convert(VectorOperators.I2F, 0)).reinterpretAsInts()
        .lanewise(VectorOperators.LSHR, 23).sub(127);
    FloatVector suffix = ((FloatVector) k.add(k).add(1).convert(VectorOperators.I2F, 0)).mul(costs[BIT]);
    for (int state = 0; state < STATES; state++) {
      FloatVector end = FloatVector.broadcast(FLOATS, costs[FURTHER_IS_0 + state]).blend(suffix, isLarge);
      further.mul(costs[FURTHER_IS_1 + state]).add(costs[FIRST_IS_1 + state]).add(end)
          .blend(costs[FIRST_IS_0 + state], isOne).intoArray(scratch, OF_LEVEL + BLOCKS * state);
    }
  }

  /** All transitions, for the blocks where the level is 1 and for those where it is greater. */
  private static void takeAll(long one, long greater, int kind, int i, float[] paths, int[] choices, float[] scratch) {
    for (int k = 1; k <= STATES; k++) {
      int state = k & 7;
      take(one, state, AFTER_ONE[state], kind, i, paths, choices, scratch);
      take(greater, state, AFTER_GREATER[state], kind, i, paths, choices, scratch);
    }
  }

  private static void take(long blocks, int state, int to, int kind, int i, float[] paths, int[] choices, float[] scratch) {
    FloatVector cost = FloatVector.fromArray(FLOATS, scratch, WITH_LEVEL + BLOCKS * state);
    FloatVector known = FloatVector.fromArray(FLOATS, paths, BLOCKS * to);
    long better = cost.compare(VectorOperators.LT, known).toLong() & blocks;
    known.blend(cost, VectorMask.fromLong(FLOATS, better)).intoArray(paths, BLOCKS * to);
    int at = BLOCKS * (2 * i + (to >> 2));
    int shift = 8 * (to & 3);
    IntVector choice = IntVector.fromArray(INTS, choices, at);
    choice.blend(choice.and(~(0xFF << shift)).or((state | kind) << shift), VectorMask.fromLong(INTS, better)).intoArray(choices, at);
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    TrellisKernels kernels = vector ? new VectorTrellisKernels() : scalar;
    float[] magnitudes = new float[15 * BLOCKS];
    float[] costs = new float[COSTS];
    Arrays.fill(costs, 0.1f);
    for (int k = 0; k < magnitudes.length; k++) {
      magnitudes[k] = k * 37 % 101 / 30f;
    }
    float[] paths = new float[STATES * BLOCKS];
    int[] choices = new int[2 * 15 * BLOCKS];
    float[] scratch = new float[SCRATCH];
    return () -> kernels.search(magnitudes, 15, costs, paths, choices, scratch);
  }
}
