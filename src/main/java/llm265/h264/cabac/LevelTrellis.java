package llm265.h264.cabac;

import llm265.h264.macroblock.BlockScan;

/**
 * Chooses the levels of a residual block by rate and distortion: of all ways to round its coefficients down or up, the one with the
 * least D + lambda R, with R from the contexts as they stand.
 *
 * <p>What a level costs depends, through 9.3.3.1.3, on the levels behind it in the scan. A trellis whose states are those of that
 * clause, gone through from the last coefficient to the first, finds the best path. Contexts do not adapt within the block.
 */
public final class LevelTrellis {
  private static final int STATES = 8;
  /** No level but 0 so far. */
  private static final int NONE = STATES;

  private static final int LARGEST_BLOCK = 64;

  /** A level of 1 is worth comparing with 0 below this magnitude. */
  private static final float PERHAPS_ZERO = 1.3f;

  private final BlockContexts[] blocks = BlockContexts.all(false, 1);
  /** Least cost of each state that can be reached, those as bits of a mask. */
  private float[] costs = new float[STATES + 1];
  private int reached;
  private float[] nextCosts = new float[STATES + 1];
  private int nextReached;
  /** By coefficient and state after it: the level's magnitude, and the state before it. */
  private final int[] magnitudes = new int[LARGEST_BLOCK * (STATES + 1)];
  private final byte[] origins = new byte[LARGEST_BLOCK * (STATES + 1)];
  /** Cost of the first bin of coeff_abs_level_minus1, being 0 or 1, and of its further bins, by state. */
  private final float[] firstIs0 = new float[STATES];
  private final float[] firstIs1 = new float[STATES];
  private final float[] furtherIs0 = new float[STATES];
  private final float[] furtherIs1 = new float[STATES];

  /** lambda over {@link BinCost#BIT}. */
  private float unit;

  /**
   * Chooses levels.
   *
   * @param ctxBlockCat of a luma block: LUMA_DC, LUMA_AC, LUMA_4X4 or LUMA_8X8
   * @param ctxIdxInc of coded_block_flag; negative for blocks that have none
   * @param coefficients forward coefficients, in raster order from {@code offset} on
   * @param scale their factors by raster position, as for {@link llm265.h264.transform.Quantization}; their levels must be below 2^20
   * @param lambda squared quantizer steps that a bit is worth
   * @param levels receives the levels, in raster order from {@code levelsOffset} on; for AC blocks position 0 is left alone
   * @return whether a level is not 0
   */
  public boolean choose(int ctxBlockCat, int ctxIdxInc, ContextVariables contexts, int[] coefficients, int offset,
      float[] scale, float lambda, int[] levels, int levelsOffset) {
    BlockContexts block = blocks[ctxBlockCat];
    int numCoeff = CtxBlockCat.maxNumCoeff(ctxBlockCat);
    int firstCoeff = numCoeff == 15 ? 1 : 0;
    int[] scan = numCoeff == LARGEST_BLOCK ? BlockScan.ZIGZAG_8X8 : BlockScan.ZIGZAG_4X4;
    unit = lambda / BinCost.BIT;
    prepare(block, contexts);
    reached = 1 << NONE;
    costs[NONE] = 0;
    for (int i = numCoeff - 1; i >= 0; i--) {
      int position = scan[firstCoeff + i];
      float magnitude = Math.abs(coefficients[offset + position]) * scale[position];
      step(block, contexts, i, i == numCoeff - 1, magnitude);
    }
    // A block may always be all zeros, so that the state of none is there to the end.
    int best = NONE;
    float least = costs[NONE];
    if (ctxIdxInc >= 0) {
      least += unit * BinCost.ofBin(contexts, block.codedBlockFlag + ctxIdxInc, 0);
    }
    float coded = ctxIdxInc >= 0 ? unit * BinCost.ofBin(contexts, block.codedBlockFlag + ctxIdxInc, 1) : 0;
    for (int rest = reached & ~(1 << NONE); rest != 0; rest &= rest - 1) {
      int state = Integer.numberOfTrailingZeros(rest);
      if (costs[state] + coded < least) {
        least = costs[state] + coded;
        best = state;
      }
    }
    for (int i = 0, state = best; i < numCoeff; i++) {
      int position = scan[firstCoeff + i];
      int at = i * (STATES + 1) + state;
      int magnitude = magnitudes[at];
      levels[levelsOffset + position] = coefficients[offset + position] < 0 ? -magnitude : magnitude;
      state = origins[at];
    }
    return best != NONE;
  }

