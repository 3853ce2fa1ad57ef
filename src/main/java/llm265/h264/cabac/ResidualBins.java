package llm265.h264.cabac;

import java.util.Arrays;

/**
 * The bins of a residual block in ready pieces, for one ctxBlockCat. A map of significant coefficients is assembled from
 * pieces of four coefficients; the usual levels are pieces of their own. Copying pieces takes a third of the time of making
 * their bins one by one.
 */
public final class ResidualBins {
  private static final int BYPASS_0 = BinString.BYPASS;
  private static final int BYPASS_1 = BYPASS_0 | BinString.ONE;

  /** Largest magnitude of a level that can be written; no bit depth has levels beyond it. */
  static final int LARGEST_LEVEL = 1 << 21;

  /** Levels of a 4x4 block. */
  static final int LEVELS = 16;

  /** Bytes of a level's operations. */
  public static final int LEVEL_BYTES = 32;

  /** Greatest magnitude of a level that has a piece; one less than a power of two. */
  public static final int LARGEST_READY = 15;

  /**
   * significant_coeff_flag of four coefficients, each followed by last_significant_coeff_flag 0 if it is 1: two groups of four
   * operations at {@code (coefficient / 4) << 5 | flags << 1}; the first coefficient's flag is the lowest.
   */
  final long[] significance;

  /**
   * significant_coeff_flag and last_significant_coeff_flag of the first 16 coefficients, as if all were coded: one operation
   * with binVal 0 for each.
   */
  private final short[] map = new short[2 * LEVELS];

  /**
   * coeff_abs_level_minus1 and coeff_sign_flag of a level: sixteen operations from {@link #level} times {@link #LEVEL_BYTES}
   * on.
   */
  private final byte[] levels = new byte[8 * 2 * (LARGEST_READY + 1) * LEVEL_BYTES];

  final BlockContexts block;

  ResidualBins(BlockContexts block) {
    this.block = block;
    int coefficients = (CtxBlockCat.maxNumCoeff(block.ctxBlockCat) + 3) & ~3;
    significance = new long[coefficients / 4 << 5];
    for (int first = 0; first < coefficients; first += 4) {
      for (int flags = 0; flags < 16; flags++) {
        fillSignificance(block, first, flags);
      }
    }
    // For the last coefficient nothing is coded, so its entries stay 0.
    for (int i = 0; i < Math.min(LEVELS, block.significantIncrements.length); i++) {
      map[2 * i] = (short) (block.significantCoeffFlag + block.significantIncrements[i]);
      map[2 * i + 1] = (short) (block.lastSignificantCoeffFlag + block.lastIncrements[i]);
    }
    for (int state = 0; state < 8; state++) {
      for (int magnitude = 1; magnitude <= LARGEST_READY; magnitude++) {
        fillLevel(block, state, magnitude);
      }
    }
  }

  /** The ready bins of all kinds of blocks, by ctxBlockCat; half a megabyte, for writers alone. */
  static ResidualBins[] all(BlockContexts[] blocks) {
    return Arrays.stream(blocks).map(ResidualBins::new).toArray(ResidualBins[]::new);
  }

  /** The live array {@link #levels}. */
  public byte[] levels() {
    return levels;
  }

  /** The live array {@link #map}. */
  public short[] map() {
    return map;
  }

  /** Number of a level's piece; states are as in {@link LevelStates#next}. */
  static int level(int state, int magnitude, int sign) {
    return (state << 5) | (magnitude << 1) | sign;
  }

  private void fillSignificance(BlockContexts block, int first, int flags) {
    int at = (first << 3) | (flags << 1);
    int count = 0;
    // For the last coefficient nothing is coded.
    int end = Math.min(first + 4, block.significantIncrements.length);
    for (int i = first; i < end; i++) {
      int flag = (flags >> (i - first)) & 1;
      put(significance, at, count++, block.significantCoeffFlag + block.significantIncrements[i], flag);
      if (flag != 0) {
        put(significance, at, count++, block.lastSignificantCoeffFlag + block.lastIncrements[i], 0);
      }
    }
  }

  private void fillLevel(BlockContexts block, int state, int magnitude) {
    int first = block.coeffAbsLevelMinus1 + LevelStates.first(state);
    int further = Math.min(block.coeffAbsLevelMinus1 + LevelStates.further(state), block.largestLevelCtxIdx);
    for (int sign = 0; sign < 2; sign++) {
      int at = LEVEL_BYTES / 2 * level(state, magnitude, sign);
      for (int bin = 0; bin < magnitude; bin++) {
        BinString.set(levels, at + bin, (bin == 0 ? first : further) | (bin < magnitude - 1 ? BinString.ONE : 0));
      }
      if (magnitude > ResidualBlockParser.LEVEL_PREFIX) {
        // The suffix of value 0.
        BinString.set(levels, at + magnitude - 1, BinString.BYPASS);
      }
      BinString.set(levels, at + magnitude, BinString.BYPASS | sign * BinString.ONE);
    }
  }

