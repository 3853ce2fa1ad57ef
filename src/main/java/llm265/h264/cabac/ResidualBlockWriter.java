package llm265.h264.cabac;

import llm265.h264.macroblock.BlockScan;

/** 7.3.5.3.3 Residual block CABAC syntax and the binarization of its elements (9.3.2), from levels to bins. */
public final class ResidualBlockWriter {
  private static final LevelKernels KERNELS = LevelKernels.ACTIVE;

  /** Largest magnitude of a level that can be written; no bit depth has levels beyond it. */
  public static final int LARGEST_LEVEL = ResidualBins.LARGEST_LEVEL;

  /** The most bins of one coefficient: significance, last, prefix, suffix, sign. */
  private static final int MOST_BINS_A_LEVEL = 2 + ResidualBlockParser.LEVEL_PREFIX + 45 + 1;

  private ResidualBlockWriter() {}

  /**
   * Appends everything after coded_block_flag of a block with at least one level that is not 0.
   *
   * @param ready the ready bins of this kind of block
   * @param numCoeff maxNumCoeff of the block
   * @param scan raster position of a level, indexed by {@code firstCoeff + levelListIdx}
   * @param firstCoeff 1 for AC blocks, otherwise 0
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

  /**
   * Like {@link LevelKernels#binarize4x4}, for blocks of every size and levels of every size. Returns the end, which is {@code
   * at} if all levels are 0.
   */
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
    return ResidualBins.writeLevels(
        operations, ResidualBins.writeSignificance(operations, at, bins, numCoeff, significant), bins, found, count);
  }
}
