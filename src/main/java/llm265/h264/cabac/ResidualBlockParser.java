package llm265.h264.cabac;

import llm265.h264.MalformedStreamException;

/**
 * 7.3.5.3.3 Residual block CABAC syntax, after coded_block_flag. {@link SignificanceMap} parses the flags, this class the
 * levels.
 *
 * <p>Nearly all bins of a stream are decoded in these two classes. So the state of the arithmetic decoding engine is in local
 * variables, and each kind of bin has its own copy of {@link CabacDecodingEngine#decodeDecision}.
 *
 * <p>Whether a level ends is as random as a coin toss. With branches, decoding as a whole took 27.0 ns per value at 3 bits and
 * 35.3 at 3.7; with masks ({@link #parseMixed}) it takes 23.0 and 29.0. The number of instructions counts there: some 95 per
 * bin, at more than five per cycle. Two changes take 8 of 16 cycles off the chain of dependences, but only 1 to 2 % off the
 * time: fetching both successors of a context before the bin is known, and joining the sign's shift with the
 * renormalization's.
 *
 * <p>Tried without gain: renormalizing for both symbols before the bin is known; keeping words of level contexts in local
 * variables, also in a loop of its own once these contexts stay the same (a fifth fewer instructions per bin, but one more
 * misprediction per block); storing levels at once where the inverse scan puts them; not storing levels, but one bit for each
 * bin that ends a level and one for its sign, from which vectors can make the levels of a block.
 */
public final class ResidualBlockParser {
  /**
   * Longest prefix of the Exp-Golomb suffix of coeff_abs_level_minus1. Levels of 14-bit samples are below 2^21; this leaves
   * room for them and excludes overflow.
   */
  static final int MOST_SUFFIX_PREFIX = 22;

  /** uCoff of coeff_abs_level_minus1 (Table 9-34). */
  public static final int LEVEL_PREFIX = 14;

  /** ctxIdxInc of the bins after the first, for the first level of a block that has any. */
  private static final int FIRST_FURTHER = 5;

  private static final InverseScanKernels PLACE = InverseScanKernels.ACTIVE;

  private static final long LPS = CabacDecodingEngine.RANGE_LPS;

  private ResidualBlockParser() {}

  /**
   * Parses a block of at most 16 coefficients other than ChromaDCLevel.
   *
   * @param numCoeff maxNumCoeff, 15 or 16
   * @param fieldScan whether the field scan places the levels; otherwise the zig-zag scan does
   * @param firstCoeff the first level's position in the scan: 1 for AC blocks, otherwise 0
   * @param levels 16 elements at {@code offset}, all 0; receive the levels row by row
   */
  static void parse4x4(
      CabacDecodingEngine engine,
      BlockContexts block,
      int numCoeff,
      boolean fieldScan,
      int firstCoeff,
      int[] levels,
      int offset) {
    long significant = SignificanceMap.parse(engine, block, numCoeff - 1);
    parseLevels(engine, block, Long.bitCount(significant));
    PLACE.place4x4(engine.levels, significant << firstCoeff, fieldScan, levels, offset);
  }

  /** Parses an 8x8 block or ChromaDCLevel, where ctxIdxInc is not levelListIdx. */
  static void parseByTable(
      CabacDecodingEngine engine, BlockContexts block, int numCoeff, int[] scan, int[] levels, int offset) {
    long significant = SignificanceMap.parseByTable(engine, block, numCoeff - 1);
    parseLevels(engine, block, Long.bitCount(significant));
    ScalarInverseScanKernels.place(engine.levels, significant, scan, levels, offset);
  }

  /**
   * Parses coeff_abs_level_minus1 and coeff_sign_flag of every significant coefficient, last first (9.3.3.1.3 for ctxIdx),
   * into the engine's array of levels.
   */
  private static void parseLevels(CabacDecodingEngine engine, BlockContexts block, int count) {
    int[] inOrder = engine.levels;
    int k = parseOnes(engine, block, inOrder, count - 1);
    if (k >= 0) {
      int stop = parseMixed(engine, block, inOrder, k, FIRST_FURTHER, -2);
      while (stop >= 0) {
        k = stop & 63;
        int absLevel = LEVEL_PREFIX + parseSuffix(engine);
        inOrder[k] = engine.decodeBypass() == 0 ? absLevel : -absLevel;
        if (k == 0) {
          break;
        }
        int further = Math.min((stop >> 6) + 1, block.largestLevelCtxIdx - block.coeffAbsLevelMinus1);
        stop = parseMixed(engine, block, inOrder, k - 1, further, -1);
      }
    }
  }

