package llm265.h264.cabac;

import llm265.h264.macroblock.BlockScan;

/** 7.3.5.3.3 Residual block CABAC syntax and the binarization of its elements (9.3.2), from levels to bins. */
public final class ResidualBlockWriter {
  private static final LevelKernels KERNELS = LevelKernels.ACTIVE;

  /** Largest magnitude of a level that can be written; no bit depth has levels beyond it. */
  public static final int LARGEST_LEVEL = 1 << 21;

  /** Bins of one coefficient at most: significance, last, prefix, suffix, sign. */
  private static final int MOST_BINS_A_LEVEL = 2 + ResidualBlockParser.LEVEL_PREFIX + 45 + 1;

  private static final int BYPASS_0 = BinString.BYPASS;
  private static final int BYPASS_1 = BYPASS_0 | BinString.ONE;

  /**
   * 9.3.3.1.3 as a state machine: states 0 to 3 for that many levels of magnitude 1 and none greater, 4 to 7 for 1 to 4
   * greater ones. The state after a level by {@code state << 1 | (magnitude > 1)}.
   */
  private static final byte[] NEXT = {1, 4, 2, 4, 3, 4, 3, 4, 4, 5, 5, 6, 6, 7, 7, 7};

  /** ctxIdxInc of the first bin of coeff_abs_level_minus1 by state. */
  private static final byte[] FIRST = {1, 2, 3, 4, 0, 0, 0, 0};

  /** ctxIdxInc of its other bins by state, before it is limited for ChromaDCLevel. */
  private static final byte[] FURTHER = {5, 5, 5, 5, 6, 7, 8, 9};

  private ResidualBlockWriter() {}

  /** The state of 9.3.3.1.3 after a level. */
  static int next(int state, int isGreaterThan1) {
    return NEXT[state << 1 | isGreaterThan1];
  }

  /** ctxIdxInc of the first bin of coeff_abs_level_minus1 in a state. */
  public static int first(int state) {
    return FIRST[state];
  }

  /** ctxIdxInc of its other bins, before it is limited. */
  public static int further(int state) {
    return FURTHER[state];
  }

  /**
   * Appends everything after coded_block_flag of a block of which at least one level is not 0.
   *
   * @param ready the bins of its kind of block
   * @param numCoeff maxNumCoeff of the block
   * @param scan raster position of a level by {@code firstCoeff + levelListIdx}
   * @param firstCoeff 1 for AC blocks, else 0
   * @param levels the levels, at {@code offset + raster position}, of magnitude at most {@link #LARGEST_LEVEL}
   */
  static void write(
      BinString bins, ResidualBins ready, int numCoeff, int[] scan, int firstCoeff, int[] levels, int offset) {
    bins.ensureRoom(MOST_BINS_A_LEVEL * numCoeff + LevelKernels.MOST_OPERATIONS);
    int added = LevelKernels.LARGE;
    if (scan == BlockScan.ZIGZAG_4X4) {
      added = KERNELS.binarize4x4(levels, offset, firstCoeff, ready, bins.operations, bins.size, bins.levels);
    }
    if (added == LevelKernels.LARGE) {
      added = write(bins.operations, bins.size, ready, numCoeff, scan, firstCoeff, levels, offset, bins.levels) - bins.size;
    }
    if (added == 0) {
      throw new IllegalArgumentException("a coded block of zeros");
    }
    bins.size += added;
  }

  /** As {@link LevelKernels#binarize4x4} for blocks of every size and with levels of every size; returns the end, {@code at} if all are 0. */
  private static int write(byte[] operations, int at, ResidualBins bins, int numCoeff, int[] scan, int firstCoeff, int[] levels,
      int offset, int[] found) {
    int count = 0;
    long significant = 0;
    for (int i = 0; i < numCoeff; i++) {
      int level = levels[offset + scan[firstCoeff + i]];
      int isSignificant = (level | -level) >>> 31;
      found[count] = level;
      count += isSignificant;
      significant |= (long) isSignificant << i;
    }
    if (significant == 0) {
      return at;
    }
    return writeLevels(operations, writeSignificance(operations, at, bins, numCoeff, significant), bins, found, count);
  }

  /**
   * significant_coeff_flag and last_significant_coeff_flag.
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
    BinString.set(operations, end - 1, block.lastSignificantCoeffFlag + block.lastIncrements[last] | BinString.ONE);
    return end;
  }

  /**
   * coeff_abs_level_minus1 and coeff_sign_flag.
   *
   * @param levels those that are not 0, the last one in the scan first to be written
   * @return index after the last operation
   */
  static int writeLevels(byte[] operations, int from, ResidualBins bins, int[] levels, int count) {
    byte[] pieces = bins.levels();
    int size = from;
    int state = 0;
    for (int i = count - 1; i >= 0; i--) {
      int level = levels[i];
      int magnitude = Math.abs(level);
      if (magnitude <= ResidualBins.LARGEST_LEVEL) {
        int piece = ResidualBins.LEVEL_BYTES / 2 * ResidualBins.level(state, magnitude, level >>> 31);
        BinString.setFour(operations, size, BinString.four(pieces, piece));
        BinString.setFour(operations, size + 4, BinString.four(pieces, piece + 4));
        BinString.setFour(operations, size + 8, BinString.four(pieces, piece + 8));
        BinString.setFour(operations, size + 12, BinString.four(pieces, piece + 12));
        size += magnitude + 1;
      } else {
        size = writeLargeLevel(operations, size, bins.block, state, level);
      }
      state = NEXT[state << 1 | 1 - magnitude >>> 31];
    }
    return size;
  }

  private static int writeLargeLevel(byte[] operations, int from, BlockContexts block, int state, int level) {
    int magnitude = Math.abs(level);
    int further = Math.min(block.coeffAbsLevelMinus1 + FURTHER[state], block.largestLevelCtxIdx);
    int size = from;
    BinString.set(operations, size++, block.coeffAbsLevelMinus1 + FIRST[state] | BinString.ONE);
    int ones = Math.min(magnitude - 1, ResidualBlockParser.LEVEL_PREFIX) - 1;
    for (int bin = 0; bin < ones; bin++) {
      BinString.set(operations, size++, further | BinString.ONE);
    }
    if (magnitude <= ResidualBlockParser.LEVEL_PREFIX) {
      BinString.set(operations, size++, further);
    } else {
      size = writeSuffix(operations, size, magnitude - ResidualBlockParser.LEVEL_PREFIX);
    }
    BinString.set(operations, size++, BYPASS_0 | level >>> 31 << 15);
    return size;
  }

  /** 9.3.2.3, suffix of coeff_abs_level_minus1: Exp-Golomb of order 0 of a value less by 1 than the one given. */
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
      BinString.set(operations, size++, BYPASS_0 | (valuePlus1 >> bit & 1) << 15);
    }
    return size;
  }
}
