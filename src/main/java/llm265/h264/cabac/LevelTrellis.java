package llm265.h264.cabac;

import java.util.Arrays;
import llm265.h264.macroblock.BlockScan;
import llm265.kernel.WarmingKernels;

/**
 * Chooses the levels of a residual block by rate and distortion: of all ways to round its coefficients down or up, the one with the
 * least D + lambda R, with R from the contexts as they stand.
 *
 * <p>What a level costs depends, through 9.3.3.1.3, on the levels behind it in the scan. A trellis whose states are those of that
 * clause, gone through from the last coefficient to the first, finds the best path. Contexts do not adapt within the block, nor within the
 * macroblock: what its bins cost is looked up once for all of its blocks of a kind.
 *
 * <p>States 1 to 3 stand for that many levels of magnitude 1 behind a place, 4 to 7 for 1 to 4 greater ones, and 0 for no level at all. Costs of
 * states that cannot be reached are infinite, so that every transition stands there by itself, without loops over states, which were
 * half of the time.
 */
public final class LevelTrellis {
  private static final int STATES = TrellisKernels.STATES;
  /** No level but 0 so far. */
  private static final int NONE = 0;

  private static final int LARGEST_BLOCK = 64;
  private static final int AC_LEVELS = 15;

  /** A level of 1 is worth comparing with 0 below this magnitude. */
  private static final float PERHAPS_ZERO = TrellisKernels.PERHAPS_ZERO;

  /** Levels up to this one have a row of {@link BlockCosts#ofLevels}; the row behind is for a greater one. */
  private static final int TABLED = ResidualBlockParser.LEVEL_PREFIX;

  /** Of a coefficient, by state after it in eight bits each: the state before it, and what its level is. */
  private static final long ZERO_EVERYWHERE = 0x07_06_05_04_03_02_01_00L;
  private static final int DOWN = TrellisKernels.DOWN;
  private static final int UP = TrellisKernels.UP;

  private static final float UNREACHED = Float.POSITIVE_INFINITY;

  private static final TrellisKernels KERNELS = TrellisKernels.ACTIVE;

  private static final int BLOCKS = TrellisKernels.BLOCKS;

  private final BlockCosts[] costsOf = new BlockCosts[CtxBlockCat.COUNT];
  /** Least cost of each state. */
  private float[] costs = new float[STATES];
  private float[] nextCosts = new float[STATES];
  private final long[] choices = new long[LARGEST_BLOCK];
  /** Magnitudes rounded down. */
  private final int[] floors = new int[LARGEST_BLOCK];
  /** Of all blocks together, see {@link TrellisKernels}. */
  private final float[] magnitudes = new float[16 * BLOCKS];
  private final float[] paths = new float[STATES * BLOCKS];
  private final int[] choicesOfAll = new int[2 * 16 * BLOCKS];
  private final float[] scratch = new float[TrellisKernels.SCRATCH];

  public LevelTrellis() {
    BlockContexts[] blocks = BlockContexts.all(false, 1);
    for (int ctxBlockCat = 0; ctxBlockCat < costsOf.length; ctxBlockCat++) {
      costsOf[ctxBlockCat] = new BlockCosts(blocks[ctxBlockCat]);
    }
  }

  /** What bins cost in one kind of block, in squared quantizer steps. */
  private static final class BlockCosts {
    final BlockContexts block;
    final float[] isNot = new float[LARGEST_BLOCK];
    final float[] isLast = new float[LARGEST_BLOCK];
    final float[] isNotLast = new float[LARGEST_BLOCK];
    /** coeff_abs_level_minus1 and sign, by {@code STATES * level + state}. */
    final float[] ofLevels = new float[STATES * (TABLED + 2)];
    final float[] notCoded = new float[4];
    final float[] coded = new float[4];
    /** Cost of the first bin of coeff_abs_level_minus1 being 1, with the sign, and of its further bins, by state. */
    private final float[] firstIs1 = new float[STATES];
    private final float[] furtherIs0 = new float[STATES];
    private final float[] furtherIs1 = new float[STATES];
    private float bit;
    /** As {@link TrellisKernels} want them. */
    private final float[] table = new float[TrellisKernels.COSTS];

    BlockCosts(BlockContexts block) {
      this.block = block;
    }