  /**
   * Parses levels up to the first that is not 1 or -1; of that one only the first bin.
   *
   * @param levels receives levels from {@code last} down
   * @return index of that level, -1 if there is none
   */
  private static int parseOnes(CabacDecodingEngine engine, BlockContexts block, int[] levels, int last) {
    final long[] contexts = engine.contexts;
    final int base = block.coeffAbsLevelMinus1;
    long value = engine.value;
    long range = engine.range;
    int ctxIdx = base + 1;
    int k = last;
    for (; k >= 0; k--) {
      long word = contexts[ctxIdx];
      long rangeLps = (word << ((int) (range >>> 57) & 24)) & LPS;
      range -= rangeLps;
      long difference = value - range;
      long mps = difference >> 63;
      value = difference + (range & mps);
      range = rangeLps + ((range - rangeLps) & mps);
      int decision = (int) (word - mps) & 0xFF;
      contexts[ctxIdx] = TransitionTables.DECISION[decision];
      int shift = Long.numberOfLeadingZeros(range) - 1;
      range <<= shift;
      value <<= shift;
      if ((decision & 1) != 0) {
        break;
      }
      ctxIdx = Math.min(ctxIdx + 1, base + 4);
      difference = (value << 1) - range;
      long positive = difference >> 63;
      value = difference + (range & positive);
      if ((int) value == 0) {
        value = engine.refill(value);
      }
      levels[k] = 1 + 2 * (int) ~positive;
    }
    engine.value = value;
    engine.range = range;
    return k;
  }

  /**
   * Continues bin by bin after the first 1 among the first bins. Then only two contexts are in use at a time: one for first
   * bins, one for further bins. No branch depends on a bin: a sign is decoded and a level is stored after each bin, and both
   * are discarded if the level goes on.
   *
   * @param levels receives levels from {@code k} down
   * @param further ctxIdxInc of further bins
   * @param level -1 before a level, -2 after a first bin that was 1: the complement of the number of ones
   * @return -1 after the last level; if a level needs a suffix, its k plus 64 times its ctxIdxInc of further bins
   */
  private static int parseMixed(
      CabacDecodingEngine engine, BlockContexts block, int[] levels, int k, int further, int level) {
    final long[] contexts = engine.contexts;
    final int base = block.coeffAbsLevelMinus1;
    final int end = block.largestLevelCtxIdx - base;
    long value = engine.value;
    long range = engine.range;
    int stop = -1;
    // All ones before a first bin, 0 before a further bin.
    long first = -2 - level;
    long word = contexts[base + (further & (int) ~first)];
    do {
      int ctxIdxInc = further & (int) ~first;
      long other = contexts[base + further - ctxIdxInc];
      long afterLps = TransitionTables.DECISION[(int) word & 0xFF];
      long afterMps = TransitionTables.DECISION[((int) word + 1) & 0xFF];
      long rangeLps = (word << ((int) (range >>> 57) & 24)) & LPS;
      range -= rangeLps;
      long difference = value - range;
      long mps = difference >> 63;
      int binVal = (int) (word - mps) & 1;
      long zero = binVal - 1L;
      word = afterLps ^ (afterLps ^ afterMps) & mps;
      contexts[base + ctxIdxInc] = word;
      word ^= (word ^ other) & (zero ^ first);
      value = difference + (range & mps);
      range = rangeLps + ((range - rangeLps) & mps);
      int zeros = Long.numberOfLeadingZeros(range);
      range <<= zeros - 1;
      // At a level's end one more bit is read; elsewhere the comparison is with nothing.
      long bound = range & zero;
      difference = (value << (zeros - binVal)) - bound;
      long positive = difference >> 63;
      value = difference + (bound & positive);
      // ~ones is -absLevel.
      levels[k] = (level ^ (int) positive) - (int) positive;
      if ((int) value == 0) {
        value = engine.refill(value);
      }
      further = Math.min(further - (int) (zero & ~first), end);
      level = (level - 1) | (int) zero;
      first = zero;
      if (level == -1 - LEVEL_PREFIX) {
        stop = (further << 6) | k;
        break;
      }
      k += (int) zero;
    } while (k >= 0);
    engine.value = value;
    engine.range = range;
    return stop;
  }

  /** 9.3.2.3, suffix of coeff_abs_level_minus1, Exp-Golomb of order 0, plus 1. */
  private static int parseSuffix(CabacDecodingEngine engine) {
    int k = 0;
    while (engine.decodeBypass() != 0) {
      if (++k > MOST_SUFFIX_PREFIX) {
        throw new MalformedStreamException("coeff_abs_level_minus1", "9.3.2.3", "no bit depth has such levels");
      }
    }
    int suffix = 1;
    for (; k > 0; k--) {
      suffix = (suffix << 1) | engine.decodeBypass();
    }
    return suffix;
  }
}
