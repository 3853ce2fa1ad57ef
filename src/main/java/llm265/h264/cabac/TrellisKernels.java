package llm265.h264.cabac;

import llm265.kernel.KernelLoader;
import llm265.kernel.Scratch;

/** {@link LevelTrellis} for all blocks of a macroblock together: their paths do not depend on each other, only whether they are coded does. */
public interface TrellisKernels {
  int BLOCKS = 16;
  int STATES = 8;

  /** Magnitudes must be below it. */
  int MAGNITUDES = 1 << 20;

  /** Levels beyond this one have the prefix of this one and a suffix, an Exp-Golomb code (9.3.2.3). */
  int PREFIXED = ResidualBlockParser.LEVEL_PREFIX;

  /** A level of 1 is worth comparing with 0 below this magnitude. */
  float PERHAPS_ZERO = 1.3f;

  /** Where in the table of costs those of significant_coeff_flag 0 are, of 1 with last_significant_coeff_flag 1 and 0, by coefficient. */
  int IS_NOT = 0;

  int IS_LAST = 16;
  int IS_NOT_LAST = 32;

  /** By state: coeff_abs_level_minus1 0; its first bin being 1; its further bins being 1 and 0. The first two with the sign. */
  int FIRST_IS_0 = 48;

  int FIRST_IS_1 = 56;
  int FURTHER_IS_1 = 64;
  int FURTHER_IS_0 = 72;

  /** A bit. */
  int BIT = 80;

  /** Elements of the table of costs. */
  int COSTS = 81;

  /** What a choice says of a level beside the state before it: magnitude rounded down or up; 0 for a level of 0. */
  int DOWN = 1 << 4;

  int UP = 2 << 4;

  /** Elements that a scratch array must have. */
  int SCRATCH = 4 * STATES * BLOCKS;

  /** The implementation in use. */
  TrellisKernels ACTIVE =
      KernelLoader.load(TrellisKernels.class, new ScalarTrellisKernels(), "llm265.vector.VectorTrellisKernels");

  /**
   * Finds the cheapest ways through the coefficients of 16 blocks, from the last one to the first.
   *
   * <p>A level's cost is its squared error, plus that of its significance, plus that of the level, added in this order in binary32 to the
   * cost of the state behind it. Of two ways that cost the same that by the smaller level stays, then that from the lower state but for
   * state 0, which comes last.
   *
   * @param magnitudes in quantizer steps, of coefficient i of block b at {@code BLOCKS * i + b}; 0 or more, below {@link #MAGNITUDES}
   * @param numCoeff 1 to 16
   * @param costs {@link #COSTS} elements
   * @param paths receives the cost of state s of block b at {@code BLOCKS * s + b}; infinite if it cannot be reached
   * @param choices receives, for states 4 * h to 4 * h + 3 after coefficient i of block b, at {@code BLOCKS * (2 * i + h) + b} eight bits each:
   *     the state before it plus 0, {@link #DOWN} or {@link #UP}
   */
  void search(float[] magnitudes, int numCoeff, float[] costs, float[] paths, int[] choices, @Scratch float[] scratch);
}