  private void prepare(BlockContexts block, ContextVariables contexts) {
    for (int state = 0; state < STATES; state++) {
      int first = block.coeffAbsLevelMinus1 + ResidualBlockWriter.first(state);
      int further = Math.min(block.coeffAbsLevelMinus1 + ResidualBlockWriter.further(state), block.largestLevelCtxIdx);
      // The sign is in both.
      firstIs0[state] = unit * (BinCost.ofBin(contexts, first, 0) + BinCost.BIT);
      firstIs1[state] = unit * (BinCost.ofBin(contexts, first, 1) + BinCost.BIT);
      furtherIs0[state] = unit * BinCost.ofBin(contexts, further, 0);
      furtherIs1[state] = unit * BinCost.ofBin(contexts, further, 1);
    }
  }

  /** One coefficient: from the states behind it to those that include it. */
  private void step(BlockContexts block, ContextVariables contexts, int i, boolean isLastPlace, float magnitude) {
    int down = (int) magnitude;
    float fraction = magnitude - down;
    nextReached = 0;
    int row = i * (STATES + 1);
    float isSignificant = 0;
    float isNot = 0;
    float isLast = 0;
    float isNotLast = 0;
    if (!isLastPlace) {
      int significant = block.significantCoeffFlag + block.significantIncrements[i];
      int last = block.lastSignificantCoeffFlag + block.lastIncrements[i];
      isSignificant = unit * BinCost.ofBin(contexts, significant, 1);
      isNot = unit * BinCost.ofBin(contexts, significant, 0);
      isLast = isSignificant + unit * BinCost.ofBin(contexts, last, 1);
      isNotLast = isSignificant + unit * BinCost.ofBin(contexts, last, 0);
    }
    boolean maybeZero = down == 0 || down == 1 && magnitude < PERHAPS_ZERO;
    tryZero(row, magnitude * magnitude, isNot, maybeZero);
    if (down > 0) {
      tryLevel(row, down, fraction * fraction, isLast, isNotLast);
    }
    if (fraction >= 0.5f) {
      tryLevel(row, down + 1, (1 - fraction) * (1 - fraction), isLast, isNotLast);
    }
    float[] swap = costs;
    costs = nextCosts;
    nextCosts = swap;
    reached = nextReached;
  }

  /** A 0: behind the last level it costs nothing, and a block may always end before this place. */
  private void tryZero(int row, float distortion, float isNot, boolean amidLevels) {
    nextCosts[NONE] = costs[NONE] + distortion;
    magnitudes[row + NONE] = 0;
    origins[row + NONE] = NONE;
    nextReached = 1 << NONE;
    if (amidLevels) {
      for (int rest = reached & ~(1 << NONE); rest != 0; rest &= rest - 1) {
        int state = Integer.numberOfTrailingZeros(rest);
        nextCosts[state] = costs[state] + distortion + isNot;
        magnitudes[row + state] = 0;
        origins[row + state] = (byte) state;
      }
      nextReached = reached;
    }
  }

  private void tryLevel(int row, int level, float distortion, float isLast, float isNotLast) {
    int greater = level > 1 ? 1 : 0;
    for (int rest = reached; rest != 0; rest &= rest - 1) {
      int from = Integer.numberOfTrailingZeros(rest);
      int state = from == NONE ? 0 : from;
      float cost = costs[from] + distortion + (from == NONE ? isLast : isNotLast) + levelCost(level, state);
      int to = ResidualBlockWriter.next(state, greater);
      if ((nextReached >> to & 1) == 0 || cost < nextCosts[to]) {
        nextReached |= 1 << to;
        nextCosts[to] = cost;
        magnitudes[row + to] = level;
        origins[row + to] = (byte) from;
      }
    }
  }

  private float levelCost(int level, int state) {
    if (level == 1) {
      return firstIs0[state];
    }
    if (level <= ResidualBlockParser.LEVEL_PREFIX) {
      return firstIs1[state] + (level - 2) * furtherIs1[state] + furtherIs0[state];
    }
    int k = 31 - Integer.numberOfLeadingZeros(level - ResidualBlockParser.LEVEL_PREFIX);
    return firstIs1[state] + (ResidualBlockParser.LEVEL_PREFIX - 1) * furtherIs1[state]
        + unit * BinCost.BIT * (2 * k + 1);
  }
}
