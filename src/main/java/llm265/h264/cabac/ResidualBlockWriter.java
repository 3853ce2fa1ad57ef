package llm265.h264.cabac;

/** 7.3.5.3.3 Residual block CABAC syntax and the binarization of its elements (9.3.2), from levels to bins. */
public final class ResidualBlockWriter {
  /** Largest magnitude of a level that can be written; no bit depth has levels beyond it. */
  public static final int LARGEST_LEVEL = 1 << 21;

  /** Bins of one coefficient at most: significance, last, prefix, suffix, sign; and what is written beyond the end. */
  private static final int MOST_BINS_A_LEVEL = 2 + ResidualBlockParser.LEVEL_PREFIX + 45 + 1;
  private static final int SLACK = 8;

  /** Levels up to this are written without a loop, which could not be predicted. */
  private static final int SHORT_LEVEL = 6;

  private static final int BYPASS_0 = BinString.BYPASS << 1;
  private static final int BYPASS_1 = BYPASS_0 | 1;

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
   * on a level, as that cannot be predicted.
   *
   * @param numCoeff maxNumCoeff of the block
   * @param scan raster position of a level by {@code firstCoeff + levelListIdx}
   * @param firstCoeff 1 for AC blocks, else 0
   * @param levels the levels, at {@code offset + raster position}, of magnitude at most {@link #LARGEST_LEVEL}
   */
  static void write(
      BinString bins, BlockContexts block, int numCoeff, int[] scan, int firstCoeff, int[] levels, int offset) {
    bins.ensureRoom(MOST_BINS_A_LEVEL * numCoeff + SLACK);
    byte[] significantIncrements = block.significantIncrements;
    byte[] lastIncrements = block.lastIncrements;
    int significantBase = block.significantCoeffFlag << 1;
    int lastBase = block.lastSignificantCoeffFlag << 1;
    short[] operations = bins.operations;
    int[] found = bins.levels;
    int count = 0;
    int size = bins.size;
    int sizeAtLast = size;
    for (int i = 0; i < numCoeff - 1; i++) {
      int level = levels[offset + scan[firstCoeff + i]];
      int isSignificant = (level | -level) >>> 31;
      operations[size] = (short) (significantBase + 2 * significantIncrements[i] | isSignificant);
      operations[size + 1] = (short) (lastBase + 2 * lastIncrements[i]);
      size += 1 + isSignificant;
      sizeAtLast += size - sizeAtLast & -isSignificant;
      found[count] = level;
      count += isSignificant;
    }
    int lastLevel = levels[offset + scan[firstCoeff + numCoeff - 1]];
    if (lastLevel != 0) {
      found[count++] = lastLevel;
    } else if (count != 0) {
      size = sizeAtLast;
      operations[size - 1] |= 1;
    } else {
      throw new IllegalArgumentException("a coded block of zeros");
    }
    bins.size = size;
    writeLevels(bins, block, count);
  }

  /** coeff_abs_level_minus1 and coeff_sign_flag of the levels in {@link BinString#levels}, last first. */
  private static void writeLevels(BinString bins, BlockContexts block, int count) {
    short[] operations = bins.operations;
    int[] levels = bins.levels;
    int size = bins.size;
    int base = block.coeffAbsLevelMinus1;
    int state = 0;
    for (int i = count - 1; i >= 0; i--) {
      int level = levels[i];
      int absLevel = Math.abs(level);
      int first = base + FIRST[state];
      int further = Math.min(base + FURTHER[state], block.largestLevelCtxIdx);
      int isGreater = 1 - absLevel >>> 31;
      state = NEXT[state << 1 | isGreater];
      operations[size] = (short) (first << 1 | isGreater);
      if (absLevel <= SHORT_LEVEL) {
        short one = (short) (further << 1 | 1);
        operations[size + 1] = one;
        operations[size + 2] = one;
        operations[size + 3] = one;
        operations[size + 4] = one;
        // The bin that ends the prefix: for magnitude 1 the first one, which this writes once more.
        operations[size + absLevel - 1] = (short) (first + (further - first & -isGreater) << 1);
        size += absLevel;
      } else {
        size = writeLongPrefix(operations, size + 1, absLevel, further);
      }
      operations[size++] = (short) (BYPASS_0 | level >>> 31);
    }
    bins.size = size;
  }

  /** The bins of coeff_abs_level_minus1 after the first. */
  private static int writeLongPrefix(short[] operations, int from, int absLevel, int further) {
    int size = from;
    int ones = Math.min(absLevel - 1, ResidualBlockParser.LEVEL_PREFIX) - 1;
    for (int bin = 0; bin < ones; bin++) {
      operations[size++] = (short) (further << 1 | 1);
    }
    if (absLevel <= ResidualBlockParser.LEVEL_PREFIX) {
      operations[size++] = (short) (further << 1);
      return size;
    }
    return writeSuffix(operations, size, absLevel - ResidualBlockParser.LEVEL_PREFIX);
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