    void set(ContextVariables contexts, float lambda) {
      float unit = lambda / BinCost.BIT;
      bit = unit * BinCost.BIT;
      for (int i = 0; i < block.significantIncrements.length && i < LARGEST_BLOCK - 1; i++) {
        int significant = block.significantCoeffFlag + block.significantIncrements[i];
        int last = block.lastSignificantCoeffFlag + block.lastIncrements[i];
        float isSignificant = unit * BinCost.ofBin(contexts, significant, 1);
        isNot[i] = unit * BinCost.ofBin(contexts, significant, 0);
        isLast[i] = isSignificant + unit * BinCost.ofBin(contexts, last, 1);
        isNotLast[i] = isSignificant + unit * BinCost.ofBin(contexts, last, 0);
      }
      for (int i = 0; i < coded.length && block.codedBlockFlag >= 0; i++) {
        notCoded[i] = unit * BinCost.ofBin(contexts, block.codedBlockFlag + i, 0);
        coded[i] = unit * BinCost.ofBin(contexts, block.codedBlockFlag + i, 1);
      }
      for (int state = 0; state < STATES; state++) {
        int first = block.coeffAbsLevelMinus1 + ResidualBlockWriter.first(state);
        int further = Math.min(block.coeffAbsLevelMinus1 + ResidualBlockWriter.further(state), block.largestLevelCtxIdx);
        ofLevels[STATES + state] = unit * (BinCost.ofBin(contexts, first, 0) + BinCost.BIT);
        firstIs1[state] = unit * (BinCost.ofBin(contexts, first, 1) + BinCost.BIT);
        furtherIs0[state] = unit * BinCost.ofBin(contexts, further, 0);
        furtherIs1[state] = unit * BinCost.ofBin(contexts, further, 1);
      }
      for (int level = 2; level <= TABLED; level++) {
        for (int state = 0; state < STATES; state++) {
          ofLevels[STATES * level + state] = firstIs1[state] + (level - 2) * furtherIs1[state] + furtherIs0[state];
        }
      }
    }

    float[] table(int numCoeff) {
      System.arraycopy(isNot, 0, table, TrellisKernels.IS_NOT, numCoeff - 1);
      System.arraycopy(isLast, 0, table, TrellisKernels.IS_LAST, numCoeff - 1);
      System.arraycopy(isNotLast, 0, table, TrellisKernels.IS_NOT_LAST, numCoeff - 1);
      table[TrellisKernels.BIT] = bit;
      System.arraycopy(ofLevels, STATES, table, TrellisKernels.FIRST_IS_0, STATES);
      System.arraycopy(firstIs1, 0, table, TrellisKernels.FIRST_IS_1, STATES);
      System.arraycopy(furtherIs1, 0, table, TrellisKernels.FURTHER_IS_1, STATES);
      System.arraycopy(furtherIs0, 0, table, TrellisKernels.FURTHER_IS_0, STATES);
      return table;
    }

    /** Index of a level's row in {@link #ofLevels}. */
    int row(int level) {
      if (level <= TABLED) {
        return STATES * level;
      }
      int k = 31 - Integer.numberOfLeadingZeros(level - TABLED);
      for (int state = 0; state < STATES; state++) {
        ofLevels[STATES * (TABLED + 1) + state] = firstIs1[state] + (TABLED - 1) * furtherIs1[state] + bit * (2 * k + 1);
      }
      return STATES * (TABLED + 1);
    }
  }

  /**
   * Looks up what bins cost in a kind of block, for the next calls of {@link #choose}.
   *
   * @param ctxBlockCat of a luma block: LUMA_DC, LUMA_AC, LUMA_4X4 or LUMA_8X8
   * @param lambda squared quantizer steps that a bit is worth
   */
  public void prepare(int ctxBlockCat, ContextVariables contexts, float lambda) {
    costsOf[ctxBlockCat].set(contexts, lambda);
  }

