package llm265.h264.cabac;

/**
 * The bins of a residual block in ready pieces, for one ctxBlockCat: a map of significant coefficients is put together from pieces of
 * four coefficients, and the usual levels are pieces of their own. Copying them takes a third of the time of making them bin by bin.
 */
final class ResidualBins {
  /** Greatest magnitude of a level that has a piece. */
  static final int LARGEST_LEVEL = 7;

  /**
   * significant_coeff_flag of four coefficients, each followed by last_significant_coeff_flag 0 if it is 1: two groups of four
   * operations at {@code (coefficient / 4) << 5 | flags << 1}, the first coefficient's flag being the lowest.
   */
  final long[] significance;

  /** coeff_abs_level_minus1 and coeff_sign_flag of a level: two groups of four operations at {@link #level}. */
  final long[] levels = new long[8 * 2 * (LARGEST_LEVEL + 1) * 2];

  ResidualBins(BlockContexts block) {
    int coefficients = CtxBlockCat.maxNumCoeff(block.ctxBlockCat) + 3 & ~3;
    significance = new long[coefficients / 4 << 5];
    for (int first = 0; first < coefficients; first += 4) {
      for (int flags = 0; flags < 16; flags++) {
        fillSignificance(block, first, flags);
      }
    }
    for (int state = 0; state < 8; state++) {
      for (int magnitude = 1; magnitude <= LARGEST_LEVEL; magnitude++) {
        fillLevel(block, state, magnitude);
      }
    }
  }

  /** Index into {@link #levels}. */
  static int level(int state, int magnitude, int sign) {
    return state << 5 | magnitude << 2 | sign << 1;
  }

  private void fillSignificance(BlockContexts block, int first, int flags) {
    int at = first << 3 | flags << 1;
    int count = 0;
    // Of the last coefficient nothing is coded.
    int end = Math.min(first + 4, block.significantIncrements.length);
    for (int i = first; i < end; i++) {
      int flag = flags >> i - first & 1;
      put(significance, at, count++, block.significantCoeffFlag + block.significantIncrements[i], flag);
      if (flag != 0) {
        put(significance, at, count++, block.lastSignificantCoeffFlag + block.lastIncrements[i], 0);
      }
    }
  }

  private void fillLevel(BlockContexts block, int state, int magnitude) {
    int first = block.coeffAbsLevelMinus1 + ResidualBlockWriter.first(state);
    int further = Math.min(block.coeffAbsLevelMinus1 + ResidualBlockWriter.further(state), block.largestLevelCtxIdx);
    for (int sign = 0; sign < 2; sign++) {
      int at = level(state, magnitude, sign);
      for (int bin = 0; bin < magnitude; bin++) {
        put(levels, at, bin, bin == 0 ? first : further, bin < magnitude - 1 ? 1 : 0);
      }
      put(levels, at, magnitude, BinString.BYPASS, sign);
    }
  }

  private static void put(long[] groups, int at, int index, int ctxIdx, int binVal) {
    groups[at + index / 4] |= (long) (binVal * BinString.ONE | ctxIdx) << 16 * (index % 4);
  }
}
