package llm265.h264.rate;

import llm265.h264.cabac.ResidualBlockParser;
import llm265.kernel.KernelLoader;
import llm265.kernel.Scratch;

/**
 * The search of {@link LevelTrellis}: for one block, and for all AC blocks of an Intra_16x16 macroblock together. Their paths
 * are independent; only whether a block is coded depends on the others.
 *
 * <p>The level of a coefficient is 0, its magnitude rounded down, or its magnitude rounded up. Its cost is its squared error,
 * plus the cost of its significance, plus the cost of the level. These are added in this order, in binary32, to the cost of
 * the state after it. Of two paths with equal costs the one by the smaller level stays; then the one from the lower state,
 * where state 0 comes last.
 */
public interface TrellisKernels {
  int BLOCKS = 16;
  int STATES = 8;
  /** Number of coefficients of an AC block; coefficient i is at place 1 + i of the zig-zag scan. */
  int COEFFICIENTS = 15;

  /** Magnitudes in blocks that are searched together must be below this. */
  int MAGNITUDES = 1 << 20;

  /** Levels beyond this one have its prefix and a suffix, an Exp-Golomb code (9.3.2.3). */
  int PREFIXED = ResidualBlockParser.LEVEL_PREFIX;

  /** Below this magnitude a level of 1 is compared with 0. */
  float PERHAPS_ZERO = 1.3f;

  /**
   * Start of the costs of significant_coeff_flag 0 in the table of costs, by coefficient. The next two are for
   * significant_coeff_flag 1 with last_significant_coeff_flag 1 and 0.
   */
  int IS_NOT = 0;

  int IS_LAST = 64;
  int IS_NOT_LAST = 128;

  /**
   * By state: coeff_abs_level_minus1 being 0; its first bin being 1; its further bins being 1 and 0. The first two include the
   * sign.
   */
  int FIRST_IS_0 = 192;

  int FIRST_IS_1 = 200;
  int FURTHER_IS_1 = 208;
  int FURTHER_IS_0 = 216;

  /** By ctxIdxInc: coded_block_flag 0 and 1. */
  int NOT_CODED = 224;

  int CODED = 228;

  /** The cost of a bit. */
  int BIT = 232;

  /** Number of elements of the table of costs. */
  int COSTS = 233;

  /** Number of values of ctxIdxInc of coded_block_flag. */
  int CTX_IDX_INCS = 4;

  /** The meaning of four bits of choices: the kind of level, and the two low bits of the state before it. */
  int ZERO = 0;

  int ONE = 1 << 2;
  /** A magnitude of 2 or more rounded down. */
  int DOWN = 2 << 2;
  /** A magnitude rounded up to 2 or more. */
  int UP = 3 << 2;

  /** The choices of 0 in all states. */
  int ZEROS = 0x3210_3210;

  /** Elements that a scratch array must have. */
  int SCRATCH = (2 * STATES + 3) * BLOCKS;

  /** The implementation in use. */
  TrellisKernels ACTIVE =
      KernelLoader.load(TrellisKernels.class, new ScalarTrellisKernels(), "llm265.vector.VectorTrellisKernels");

  /** Bits of the suffix of coeff_abs_level_minus1 of a level beyond {@link #PREFIXED}. */
  static int suffixBits(int level) {
    return 2 * (31 - Integer.numberOfLeadingZeros(level - PREFIXED)) + 1;
  }

  /** The level of a choice, given the coefficient's magnitude. */
  static int level(int choice, float magnitude) {
    int kind = choice >> 2;
    return kind <= 1 ? kind : (int) magnitude + kind - 2;
  }

  /** The cheapest state to begin with, given the costs of coded_block_flag; 0, no level, if that costs no more. */
  static int best(float[] paths, float notCoded, float coded) {
    // A block may always be all zeros, so there is a path to state 0.
    int best = 0;
    float least = paths[0] + notCoded;
    for (int state = 1; state < STATES; state++) {
      if (paths[state] + coded < least) {
        least = paths[state] + coded;
        best = state;
      }
    }
    return best;
  }

  /** The state before a level, given its choice by {@link #search} and the state after it. */
  static int before(int choice, int after) {
    return choice & 3 | (after - (choice >> 3)) & 4;
  }

  /**
   * Finds the cheapest paths through the coefficients of a block, from the last to the first.
   *
   * @param magnitudes in quantizer steps, in the order of the scan; 0 or more, below 2^30
   * @param numCoeff 1 to 64
   * @param costs {@link #COSTS} elements
   * @param choices receives, for each coefficient, four bits for each state after it, the lowest for state 0
   * @param paths receives the cost of each state before the first coefficient; infinite if there is no path to it
   */
  void searchBlock(
      float[] magnitudes, int numCoeff, float[] costs, int[] choices, float[] paths, @Scratch float[] scratch);

  /**
   * Does the same for the AC blocks of a macroblock.
   *
   * @param coefficients 256 coefficients, block by block in raster order
   * @param scale their factors by raster position; magnitudes must be below {@link #MAGNITUDES}
   * @param costs {@link #COSTS} elements
   * @param scanned receives coefficient i of block b at {@code BLOCKS * i + b}
   * @param choices receives, for coefficient i of block b at {@code BLOCKS * i + b}, bits as in {@link #searchBlock}
   * @param best receives, by ctxIdxInc of coded_block_flag, the cheapest state of block b before its first coefficient at
   *     {@code BLOCKS * ctxIdxInc + b}; 0, no level, if that costs no more
   */
  void search(int[] coefficients, float[] scale, float[] costs, int[] scanned, int[] choices, int[] best,
      @Scratch float[] scratch);

  /**
   * Follows the paths that {@link #search} has found.
   *
   * @param scanned see {@link #search}
   * @param scale see {@link #search}
   * @param choices see {@link #search}
   * @param states the state of each block before its first coefficient, where its path begins; 16 elements
   * @param levels receives the levels, block by block in raster order; the first level of each block is left alone
   */
  void trace(int[] scanned, float[] scale, int[] choices, int[] states, int[] levels, @Scratch int[] scratch);
}