  /**
   * Chooses levels.
   *
   * @param ctxBlockCat one that {@link #prepare} was called for
   * @param ctxIdxInc of coded_block_flag; negative for blocks that have none
   * @param coefficients forward coefficients, in raster order from {@code offset} on
   * @param scale their factors by raster position, as for {@link llm265.h264.transform.Quantization}; their levels must be below 2^20
   * @param levels receives the levels, in raster order from {@code levelsOffset} on; for AC blocks position 0 is left alone
   * @return whether a level is not 0
   */
  public boolean choose(
      int ctxBlockCat, int ctxIdxInc, int[] coefficients, int offset, float[] scale, int[] levels, int levelsOffset) {
    BlockCosts block = costsOf[ctxBlockCat];
    int numCoeff = CtxBlockCat.maxNumCoeff(ctxBlockCat);
    int firstCoeff = numCoeff == 15 ? 1 : 0;
    int[] scan = numCoeff == LARGEST_BLOCK ? BlockScan.ZIGZAG_8X8 : BlockScan.ZIGZAG_4X4;
    Arrays.fill(costs, UNREACHED);
    costs[NONE] = 0;
    for (int i = numCoeff - 1; i >= 0; i--) {
      int position = scan[firstCoeff + i];
      float magnitude = Math.abs(coefficients[offset + position]) * scale[position];
      step(block, i, i == numCoeff - 1, magnitude);
    }
    // A block may always be all zeros, so that the state of none is there to the end.
    int best = NONE;
    float least = costs[NONE] + (ctxIdxInc >= 0 ? block.notCoded[ctxIdxInc] : 0);
    float coded = ctxIdxInc >= 0 ? block.coded[ctxIdxInc] : 0;
    for (int state = 1; state < STATES; state++) {
      if (costs[state] + coded < least) {
        least = costs[state] + coded;
        best = state;
      }
    }
    for (int i = 0, state = best; i < numCoeff; i++) {
      int position = scan[firstCoeff + i];
      int choice = (int) (choices[i] >>> 8 * state);
      int kind = choice >> 4 & 3;
      int magnitude = kind == 0 ? 0 : floors[i] + kind - 1;
      levels[levelsOffset + position] = coefficients[offset + position] < 0 ? -magnitude : magnitude;
      state = choice & 15;
    }
    return best != NONE;
  }

  /**
   * Searches all 16 AC blocks of an Intra_16x16 macroblock together, which is many times as fast where a vector holds them.
   *
   * @param coefficients of block b from 16 * b on
   * @return false where it is not to be done like this: then {@link #choose} is the way
   */
  public boolean searchAc(int[] coefficients, float[] scale) {
    if (!isWorthwhile()) {
      return false;
    }
    // As the bits of floats, which are in the order of the floats; nothing here branches on a level.
    int greatest = 0;
    for (int i = 0; i < AC_LEVELS; i++) {
      int position = BlockScan.ZIGZAG_4X4[1 + i];
      float factor = scale[position];
      for (int b = 0; b < BLOCKS; b++) {
        float magnitude = Math.abs(coefficients[16 * b + position]) * factor;
        magnitudes[BLOCKS * i + b] = magnitude;
        greatest = Math.max(greatest, Float.floatToRawIntBits(magnitude));
      }
    }
    if (Float.intBitsToFloat(greatest) >= TrellisKernels.MAGNITUDES) {
      return false;
    }
    KERNELS.search(
        magnitudes, AC_LEVELS, costsOf[CtxBlockCat.LUMA_AC].table(AC_LEVELS), paths, choicesOfAll, scratch);
    return true;
  }

  /** The reference takes longer for all blocks together than they do one by one. */
  private static boolean isWorthwhile() {
    return KERNELS instanceof WarmingKernels vector ? vector.isReady() : !(KERNELS instanceof ScalarTrellisKernels);
  }

  /** As {@link #choose} for a block of those that {@link #searchAc} has searched. */
  public boolean chooseAc(int b, int ctxIdxInc, int[] coefficients, int[] levels) {
    BlockCosts block = costsOf[CtxBlockCat.LUMA_AC];
    long least = (long) Float.floatToRawIntBits(paths[b] + block.notCoded[ctxIdxInc]) << 3;
    for (int state = 1; state < STATES; state++) {
      float cost = paths[BLOCKS * state + b] + block.coded[ctxIdxInc];
      least = Math.min(least, (long) Float.floatToRawIntBits(cost) << 3 | state);
    }
    int best = (int) least & 7;
    for (int i = 0, state = best; i < AC_LEVELS; i++) {
      int at = 16 * b + BlockScan.ZIGZAG_4X4[1 + i];
      int choice = choicesOfAll[BLOCKS * (2 * i + (state >> 2)) + b] >>> 8 * (state & 3);
      int kind = choice >> 4 & 3;
      int magnitude = (int) magnitudes[BLOCKS * i + b] + kind - 1 & -kind >> 31;
      int sign = coefficients[at] >> 31;
      levels[at] = (magnitude ^ sign) - sign;
      state = choice & 15;
    }
    return best != NONE;
  }

