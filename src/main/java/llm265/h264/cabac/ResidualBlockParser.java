package llm265.h264.cabac;

import llm265.h264.MalformedStreamException;

/**
 * 7.3.5.3.3 Residual block CABAC syntax, after coded_block_flag.
 *
 * <p>Nearly all bins of a stream pass here, so the arithmetic decoding engine's state is in local variables and each kind
 * of bin has its own copy of {@link CabacDecodingEngine#decodeDecision}. Masks choose the symbol, as significance and levels
 * cannot be predicted; last_significant_coeff_flag can, and a branch takes it off the chain of dependences (12 % of all the
 * time at 3 bits a value). For significant_coeff_flag both symbols are renormalized before it is known which one it is,
 * which takes the count of leading zeros off the chain; that and the context word's layout brought 3 %. For levels it costs
 * 2 %: there the number of instructions counts.
 *
 * <p>Whether a level ends is as good as a coin toss. With branches for it all of decoding took 27.0 ns a value at 3 bits and
 * 35.3 at 3.7; with masks ({@link #parseMixed}) it takes 23.0 and 29.0.
 *
 * <p>Masks in place of the branch for significant_coeff_flag gain 4 % at 2 bits a value and lose 8 % at 3.
 *
 * <p>Tried without gain: fetching both successors of a context, words of level contexts in local variables, levels
 * stored where the inverse scan puts them at once.
 */
final class ResidualBlockParser {
  /**
   * Longest prefix of the Exp-Golomb suffix of coeff_abs_level_minus1. Levels of 14-bit samples are below 2^21; this
   * leaves them room and excludes overflow.
   */
  static final int MOST_SUFFIX_PREFIX = 22;

  /** uCoff of coeff_abs_level_minus1 (Table 9-34). */
  static final int LEVEL_PREFIX = 14;

  /** ctxIdxInc of the bins after the first in a block's first level that has any. */
  private static final int FIRST_FURTHER = 5;

  private static final long LPS = CabacDecodingEngine.RANGE_LPS;

  private ResidualBlockParser() {}

  /**
   * Parses a block of at most 16 coefficients other than ChromaDCLevel.
   *
   * @param numCoeff maxNumCoeff, 15 or 16
   * @param scan raster position of a level by {@code firstCoeff + levelListIdx}
   * @param firstCoeff 1 for AC blocks, else 0
   * @param levels where the levels that are not 0 are stored, at {@code offset + raster position}
   */
  static void parse4x4(
      CabacDecodingEngine engine,
      BlockContexts block,
      int numCoeff,
      int[] scan,
      int firstCoeff,
      int[] levels,
      int offset) {
    long significant =
        parseSignificance(engine, block.significantCoeffFlag, block.lastSignificantCoeffFlag, numCoeff - 1);
    parseLevels(engine, block, significant, scan, firstCoeff, levels, offset);
  }

  /** Parses an 8x8 block or ChromaDCLevel, where ctxIdxInc is not levelListIdx. */
  static void parseByTable(
      CabacDecodingEngine engine, BlockContexts block, int numCoeff, int[] scan, int[] levels, int offset) {
    parseLevels(engine, block, parseSignificanceByTable(engine, block, numCoeff - 1), scan, 0, levels, offset);
  }

  /** significant_coeff_flag and last_significant_coeff_flag: bit levelListIdx is set for a level that is not 0. */
  private static long parseSignificance(CabacDecodingEngine engine, int significantBase, int lastBase, int lastIndex) {
    final long[] contexts = engine.contexts;
    long value = engine.value;
    long range = engine.range;
    long significant = 0;
    int i = 0;
    for (; i < lastIndex; i++) {
      int ctxIdx = significantBase + i;
      long word = contexts[ctxIdx];
      long rangeLps = word << ((int) (range >>> 57) & 24) & LPS;
      range -= rangeLps;
      long difference = value - range;
      long mps = difference >> 63;
      int decision = (int) (word - mps) & 0xFF;
      contexts[ctxIdx] = TransitionTables.DECISION[decision];
      int shift = Long.numberOfLeadingZeros(rangeLps) - 1;
      int shiftMps = (int) (range >>> 62) ^ 1;
      rangeLps <<= shift;
      range <<= shiftMps;
      range = rangeLps ^ (rangeLps ^ range) & mps;
      difference <<= shift;
      value <<= shiftMps;
      value = difference ^ (difference ^ value) & mps;
      if ((decision & 1) != 0) {
        significant |= 1L << i;
        ctxIdx = lastBase + i;
        word = contexts[ctxIdx];
        rangeLps = word << ((int) (range >>> 57) & 24) & LPS;
        range -= rangeLps;
        difference = value - range;
        if (difference < 0) {
          decision = (int) (word + 1) & 0xFF;
          shift = (int) (range >>> 62) ^ 1;
        } else {
          decision = (int) word & 0xFF;
          value = difference;
          range = rangeLps;
          shift = Long.numberOfLeadingZeros(range) - 1;
        }
        contexts[ctxIdx] = TransitionTables.DECISION[decision];
        range <<= shift;
        value <<= shift;
        if ((decision & 1) != 0) {
          break;
        }
      }
      if ((int) value == 0) {
        value = engine.refill(value);
      }
    }
    if (i == lastIndex) {
      significant |= 1L << lastIndex;
    } else if ((int) value == 0) {
      value = engine.refill(value);
    }
    engine.value = value;
    engine.range = range;
    return significant;
  }

