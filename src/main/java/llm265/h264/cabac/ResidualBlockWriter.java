package llm265.h264.cabac;

import llm265.h264.macroblock.BlockScan;

/** 7.3.5.3.3 Residual block CABAC syntax and the binarization of its elements (9.3.2), from levels to bins. */
public final class ResidualBlockWriter {
  private static final LevelKernels KERNELS = LevelKernels.ACTIVE;

  /** Largest magnitude of a level that can be written; no bit depth has levels beyond it. */
  public static final int LARGEST_LEVEL = 1 << 21;

  /** Bins of one coefficient at most: significance, last, prefix, suffix, sign; and what is written beyond the end. */
  private static final int MOST_BINS_A_LEVEL = 2 + ResidualBlockParser.LEVEL_PREFIX + 45 + 1;
  private static final int SLACK = 8;

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
  static int first(int state) {
    return FIRST[state];
  }

  /** ctxIdxInc of its other bins, before it is limited. */
  static int further(int state) {
    return FURTHER[state];
  }

  /**
   * Appends everything after coded_block_flag of a block of which at least one level is not 0. Hardly anything branches
   * on a level, as that cannot be predicted: bins are copied from {@link ResidualBins}.
   *
   * @param numCoeff maxNumCoeff of the block
   * @param scan raster position of a level by {@code firstCoeff + levelListIdx}
   * @param firstCoeff 1 for AC blocks, else 0
   * @param levels the levels, at {@code offset + raster position}, of magnitude at most {@link #LARGEST_LEVEL}
   */
  static void write(
      BinString bins, BlockContexts block, int numCoeff, int[] scan, int firstCoeff, int[] levels, int offset) {
    bins.ensureRoom(MOST_BINS_A_LEVEL * numCoeff + SLACK);
    long all = scan == BlockScan.ZIGZAG_4X4
        ? KERNELS.gather4x4(levels, offset, bins.levels)
        : gather(numCoeff, scan, levels, offset, bins.levels);
    long significant = all >>> firstCoeff;
    if (significant == 0) {
      throw new IllegalArgumentException("a coded block of zeros");
    }
    writeSignificance(bins, block, numCoeff, significant);
    int notCoded = (int) all & firstCoeff;
    writeLevels(bins, block, notCoded, notCoded + Long.bitCount(significant));
  }

  /** As {@link LevelKernels#gather4x4} for other blocks. */
  private static long gather(int numCoeff, int[] scan, int[] levels, int offset, int[] found) {
    int count = 0;
    long significant = 0;
    for (int i = 0; i < numCoeff; i++) {
      int level = levels[offset + scan[i]];
      int isSignificant = (level | -level) >>> 31;
      found[count] = level;
      count += isSignificant;
      significant |= (long) isSignificant << i;
    }
    return significant;
  }

  private static void writeSignificance(BinString bins, BlockContexts block, int numCoeff, long significant) {
    byte[] operations = bins.operations;
    long[] pieces = block.bins.significance;
    int at = bins.size;
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
      bins.size += last + coded - 1;
    } else {
      bins.size += last + 1 + coded;
      BinString.set(operations, bins.size - 1, block.lastSignificantCoeffFlag + block.lastIncrements[last] | BinString.ONE);
    }
  }

  /** coeff_abs_level_minus1 and coeff_sign_flag of the levels {@code from .. to - 1} in {@link BinString#levels}, last first. */
  private static void writeLevels(BinString bins, BlockContexts block, int from, int to) {
    byte[] operations = bins.operations;
    int[] levels = bins.levels;
    long[] pieces = block.bins.levels;
    int size = bins.size;
    int state = 0;
    for (int i = to - 1; i >= from; i--) {
      int level = levels[i];
      int magnitude = Math.abs(level);
      if (magnitude <= ResidualBins.LARGEST_LEVEL) {
        int piece = ResidualBins.level(state, magnitude, level >>> 31);
        BinString.setFour(operations, size, pieces[piece]);
        BinString.setFour(operations, size + 4, pieces[piece + 1]);
        size += magnitude + 1;
      } else {
        size = writeLargeLevel(operations, size, block, state, level);
      }
      state = NEXT[state << 1 | 1 - magnitude >>> 31];
    }
    bins.size = size;
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
