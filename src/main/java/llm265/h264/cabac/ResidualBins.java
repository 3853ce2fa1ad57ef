package llm265.h264.cabac;

import java.util.Arrays;

/**
 * The bins of a residual block in ready pieces, for one ctxBlockCat: a map of significant coefficients is put together from pieces of
 * four coefficients, and the usual levels are pieces of their own. Copying them takes a third of the time of making them bin by bin.
 */
public final class ResidualBins {
  /** Bytes of a level's operations. */
  public static final int LEVEL_BYTES = 32;

  /** Greatest magnitude of a level that has a piece: one less than a power of two. */
  public static final int LARGEST_LEVEL = 15;

  /**
   * significant_coeff_flag of four coefficients, each followed by last_significant_coeff_flag 0 if it is 1: two groups of four
   * operations at {@code (coefficient / 4) << 5 | flags << 1}, the first coefficient's flag being the lowest.
   */
  final long[] significance;

  /**
   * significant_coeff_flag and last_significant_coeff_flag of the first 16 coefficients, as if all were coded: an operation with binVal 0 for
   * each.
   */
  private final short[] map = new short[2 * LevelKernels.LEVELS];

  /** coeff_abs_level_minus1 and coeff_sign_flag of a level: sixteen operations from {@link #level} times {@link #LEVEL_BYTES} on. */
  private final byte[] levels = new byte[8 * 2 * (LARGEST_LEVEL + 1) * LEVEL_BYTES];

  final BlockContexts block;

  ResidualBins(BlockContexts block) {
    this.block = block;
    int coefficients = CtxBlockCat.maxNumCoeff(block.ctxBlockCat) + 3 & ~3;
    significance = new long[coefficients / 4 << 5];
    for (int first = 0; first < coefficients; first += 4) {
      for (int flags = 0; flags < 16; flags++) {
        fillSignificance(block, first, flags);
      }
    }
    // Of the last coefficient nothing is coded, and nothing is sent where there are none.
    for (int i = 0; i < Math.min(LevelKernels.LEVELS, block.significantIncrements.length); i++) {
      map[2 * i] = (short) (block.significantCoeffFlag + block.significantIncrements[i]);
      map[2 * i + 1] = (short) (block.lastSignificantCoeffFlag + block.lastIncrements[i]);
    }
    for (int state = 0; state < 8; state++) {
      for (int magnitude = 1; magnitude <= LARGEST_LEVEL; magnitude++) {
        fillLevel(block, state, magnitude);
      }
    }
  }

  /** Those of all kinds of blocks, by ctxBlockCat; half a megabyte, for writers alone. */
  static ResidualBins[] all(BlockContexts[] blocks) {
    return Arrays.stream(blocks).map(ResidualBins::new).toArray(ResidualBins[]::new);
  }

  /** {@link #levels}, live. */
  public byte[] levels() {
    return levels;
  }

  /** {@link #map}, live. */
  public short[] map() {
    return map;
  }

  /** Number of a level's piece; states are those of {@link ResidualBlockWriter#next}. */
  static int level(int state, int magnitude, int sign) {
    return state << 5 | magnitude << 1 | sign;
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
      int at = LEVEL_BYTES / 2 * level(state, magnitude, sign);
      for (int bin = 0; bin < magnitude; bin++) {
        BinString.set(levels, at + bin, (bin == 0 ? first : further) | (bin < magnitude - 1 ? BinString.ONE : 0));
      }
      if (magnitude > ResidualBlockParser.LEVEL_PREFIX) {
        // The suffix of 0.
        BinString.set(levels, at + magnitude - 1, BinString.BYPASS);
      }
      BinString.set(levels, at + magnitude, BinString.BYPASS | sign * BinString.ONE);
    }
  }

  private static void put(long[] groups, int at, int index, int ctxIdx, int binVal) {
    groups[at + index / 4] |= (long) (binVal * BinString.ONE | ctxIdx) << 16 * (index % 4);
  }
}
