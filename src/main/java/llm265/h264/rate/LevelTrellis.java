package llm265.h264.rate;

import llm265.h264.cabac.BlockContexts;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.CtxBlockCat;
import llm265.h264.cabac.LevelStates;
import llm265.h264.macroblock.BlockScan;

/**
 * Chooses the levels of a residual block by rate and distortion: of all ways to round its coefficients down or up, the one
 * with the least D + lambda R. R comes from the present contexts.
 *
 * <p>By 9.3.3.1.3 the cost of a level depends on the levels after it in the scan. So the states of the trellis are those of that
 * clause. It runs from the last coefficient to the first and finds the best path. Contexts do not adapt within the block, nor
 * within the macroblock: the costs of bins are looked up once for all blocks of a kind in it.
 *
 * <p>States 1 to 3 stand for that many levels of magnitude 1 after a place, 4 to 7 for 1 to 4 greater ones, and 0 for no level at
 * all.
 */
public final class LevelTrellis {
  private static final int STATES = TrellisKernels.STATES;
  /** No level so far except 0. */
  private static final int NONE = 0;

  private static final int LARGEST_BLOCK = 64;

  /** Values of a packed state. */
  private static final int PACKED_STATES = 128;

  private static final TrellisKernels KERNELS = TrellisKernels.ACTIVE;

  private static final int BLOCKS = TrellisKernels.BLOCKS;

  private final BlockCosts[] costsOf = new BlockCosts[CtxBlockCat.COUNT];
  /** Squared quantizer steps that one bit is worth; the costs of bins follow from it, see {@link BlockCosts#set}. */
  private float lambda = Float.NaN;
  private final float[] costOfBins = new float[PACKED_STATES];
  private final float[] costWithSign = new float[PACKED_STATES];
  /** Arrays of one block, see {@link TrellisKernels}. */
  private final float[] magnitudes = new float[LARGEST_BLOCK];
  private final int[] choices = new int[LARGEST_BLOCK];
  private final float[] paths = new float[STATES];
  /** Arrays of all blocks together, see {@link TrellisKernels}. */
  private final int[] scanned = new int[TrellisKernels.COEFFICIENTS * BLOCKS];
  private final int[] choicesOfAll = new int[TrellisKernels.COEFFICIENTS * BLOCKS];
  private final int[] best = new int[TrellisKernels.CTX_IDX_INCS * BLOCKS];
  private final int[] states = new int[BLOCKS];
  private final float[] scratch = new float[TrellisKernels.SCRATCH];
  private final int[] room = new int[TrellisKernels.SCRATCH];
  /** Greatest magnitude of a forward coefficient. */
  private final float greatestCoefficient;
  /** The factors that {@link #areWithinRange} last checked, and its result. */
  private float[] askedAbout;
  private boolean areWithinRange;

  /**
   * A trellis for blocks of one bit depth.
   *
   * @param greatestCoefficient greatest magnitude of the coefficients of 4x4 blocks
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
    /**
     * In the layout of {@link TrellisKernels}. Nothing is coded for the last place in the scan, so its entries are never set.
     */
    final float[] table = new float[TrellisKernels.COSTS];

    BlockCosts(BlockContexts block) {
      this.block = block;
    }

    /**
     * Looks up the costs of all bins.
     *
     * @param costOf cost of a bin, indexed by packed state of its context ^ binVal
     * @param withSign the same plus one bit for a sign
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
        int first = states[block.coeffAbsLevelMinus1 + LevelStates.first(state)];
        int further = states[Math.min(block.coeffAbsLevelMinus1 + LevelStates.further(state), block.largestLevelCtxIdx)];
        table[TrellisKernels.FIRST_IS_0 + state] = withSign[first];
        table[TrellisKernels.FIRST_IS_1 + state] = withSign[first ^ 1];
        table[TrellisKernels.FURTHER_IS_0 + state] = costOf[further];
        table[TrellisKernels.FURTHER_IS_1 + state] = costOf[further ^ 1];
      }
    }
  }

  /**
   * Looks up the costs of bins in a kind of block, for the next calls of {@link #choose}.
   *
   * @param ctxBlockCat of a luma block: LUMA_DC, LUMA_AC, LUMA_4X4 or LUMA_8X8
   * @param lambda squared quantizer steps that one bit is worth
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
   * @param ctxIdxInc ctxIdxInc of coded_block_flag; negative for blocks without one
   * @param coefficients forward coefficients, in raster order at {@code offset}
   * @param scale their factors by raster position, as for {@link llm265.h264.transform.Quantization}; their levels must be
   *     below 2^20
   * @param levels receives the levels, in raster order at {@code levelsOffset}; for AC blocks position 0 is left alone
   * @return whether a level is not 0
   */
  public boolean choose(
      int ctxBlockCat, int ctxIdxInc, int[] coefficients, int offset, float[] scale, int[] levels, int levelsOffset) {
    BlockCosts block = costsOf[ctxBlockCat];
    int numCoeff = CtxBlockCat.maxNumCoeff(ctxBlockCat);
    int firstCoeff = numCoeff == 15 ? 1 : 0;
    int[] scan = numCoeff == LARGEST_BLOCK ? BlockScan.ZIGZAG_8X8 : BlockScan.ZIGZAG_4X4;
    for (int i = 0; i < numCoeff; i++) {
      int position = scan[firstCoeff + i];
      magnitudes[i] = Math.abs(coefficients[offset + position]) * scale[position];
    }
    KERNELS.searchBlock(magnitudes, numCoeff, block.table, choices, paths, scratch);
    boolean hasFlag = ctxIdxInc >= 0;
    int cheapest = TrellisKernels.best(
        paths,
        hasFlag ? block.table[TrellisKernels.NOT_CODED + ctxIdxInc] : 0,
        hasFlag ? block.table[TrellisKernels.CODED + ctxIdxInc] : 0);
    for (int i = 0, state = cheapest; i < numCoeff; i++) {
      int position = scan[firstCoeff + i];
      int choice = (choices[i] >>> 4 * state) & 15;
      int magnitude = TrellisKernels.level(choice, magnitudes[i]);
      levels[levelsOffset + position] = coefficients[offset + position] < 0 ? -magnitude : magnitude;
      state = TrellisKernels.before(choice, state);
    }
    return cheapest != NONE;
  }

  /**
   * Searches all 16 AC blocks of an Intra_16x16 macroblock together, which is many times as fast with vectors.
   *
   * @param coefficients coefficients of block b at 16 * b
   * @return false if magnitudes might be too great for this; use {@link #choose} then
   */
  public boolean searchAc(int[] coefficients, float[] scale) {
    if (!areWithinRange(scale)) {
      return false;
    }
    KERNELS.search(coefficients, scale, costsOf[CtxBlockCat.LUMA_AC].table, scanned, choicesOfAll, best, scratch);
    return true;
  }

  /** Whether the factors give magnitudes that {@link TrellisKernels} allow. */
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

  /**
   * Decides whether a block that {@link #searchAc} has searched has a level other than 0, given ctxIdxInc of its
   * coded_block_flag.
   */
  public boolean decideAc(int b, int ctxIdxInc) {
    states[b] = best[BLOCKS * ctxIdxInc + b];
    return states[b] != NONE;
  }

  /**
   * Writes the levels of all blocks that {@link #searchAc} has searched and {@link #decideAc} has decided; the same as by
   * {@link #choose}.
   */
  public void chooseAc(float[] scale, int[] levels) {
    KERNELS.trace(scanned, scale, choicesOfAll, states, levels, room);
  }
}
