package llm265.h264.cabac;

/** 7.3.5.3.3 Residual block CABAC syntax and the binarization of its elements (9.3.2), from levels to bins. */
public final class ResidualBlockWriter {
  /** Largest magnitude of a level that can be written; no bit depth has levels beyond it. */
  public static final int LARGEST_LEVEL = 1 << 21;

  /** Bins of one coefficient at most: significance, last, prefix, suffix, sign. */
  private static final int MOST_BINS_A_LEVEL = 2 + ResidualBlockParser.LEVEL_PREFIX + 45 + 1;

  private static final int BYPASS_0 = BinString.BYPASS << 1;
  private static final int BYPASS_1 = BYPASS_0 | 1;

  private ResidualBlockWriter() {}

  /**
   * Appends everything after coded_block_flag of a block of which at least one level is not 0.
   *
   * @param numCoeff maxNumCoeff of the block
   * @param scan raster position of a level by {@code firstCoeff + levelListIdx}
   * @param firstCoeff 1 for AC blocks, else 0
   * @param levels the levels, at {@code offset + raster position}, of magnitude at most {@link #LARGEST_LEVEL}
   */
  static void write(
      BinString bins, BlockContexts block, int numCoeff, int[] scan, int firstCoeff, int[] levels, int offset) {
    bins.ensureRoom(MOST_BINS_A_LEVEL * numCoeff);
    int last = numCoeff - 1;
    while (last > 0 && levels[offset + scan[firstCoeff + last]] == 0) {
      last--;
    }
    writeSignificance(bins, block, numCoeff, scan, firstCoeff, levels, offset, last);
    writeLevels(bins, block, scan, firstCoeff, levels, offset, last);
  }

  private static void writeSignificance(
      BinString bins,
      BlockContexts block,
      int numCoeff,
      int[] scan,
      int firstCoeff,
      int[] levels,
      int offset,
      int last) {
    byte[] significantIncrements = block.significantIncrements;
    byte[] lastIncrements = block.lastIncrements;
    int significantBase = block.significantCoeffFlag << 1;
    int lastBase = block.lastSignificantCoeffFlag << 1;
    short[] operations = bins.operations;
    int size = bins.size;
    for (int i = 0; i < last; i++) {
      int significant = significantBase + 2 * significantIncrements[i];
      if (levels[offset + scan[firstCoeff + i]] != 0) {
        operations[size++] = (short) (significant | 1);
        operations[size++] = (short) (lastBase + 2 * lastIncrements[i]);
      } else {
        operations[size++] = (short) significant;
      }
    }
    if (last < numCoeff - 1) {
      operations[size++] = (short) (significantBase + 2 * significantIncrements[last] | 1);
      operations[size++] = (short) (lastBase + 2 * lastIncrements[last] | 1);
    }
    bins.size = size;
  }

  private static void writeLevels(
      BinString bins, BlockContexts block, int[] scan, int firstCoeff, int[] levels, int offset, int last) {
    short[] operations = bins.operations;
    int size = bins.size;
    int base = block.coeffAbsLevelMinus1;
    int first = base + 1;
    int further = base + 5;
    for (int i = last; i >= 0; i--) {
      int level = levels[offset + scan[firstCoeff + i]];
      if (level == 0) {
        continue;
      }
      int absLevel = Math.abs(level);
      if (absLevel == 1) {
        operations[size++] = (short) (first << 1);
        if (first != base && first != base + 4) {
          first++;
        }
      } else {
        operations[size++] = (short) (first << 1 | 1);
        int ones = Math.min(absLevel - 1, ResidualBlockParser.LEVEL_PREFIX) - 1;
        for (int bin = 0; bin < ones; bin++) {
          operations[size++] = (short) (further << 1 | 1);
        }
        if (absLevel <= ResidualBlockParser.LEVEL_PREFIX) {
          operations[size++] = (short) (further << 1);
        } else {
          size = writeSuffix(operations, size, absLevel - ResidualBlockParser.LEVEL_PREFIX);
        }
        first = base;
        if (further != block.largestLevelCtxIdx) {
          further++;
        }
      }
      operations[size++] = (short) (level < 0 ? BYPASS_1 : BYPASS_0);
    }
    bins.size = size;
  }

  /** 9.3.2.3, suffix of coeff_abs_level_minus1: Exp-Golomb of order 0 of a value less by 1 than the one given. */
  private static int writeSuffix(short[] operations, int from, int valuePlus1) {
    if (valuePlus1 > LARGEST_LEVEL) {
      throw new IllegalArgumentException("a level beyond " + LARGEST_LEVEL);
    }
    int size = from;
    int k = 31 - Integer.numberOfLeadingZeros(valuePlus1);
    for (int bit = 0; bit < k; bit++) {
      operations[size++] = (short) BYPASS_1;
    }
    operations[size++] = (short) BYPASS_0;
    for (int bit = k - 1; bit >= 0; bit--) {
      operations[size++] = (short) (BYPASS_0 | valuePlus1 >> bit & 1);
    }
    return size;
  }
}
