package llm265.h264.rate;

import llm265.h264.cabac.ResidualBlockParser;
import llm265.kernel.KernelLoader;
import llm265.kernel.Scratch;

/**
 * The search of {@link LevelTrellis}: for one block, and for all AC blocks of an Intra_16x16 macroblock together, whose ways do
 * not depend on each other; only whether they are coded does.
 *
 * <p>The level of a coefficient is 0, its magnitude rounded down, or rounded up, and costs its squared error, plus what its
 * significance costs, plus what the level costs, added in this order in binary32 to the cost of the state behind it. Of two ways
 * that cost the same that by the smaller level stays, then that from the lower state but for state 0, which comes last.
 */
public interface TrellisKernels {
  int BLOCKS = 16;
  int STATES = 8;
  /** Of an AC block; coefficient i is that at place 1 + i of the zig-zag scan. */
  int COEFFICIENTS = 15;

  /** Magnitudes of blocks that are searched together must be below it. */
  int MAGNITUDES = 1 << 20;

  /** Levels beyond this one have the prefix of this one and a suffix, an Exp-Golomb code (9.3.2.3). */
  int PREFIXED = ResidualBlockParser.LEVEL_PREFIX;

  /** A level of 1 is worth comparing with 0 below this magnitude. */
  float PERHAPS_ZERO = 1.3f;

  /**
   * Where in the table of costs those of significant_coeff_flag 0 are, of 1 with last_significant_coeff_flag 1 and 0, by
   * coefficient.
   */
  int IS_NOT = 0;

  int IS_LAST = 64;
  int IS_NOT_LAST = 128;

  /** By state: coeff_abs_level_minus1 0; its first bin being 1; its further bins being 1 and 0. The first two with the sign. */
  int FIRST_IS_0 = 192;

  int FIRST_IS_1 = 200;
  int FURTHER_IS_1 = 208;
  int FURTHER_IS_0 = 216;

  /** By ctxIdxInc: coded_block_flag 0 and 1. */
  int NOT_CODED = 224;

  int CODED = 228;

  /** A bit. */
  int BIT = 232;

  /** Elements of the table of costs. */
  int COSTS = 233;

  /** Values of ctxIdxInc of coded_block_flag. */
  int CTX_IDX_INCS = 4;

  /** What four bits of choices say: what the level is, and the two low bits of the state before it. */
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

  /** The level that a choice says, by the coefficient's magnitude. */
  static int level(int choice, float magnitude) {
    int kind = choice >> 2;
    return kind <= 1 ? kind : (int) magnitude + kind - 2;
  }

  /** The cheapest state to begin with, by what coded_block_flag costs; 0, no level, if that costs no more. */
  static int best(float[] paths, float notCoded, float coded) {
    // A block may always be all zeros, so that there is a way to state 0.
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

  /** The state before a level, by what {@link #search} says of it and the state after it. */
  static int before(int choice, int after) {
    return choice & 3 | (after - (choice >> 3)) & 4;
  }

  /**
   * Finds the cheapest ways through the coefficients of a block, from the last one to the first.
   *
   * @param magnitudes in quantizer steps, in the order of the scan; 0 or more, below 2^30
   * @param numCoeff 1 to 64
   * @param costs {@link #COSTS} elements
   * @param choices receives, for each coefficient, four bits for each state after it, the lowest for state 0
   * @param paths receives the cost of each state before the first coefficient; infinite if there is no way to it
   */
  void searchBlock(
      float[] magnitudes, int numCoeff, float[] costs, int[] choices, float[] paths, @Scratch float[] scratch);

  /**
   * Does the same for the AC blocks of a macroblock.
   *
   * @param coefficients 256 coefficients, block by block in raster order
   * @param scale their factors by raster position, which make magnitudes below {@link #MAGNITUDES} of them
   * @param costs {@link #COSTS} elements
   * @param scanned receives coefficient i of block b at {@code BLOCKS * i + b}
   * @param choices receives, for coefficient i of block b at {@code BLOCKS * i + b}, bits as in {@link #searchBlock}
   * @param best receives, by ctxIdxInc of coded_block_flag, the cheapest state of block b before its first coefficient at
   *     {@code BLOCKS * ctxIdxInc + b}; 0, no level, if that costs no more
   */
  void search(int[] coefficients, float[] scale, float[] costs, int[] scanned, int[] choices, int[] best,
      @Scratch float[] scratch);

  /**
   * Goes the ways that {@link #search} has found.
   *
   * @param scanned see there
   * @param scale see there
   * @param choices see there
   * @param states state of each block before its first coefficient, from which on its way is gone; 16 elements
   * @param levels receives the levels, block by block in raster order; the first one of each block is left alone
   */
  void trace(int[] scanned, float[] scale, int[] choices, int[] states, int[] levels, @Scratch int[] scratch);
}
