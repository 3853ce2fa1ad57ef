package llm265.h264.cabac;

import llm265.h264.MalformedStreamException;

/**
 * 7.3.5.3.3 Residual block CABAC syntax, after coded_block_flag.
 *
 * <p>Nearly all bins of a stream pass here, so the arithmetic decoding engine's state is in local variables and each kind
 * of bin has its own copy of {@link CabacDecodingEngine#decodeDecision}, with codIRange kept where codIOffset is in the
 * window. Masks choose the symbol, as significance and levels cannot be predicted; last_significant_coeff_flag can, and a
 * branch takes it off the chain of dependences (12 % of all the time at 3 bits a value). Contexts of levels stay in local
 * variables while the next level needs the same ones.
 *
 * <p>For significant_coeff_flag both symbols are renormalized before it is known which one it is, which takes the count of
 * leading zeros off the chain; that and the context word's layout brought 3 %.
 *
 * <p>Tried without gain: the same for levels, fetching both successors of a context, a loop of its own for levels whose
 * contexts change no more, levels first into an array.
 */
final class ResidualBlockParser {
  /**
   * Longest prefix of the Exp-Golomb suffix of coeff_abs_level_minus1. Levels of 14-bit samples are below 2^21; this
   * leaves them room and excludes overflow.
   */
  static final int MOST_SUFFIX_PREFIX = 22;

  /** uCoff of coeff_abs_level_minus1 (Table 9-34). */
  static final int LEVEL_PREFIX = 14;

  private static final int SHIFT = CabacDecodingEngine.OFFSET_SHIFT;

  /** Where a context word shifted by qCodIRangeIdx has rangeTabLPS. */
  private static final long LPS = 0xFFL << SHIFT;

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
    long range = (long) engine.codIRange << SHIFT;
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
    engine.codIRange = (int) (range >>> SHIFT);
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
    long range = (long) engine.codIRange << SHIFT;
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
    engine.codIRange = (int) (range >>> SHIFT);
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
    final long[] contexts = engine.contexts;
    final int base = block.coeffAbsLevelMinus1;
    final int furtherEnd = block.largestLevelCtxIdx;
    long value = engine.value;
    long range = (long) engine.codIRange << SHIFT;
    int firstCtxIdx = base + 1;
    long first = contexts[firstCtxIdx];
    int furtherCtxIdx = base + 5;
    long further = contexts[furtherCtxIdx];
    do {
      int i = 63 - Long.numberOfLeadingZeros(significant);
      significant ^= 1L << i;
      int absLevel = 1;
      long rangeLps = first << ((int) (range >>> 57) & 24) & LPS;
      range -= rangeLps;
      long difference = value - range;
      long mps = difference >> 63;
      value = difference + (range & mps);
      range = rangeLps + (range - rangeLps & mps);
      int decision = (int) (first - mps) & 0xFF;
      first = TransitionTables.DECISION[decision];
      int shift = Long.numberOfLeadingZeros(range) - 1;
      range <<= shift;
      value <<= shift;
      if ((decision & 1) != 0) {
        do {
          absLevel++;
          rangeLps = further << ((int) (range >>> 57) & 24) & LPS;
          range -= rangeLps;
          difference = value - range;
          mps = difference >> 63;
          value = difference + (range & mps);
          range = rangeLps + (range - rangeLps & mps);
          decision = (int) (further - mps) & 0xFF;
          further = TransitionTables.DECISION[decision];
          shift = Long.numberOfLeadingZeros(range) - 1;
          range <<= shift;
          value <<= shift;
          if ((int) value == 0) {
            value = engine.refill(value);
          }
        } while ((decision & 1) != 0 && absLevel < LEVEL_PREFIX);
        if ((decision & 1) != 0) {
          engine.value = value;
          engine.codIRange = (int) (range >>> SHIFT);
          absLevel += parseSuffix(engine);
          value = engine.value;
        }
        if (firstCtxIdx != base) {
          contexts[firstCtxIdx] = first;
          firstCtxIdx = base;
          first = contexts[base];
        }
        if (furtherCtxIdx != furtherEnd) {
          contexts[furtherCtxIdx++] = further;
          further = contexts[furtherCtxIdx];
        }
      } else if (firstCtxIdx != base && firstCtxIdx != base + 4) {
        contexts[firstCtxIdx++] = first;
        first = contexts[firstCtxIdx];
      }
      difference = (value << 1) - range;
      long positive = difference >> 63;
      value = difference + (range & positive);
      if ((int) value == 0) {
        value = engine.refill(value);
      }
      int sign = (int) ~positive;
      levels[offset + scan[firstCoeff + i]] = (absLevel ^ sign) - sign;
    } while (significant != 0);
    contexts[firstCtxIdx] = first;
    contexts[furtherCtxIdx] = further;
    engine.value = value;
    engine.codIRange = (int) (range >>> SHIFT);
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