  /** One coefficient: from the states behind it to those that include it. Of two ways that cost the same the first one stays. */
  private void step(BlockCosts block, int i, boolean isLastPlace, float magnitude) {
    int down = (int) magnitude;
    float fraction = magnitude - down;
    floors[i] = down;
    // Of the last place nothing is coded.
    float isNot = isLastPlace ? 0 : block.isNot[i];
    float isLast = isLastPlace ? 0 : block.isLast[i];
    float isNotLast = isLastPlace ? 0 : block.isNotLast[i];
    boolean maybeZero = down == 0 || down == 1 && magnitude < PERHAPS_ZERO;
    tryZero(magnitude * magnitude, maybeZero ? isNot : UNREACHED);
    long choice = ZERO_EVERYWHERE;
    if (down > 0) {
      choice = tryLevel(block, down, DOWN, fraction * fraction, isLast, isNotLast, choice);
    }
    if (fraction >= 0.5f) {
      choice = tryLevel(block, down + 1, UP, (1 - fraction) * (1 - fraction), isLast, isNotLast, choice);
    }
    choices[i] = choice;
    float[] swap = costs;
    costs = nextCosts;
    nextCosts = swap;
  }

  /** A 0: behind the last level it costs nothing, and a block may always end before this place. */
  private void tryZero(float distortion, float isNot) {
    float[] from = costs;
    float[] to = nextCosts;
    to[NONE] = from[NONE] + distortion;
    for (int state = 1; state < STATES; state++) {
      to[state] = from[state] + distortion + isNot;
    }
  }

  private long tryLevel(BlockCosts block, int level, int kind, float distortion, float isLast, float isNotLast, long before) {
    float[] from = costs;
    float[] to = nextCosts;
    float[] of = block.ofLevels;
    int row = block.row(level);
    float none = from[0] + distortion + isLast + of[row];
    float cost1 = from[1] + distortion + isNotLast + of[row + 1];
    float cost2 = from[2] + distortion + isNotLast + of[row + 2];
    float cost3 = from[3] + distortion + isNotLast + of[row + 3];
    float cost4 = from[4] + distortion + isNotLast + of[row + 4];
    float cost5 = from[5] + distortion + isNotLast + of[row + 5];
    float cost6 = from[6] + distortion + isNotLast + of[row + 6];
    float cost7 = from[7] + distortion + isNotLast + of[row + 7];
    long choice = before;
    if (level == 1) {
      choice = take(to, 1, none, kind, choice);
      choice = take(to, 2, cost1, kind | 1, choice);
      choice = take(to, 3, cost2, kind | 2, choice);
      choice = take(to, 3, cost3, kind | 3, choice);
      choice = take(to, 4, cost4, kind | 4, choice);
      choice = take(to, 5, cost5, kind | 5, choice);
      choice = take(to, 6, cost6, kind | 6, choice);
    } else {
      choice = take(to, 4, cost1, kind | 1, choice);
      choice = take(to, 4, cost2, kind | 2, choice);
      choice = take(to, 4, cost3, kind | 3, choice);
      choice = take(to, 4, none, kind, choice);
      choice = take(to, 5, cost4, kind | 4, choice);
      choice = take(to, 6, cost5, kind | 5, choice);
      choice = take(to, 7, cost6, kind | 6, choice);
    }
    return take(to, 7, cost7, kind | 7, choice);
  }

  /** Takes a way to a state if it costs less than the one that is known; returns the choices after it. */
  private static long take(float[] to, int state, float cost, int choice, long choices) {
    if (cost < to[state]) {
      to[state] = cost;
      return choices & ~(0xFFL << 8 * state) | (long) choice << 8 * state;
    }
    return choices;
  }
}