  /** As {@link #parseSignificance}, with ctxIdxInc from tables. */
  private static long parseSignificanceByTable(CabacDecodingEngine engine, BlockContexts block, int lastIndex) {
    final long[] contexts = engine.contexts;
    final byte[] significantIncrements = block.significantIncrements;
    final byte[] lastIncrements = block.lastIncrements;
    final int significantBase = block.significantCoeffFlag;
    final int lastBase = block.lastSignificantCoeffFlag;
    long value = engine.value;
    long range = engine.range;
    long significant = 0;
    int i = 0;
    for (; i < lastIndex; i++) {
      int ctxIdx = significantBase + significantIncrements[i];
      long word = contexts[ctxIdx];
      long rangeLps = word << ((int) (range >>> 57) & 24) & LPS;
      range -= rangeLps;
      long difference = value - range;
      long mps = difference >> 63;
      int decision = (int) (word - mps) & 0xFF;
      contexts[ctxIdx] = TransitionTables.DECISION[decision];
      int shift = Long.numberOfLeadingZeros(rangeLps) - 1;
      int shiftMps = (int) (range >>> 62) ^ 1;
      rangeLps <<= shift;
      range <<= shiftMps;
      range = rangeLps ^ (rangeLps ^ range) & mps;
      difference <<= shift;
      value <<= shiftMps;
      value = difference ^ (difference ^ value) & mps;
      if ((decision & 1) != 0) {
        significant |= 1L << i;
        ctxIdx = lastBase + lastIncrements[i];
        word = contexts[ctxIdx];
        rangeLps = word << ((int) (range >>> 57) & 24) & LPS;
        range -= rangeLps;
        difference = value - range;
        if (difference < 0) {
          decision = (int) (word + 1) & 0xFF;
          shift = (int) (range >>> 62) ^ 1;
        } else {
          decision = (int) word & 0xFF;
          value = difference;
          range = rangeLps;
          shift = Long.numberOfLeadingZeros(range) - 1;
        }
        contexts[ctxIdx] = TransitionTables.DECISION[decision];
        range <<= shift;
        value <<= shift;
        if ((decision & 1) != 0) {
          break;
        }
      }
      if ((int) value == 0) {
        value = engine.refill(value);
      }
    }
    if (i == lastIndex) {
      significant |= 1L << lastIndex;
    } else if ((int) value == 0) {
      value = engine.refill(value);
    }
    engine.value = value;
    engine.range = range;
    return significant;
  }

  /** coeff_abs_level_minus1 and coeff_sign_flag of every significant coefficient, last first (9.3.3.1.3 for ctxIdx). */
  private static void parseLevels(
      CabacDecodingEngine engine,
      BlockContexts block,
      long significant,
      int[] scan,
      int firstCoeff,
      int[] levels,
      int offset) {
    int[] inOrder = engine.levels;
    int k = parseOnes(engine, block, inOrder, Long.bitCount(significant) - 1);
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
    long left = significant << firstCoeff;
    for (k = 0; left != 0; k++) {
      levels[offset + scan[Long.numberOfTrailingZeros(left)]] = inOrder[k];
      left &= left - 1;
    }
  }

  /**
   * Levels up to the first that is not 1 or -1; of that one only the first bin.
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
      long rangeLps = word << ((int) (range >>> 57) & 24) & LPS;
      range -= rangeLps;
      long difference = value - range;
      long mps = difference >> 63;
      value = difference + (range & mps);
      range = rangeLps + (range - rangeLps & mps);
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
   * Goes on bin by bin after the first 1 among the first bins, when only two contexts are in use at a time: one for first
   * bins, one for further bins. No branch depends on a bin: the sign is decoded after each, and forgotten where the level
   * goes on; so is the level that is stored.
   *
   * @param levels receives levels from {@code k} down
   * @param further ctxIdxInc of further bins
   * @param level -1 before a level, -2 after a first bin that was 1: the complement of the number of ones
   * @return -1 after the last level; where one needs a suffix, its k and 64 times its ctxIdxInc of further bins
   */
  private static int parseMixed(
      CabacDecodingEngine engine, BlockContexts block, int[] levels, int k, int further, int level) {
    final long[] contexts = engine.contexts;
    final int base = block.coeffAbsLevelMinus1;
    final int end = block.largestLevelCtxIdx - base;
    long value = engine.value;
    long range = engine.range;
    int stop = -1;
    // All ones before a first bin, 0 before a further one.
    long first = -2 - level;
    long word = contexts[base + (further & (int) ~first)];
    do {
      int ctxIdxInc = further & (int) ~first;
      long other = contexts[base + further - ctxIdxInc];
      long rangeLps = word << ((int) (range >>> 57) & 24) & LPS;
      range -= rangeLps;
      long difference = value - range;
      long mps = difference >> 63;
      int decision = (int) (word - mps) & 0xFF;
      word = TransitionTables.DECISION[decision];
      contexts[base + ctxIdxInc] = word;
      value = difference + (range & mps);
      range = rangeLps + (range - rangeLps & mps);
      int shift = Long.numberOfLeadingZeros(range) - 1;
      range <<= shift;
      value <<= shift;

      long zero = (decision & 1) - 1L;
      word ^= (word ^ other) & (zero ^ first);
      difference = (value << 1) - range;
      long positive = difference >> 63;
      difference += range & positive;
      // ~ones is -absLevel.
      levels[k] = (level ^ (int) positive) - (int) positive;
      value ^= (value ^ difference) & zero;
      if ((int) value == 0) {
        value = engine.refill(value);
      }
      further = Math.min(further - (int) (zero & ~first), end);
      level = level - 1 | (int) zero;
      first = zero;
      if (level == -1 - LEVEL_PREFIX) {
        stop = further << 6 | k;
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
      suffix = suffix << 1 | engine.decodeBypass();
    }
    return suffix;
  }
}
