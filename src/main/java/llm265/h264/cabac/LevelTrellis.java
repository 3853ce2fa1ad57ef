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

  /** Values of a packed state. */
  private static final int PACKED_STATES = 128;

  /** A level of 1 is worth comparing with 0 below this magnitude. */
  private static final float PERHAPS_ZERO = TrellisKernels.PERHAPS_ZERO;

  /** Of a coefficient, by state after it in eight bits each: the state before it, and what its level is. */
  private static final long ZERO_EVERYWHERE = 0x07_06_05_04_03_02_01_00L;
  private static final int DOWN = 1 << 4;
  private static final int UP = 2 << 4;

  private static final float UNREACHED = Float.POSITIVE_INFINITY;

  private static final TrellisKernels KERNELS = TrellisKernels.ACTIVE;

  private static final int BLOCKS = TrellisKernels.BLOCKS;

  private final BlockCosts[] costsOf = new BlockCosts[CtxBlockCat.COUNT];
  /** Squared quantizer steps that a bit is worth, and so what bins cost, see {@link BlockCosts#set}. */
  private float lambda = Float.NaN;
  private final float[] costOfBins = new float[PACKED_STATES];
  private final float[] costWithSign = new float[PACKED_STATES];
  /** Least cost of each state. */
  private float[] costs = new float[STATES];
  private float[] nextCosts = new float[STATES];
  private final long[] choices = new long[LARGEST_BLOCK];
  /** Magnitudes rounded down. */
  private final int[] floors = new int[LARGEST_BLOCK];
  /** Of all blocks together, see {@link TrellisKernels}. */
  private final int[] scanned = new int[TrellisKernels.COEFFICIENTS * BLOCKS];
  private final int[] choicesOfAll = new int[TrellisKernels.COEFFICIENTS * BLOCKS];
  private final int[] best = new int[TrellisKernels.CTX_IDX_INCS * BLOCKS];
  private final int[] states = new int[BLOCKS];
  private final float[] scratch = new float[TrellisKernels.SCRATCH];
  private final int[] room = new int[TrellisKernels.SCRATCH];
  /** Greatest magnitude of a forward coefficient. */
  private final float greatestCoefficient;
  /** The factors that {@link #areWithinRange} was last asked about, and what it said. */
  private float[] askedAbout;
  private boolean areWithinRange;

  /**
   * A trellis for blocks of one bit depth.
   *
   * @param greatestCoefficient greatest magnitude that coefficients of 4x4 blocks have
   */
  public LevelTrellis(int greatestCoefficient) {
    this.greatestCoefficient = greatestCoefficient;
    BlockContexts[] blocks = BlockContexts.all(false, 1);
    for (int ctxBlockCat = 0; ctxBlockCat < costsOf.length; ctxBlockCat++) {
      costsOf[ctxBlockCat] = new BlockCosts(blocks[ctxBlockCat]);
    }
  }

  /** What bins cost in one kind of block, in squared quantizer steps. */
  private static final class BlockCosts {
    final BlockContexts block;
    /** As {@link TrellisKernels} have it. Of the last place in the scan nothing is coded, so that nothing is ever set there. */
    final float[] table = new float[TrellisKernels.COSTS];

    BlockCosts(BlockContexts block) {
      this.block = block;
    }

    /**
     * Looks all of them up.
     *
     * @param costOf what a bin costs, by packed state of its context ^ binVal
     * @param withSign the same with a bit for a sign
     */
    void set(ContextVariables contexts, float bit, float[] costOf, float[] withSign) {
      byte[] states = contexts.state;
      table[TrellisKernels.BIT] = bit;
      for (int i = 0; i < CtxBlockCat.maxNumCoeff(block.ctxBlockCat) - 1; i++) {
        int significant = states[block.significantCoeffFlag + block.significantIncrements[i]];
        int last = states[block.lastSignificantCoeffFlag + block.lastIncrements[i]];
        float isSignificant = costOf[significant ^ 1];
        table[TrellisKernels.IS_NOT + i] = costOf[significant];
        table[TrellisKernels.IS_LAST + i] = isSignificant + costOf[last ^ 1];
        table[TrellisKernels.IS_NOT_LAST + i] = isSignificant + costOf[last];
      }
      for (int i = 0; i < TrellisKernels.CTX_IDX_INCS && block.codedBlockFlag >= 0; i++) {
        int coded = states[block.codedBlockFlag + i];
        table[TrellisKernels.NOT_CODED + i] = costOf[coded];
        table[TrellisKernels.CODED + i] = costOf[coded ^ 1];
      }
      for (int state = 0; state < STATES; state++) {
        int first = states[block.coeffAbsLevelMinus1 + ResidualBlockWriter.first(state)];
        int further = states[Math.min(block.coeffAbsLevelMinus1 + ResidualBlockWriter.further(state), block.largestLevelCtxIdx)];
        table[TrellisKernels.FIRST_IS_0 + state] = withSign[first];
        table[TrellisKernels.FIRST_IS_1 + state] = withSign[first ^ 1];
        table[TrellisKernels.FURTHER_IS_0 + state] = costOf[further];
        table[TrellisKernels.FURTHER_IS_1 + state] = costOf[further ^ 1];
      }
    }
  }

  /**
   * Looks up what bins cost in a kind of block, for the next calls of {@link #choose}.
   *
   * @param ctxBlockCat of a luma block: LUMA_DC, LUMA_AC, LUMA_4X4 or LUMA_8X8
   * @param lambda squared quantizer steps that a bit is worth
   */
  public void prepare(int ctxBlockCat, ContextVariables contexts, float lambda) {
    float unit = lambda / BinCost.BIT;
    if (lambda != this.lambda) {
      this.lambda = lambda;
      for (int state = 0; state < PACKED_STATES; state++) {
        costOfBins[state] = unit * BinCost.ofBin(state, 0);
        costWithSign[state] = unit * (BinCost.ofBin(state, 0) + BinCost.BIT);
      }
    }
    costsOf[ctxBlockCat].set(contexts, unit * BinCost.BIT, costOfBins, costWithSign);
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
      step(block.table, i, magnitude);
    }
    // A block may always be all zeros, so that the state of none is there to the end.
    int cheapest = NONE;
    float least = costs[NONE] + (ctxIdxInc >= 0 ? block.table[TrellisKernels.NOT_CODED + ctxIdxInc] : 0);
    float coded = ctxIdxInc >= 0 ? block.table[TrellisKernels.CODED + ctxIdxInc] : 0;
    for (int state = 1; state < STATES; state++) {
      if (costs[state] + coded < least) {
        least = costs[state] + coded;
        cheapest = state;
      }
    }
    for (int i = 0, state = cheapest; i < numCoeff; i++) {
      int position = scan[firstCoeff + i];
      int choice = (int) (choices[i] >>> 8 * state);
      int kind = choice >> 4 & 3;
      int magnitude = kind == 0 ? 0 : floors[i] + kind - 1;
      levels[levelsOffset + position] = coefficients[offset + position] < 0 ? -magnitude : magnitude;
      state = choice & 15;
    }
    return cheapest != NONE;
  }

  /**
   * Searches all 16 AC blocks of an Intra_16x16 macroblock together, which is many times as fast with vectors.
   *
   * @param coefficients of block b from 16 * b on
   * @return false where it is not to be done like this: then {@link #choose} is the way
   */
  public boolean searchAc(int[] coefficients, float[] scale) {
    if (!isWorthwhile() || !areWithinRange(scale)) {
      return false;
    }
    KERNELS.search(coefficients, scale, costsOf[CtxBlockCat.LUMA_AC].table, scanned, choicesOfAll, best, scratch);
    return true;
  }

  /** The reference takes longer for all blocks together than they do one by one. */
  private static boolean isWorthwhile() {
    return KERNELS instanceof WarmingKernels vector ? vector.isReady() : !(KERNELS instanceof ScalarTrellisKernels);
  }

  /** Whether the factors make magnitudes that {@link TrellisKernels} take. */
  private boolean areWithinRange(float[] scale) {
    if (scale != askedAbout) {
      askedAbout = scale;
      areWithinRange = true;
      for (float factor : scale) {
        areWithinRange &= greatestCoefficient * factor < TrellisKernels.MAGNITUDES;
      }
    }
    return areWithinRange;
  }

  /** Decides whether a block that {@link #searchAc} has searched has a level that is not 0, by ctxIdxInc of its coded_block_flag. */
  public boolean decideAc(int b, int ctxIdxInc) {
    states[b] = best[BLOCKS * ctxIdxInc + b];
    return states[b] != NONE;
  }

  /** The levels of all blocks that {@link #searchAc} has searched and {@link #decideAc} has decided on; as from {@link #choose}. */
  public void chooseAc(float[] scale, int[] levels) {
    KERNELS.trace(scanned, scale, choicesOfAll, states, levels, room);
  }

  /** One coefficient: from the states behind it to those that include it. Of two ways that cost the same the first one stays. */
  private void step(float[] table, int i, float magnitude) {
    int down = (int) magnitude;
    float fraction = magnitude - down;
    floors[i] = down;
    tryZero(magnitude * magnitude, magnitude < PERHAPS_ZERO ? table[TrellisKernels.IS_NOT + i] : UNREACHED);
    long choice = ZERO_EVERYWHERE;
    if (down > 0) {
      choice = tryLevel(table, i, down, DOWN, fraction * fraction, choice);
    }
    if (fraction >= 0.5f) {
      choice = tryLevel(table, i, down + 1, UP, (1 - fraction) * (1 - fraction), choice);
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

  private long tryLevel(float[] table, int i, int level, int kind, float distortion, long before) {
    return level == 1 ? tryOne(table, i, kind, distortion, before) : tryGreater(table, i, level, kind, distortion, before);
  }

  private long tryOne(float[] table, int i, int kind, float distortion, long before) {
    float[] from = costs;
    float[] to = nextCosts;
    float isNotLast = table[TrellisKernels.IS_NOT_LAST + i];
    int of = TrellisKernels.FIRST_IS_0;
    long choice = take(to, 1, from[0] + distortion + table[TrellisKernels.IS_LAST + i] + table[of], kind, before);
    choice = take(to, 2, from[1] + distortion + isNotLast + table[of + 1], kind | 1, choice);
    choice = take(to, 3, from[2] + distortion + isNotLast + table[of + 2], kind | 2, choice);
    choice = take(to, 3, from[3] + distortion + isNotLast + table[of + 3], kind | 3, choice);
    choice = take(to, 4, from[4] + distortion + isNotLast + table[of + 4], kind | 4, choice);
    choice = take(to, 5, from[5] + distortion + isNotLast + table[of + 5], kind | 5, choice);
    choice = take(to, 6, from[6] + distortion + isNotLast + table[of + 6], kind | 6, choice);
    return take(to, 7, from[7] + distortion + isNotLast + table[of + 7], kind | 7, choice);
  }

  private long tryGreater(float[] table, int i, int level, int kind, float distortion, long before) {
    float[] from = costs;
    float[] to = nextCosts;
    float isLast = table[TrellisKernels.IS_LAST + i];
    float isNotLast = table[TrellisKernels.IS_NOT_LAST + i];
    long choice = take(to, 4, from[1] + distortion + isNotLast + ofLevel(table, 1, level), kind | 1, before);
    choice = take(to, 4, from[2] + distortion + isNotLast + ofLevel(table, 2, level), kind | 2, choice);
    choice = take(to, 4, from[3] + distortion + isNotLast + ofLevel(table, 3, level), kind | 3, choice);
    choice = take(to, 4, from[0] + distortion + isLast + ofLevel(table, 0, level), kind, choice);
    choice = take(to, 5, from[4] + distortion + isNotLast + ofLevel(table, 4, level), kind | 4, choice);
    choice = take(to, 6, from[5] + distortion + isNotLast + ofLevel(table, 5, level), kind | 5, choice);
    choice = take(to, 7, from[6] + distortion + isNotLast + ofLevel(table, 6, level), kind | 6, choice);
    return take(to, 7, from[7] + distortion + isNotLast + ofLevel(table, 7, level), kind | 7, choice);
  }

  /** What coeff_abs_level_minus1 and the sign of a level greater than 1 cost. */
  static float ofLevel(float[] table, int state, int level) {
    float first = table[TrellisKernels.FIRST_IS_1 + state];
    float further = table[TrellisKernels.FURTHER_IS_1 + state];
    if (level <= TrellisKernels.PREFIXED) {
      return first + (level - 2) * further + table[TrellisKernels.FURTHER_IS_0 + state];
    }
    int k = 31 - Integer.numberOfLeadingZeros(level - TrellisKernels.PREFIXED);
    return first + (TrellisKernels.PREFIXED - 1) * further + table[TrellisKernels.BIT] * (2 * k + 1);
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