  private static void put(long[] groups, int at, int index, int ctxIdx, int binVal) {
    groups[at + index / 4] |= (long) (binVal * BinString.ONE | ctxIdx) << 16 * (index % 4);
  }

  /**
   * Writes significant_coeff_flag and last_significant_coeff_flag.
   *
   * @param significant bit i: level i of the scan is not 0
   * @return index after the last operation
   */
  static int writeSignificance(byte[] operations, int from, ResidualBins bins, int numCoeff, long significant) {
    long[] pieces = bins.significance;
    int at = from;
    int piece = 0;
    for (long rest = significant; rest != 0; rest >>>= 4) {
      int flags = (int) rest & 15;
      BinString.setFour(operations, at, pieces[piece + 2 * flags]);
      BinString.setFour(operations, at + 4, pieces[piece + 2 * flags + 1]);
      at += 4 + Integer.bitCount(flags);
      piece += 32;
    }
    int last = 63 - Long.numberOfLeadingZeros(significant);
    int coded = Long.bitCount(significant);
    if (last == numCoeff - 1) {
      return from + last + coded - 1;
    }
    int end = from + last + 1 + coded;
    BlockContexts block = bins.block;
    BinString.set(operations, end - 1, (block.lastSignificantCoeffFlag + block.lastIncrements[last]) | BinString.ONE);
    return end;
  }

  /**
   * Writes coeff_abs_level_minus1 and coeff_sign_flag.
   *
   * @param levels the levels that are not 0, in the order of the scan; the last one is written first
   * @return index after the last operation
   */
  static int writeLevels(byte[] operations, int from, ResidualBins bins, int[] levels, int count) {
    byte[] pieces = bins.levels();
    int size = from;
    int state = 0;
    for (int i = count - 1; i >= 0; i--) {
      int level = levels[i];
      int magnitude = Math.abs(level);
      if (magnitude <= LARGEST_READY) {
        int piece = LEVEL_BYTES / 2 * level(state, magnitude, level >>> 31);
        BinString.setFour(operations, size, BinString.four(pieces, piece));
        BinString.setFour(operations, size + 4, BinString.four(pieces, piece + 4));
        BinString.setFour(operations, size + 8, BinString.four(pieces, piece + 8));
        BinString.setFour(operations, size + 12, BinString.four(pieces, piece + 12));
        size += magnitude + 1;
      } else {
        size = writeLargeLevel(operations, size, bins.block, state, level);
      }
      state = LevelStates.NEXT[(state << 1) | ((1 - magnitude) >>> 31)];
    }
    return size;
  }

  private static int writeLargeLevel(byte[] operations, int from, BlockContexts block, int state, int level) {
    int magnitude = Math.abs(level);
    int further = Math.min(block.coeffAbsLevelMinus1 + LevelStates.FURTHER[state], block.largestLevelCtxIdx);
    int size = from;
    BinString.set(operations, size++, (block.coeffAbsLevelMinus1 + LevelStates.FIRST[state]) | BinString.ONE);
    int ones = Math.min(magnitude - 1, ResidualBlockParser.LEVEL_PREFIX) - 1;
    for (int bin = 0; bin < ones; bin++) {
      BinString.set(operations, size++, further | BinString.ONE);
    }
    if (magnitude <= ResidualBlockParser.LEVEL_PREFIX) {
      BinString.set(operations, size++, further);
    } else {
      size = writeSuffix(operations, size, magnitude - ResidualBlockParser.LEVEL_PREFIX);
    }
    BinString.set(operations, size++, BYPASS_0 | (level >>> 31 << 15));
    return size;
  }

  /** 9.3.2.3, suffix of coeff_abs_level_minus1: Exp-Golomb code of order 0 of the given value less 1. */
  private static int writeSuffix(byte[] operations, int from, int valuePlus1) {
    if (valuePlus1 > LARGEST_LEVEL) {
      throw new IllegalArgumentException("a level beyond " + LARGEST_LEVEL);
    }
    int size = from;
    int k = 31 - Integer.numberOfLeadingZeros(valuePlus1);
    for (int bit = 0; bit < k; bit++) {
      BinString.set(operations, size++, BYPASS_1);
    }
    BinString.set(operations, size++, BYPASS_0);
    for (int bit = k - 1; bit >= 0; bit--) {
      BinString.set(operations, size++, BYPASS_0 | (((valuePlus1 >> bit) & 1) << 15));
    }
    return size;
  }
}
