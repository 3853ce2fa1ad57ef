package llm265.h264.cabac;

/**
 * 7.3.5.3.3 Residual block CABAC syntax, the significance map: significant_coeff_flag and last_significant_coeff_flag.
 *
 * <p>Maps are longs: bit levelListIdx is set for a level that is not 0.
 *
 * <p>The state of the arithmetic decoding engine is in local variables, and each kind of bin has its own copy of {@link
 * CabacDecodingEngine#decodeDecision}. The code branches on last_significant_coeff_flag as soon as the symbol is known. This
 * flag can be predicted, and the branch takes it off the chain of dependences (12 % of all the time at 3 bits per value).
 *
 * <p>significant_coeff_flag can be predicted only where few levels are significant. Elsewhere ({@link #parseDense}) no branch
 * depends on it. Masks choose the symbol. The last_significant_coeff_flag that may follow is always decoded; for a coefficient
 * that is 0, the interval of the less probable symbol is empty. Compared with a branch that is mispredicted every third time,
 * this saves 18 % of all decoding at 1.4 to 2.5 bits per value, 9 % at 3, 4 % at 4. Both symbols are renormalized before the
 * bin is known, since this takes the count of leading zeros off the chain. The chain has some 20 cycles per coefficient, and
 * that is the time it takes, with 97 instructions or with 82. Below one bit per value, branches ({@link #parseSparse}) win by
 * 6 % at 0.8 bits and 12 % at 0.6. So the number of recent levels selects the parser.
 *
 * <p>Tried without gain: computing the range of the next bin's less probable symbol for both symbols of this one. With ctxIdxInc
 * from tables, 4x4 blocks would take 14 % more of all the time.
 */
final class SignificanceMap {
  /**
   * Distance from the context of a significant_coeff_flag to that of the last_significant_coeff_flag of the same coefficient,
   * for ctxBlockCat below 5.
   */
  private static final int TO_LAST = 61;

  /** How slowly {@link CabacDecodingEngine#density} changes: it is the mean of about 16 blocks. */
  private static final int LOG2_BLOCKS = 4;

  /** The mean number of significant levels of a 4x4 block, 3.5, from which blocks count as dense. */
  private static final int DENSE = 7 << (LOG2_BLOCKS - 1);

  private static final long LPS = CabacDecodingEngine.RANGE_LPS;

  private SignificanceMap() {}

  /**
   * Parses the map of a block where ctxIdxInc is levelListIdx.
   *
   * @param lastIndex index of the last possible level, 14 or 15
   */
  static long parse(CabacDecodingEngine engine, BlockContexts block, int lastIndex) {
    int base = block.significantCoeffFlag;
    if (block.lastSignificantCoeffFlag - base != TO_LAST) {
      return parseByTable(engine, block, lastIndex);
    }
    int density = engine.density;
    long significant =
        density >= DENSE ? parseDense(engine, base, base + lastIndex) : parseSparse(engine, base, base + lastIndex);
    engine.density = density + Long.bitCount(significant) - (density >> LOG2_BLOCKS);
    return significant;
  }

  /**
   * Parses with masks.
   *
   * @param base ctxIdx of the first significant_coeff_flag
   * @param end ctxIdx that the flag of the last coefficient would have; that flag is not coded
   */
  private static long parseDense(CabacDecodingEngine engine, int base, int end) {
    final long[] contexts = engine.contexts;
    long value = engine.value;
    long range = engine.range;
    // Here the bit of a level is ctxIdx & 63.
    long significant = 0;
    int ctxIdx = base;
    for (; ctxIdx < end; ctxIdx++) {
      long word = contexts[ctxIdx];
      long rangeLps = (word << ((int) (range >>> 57) & 24)) & LPS;
      range -= rangeLps;
      long difference = value - range;
      long mps = difference >> 63;
      int decision = (int) (word - mps);
      contexts[ctxIdx] = TransitionTables.DECISION[decision & 0xFF];
      int shift = Long.numberOfLeadingZeros(rangeLps) - 1;
      int shiftMps = Long.numberOfLeadingZeros(range) - 1;
      range = (range << shiftMps) & mps | (rangeLps << shift) & ~mps;
      value = (value << shiftMps) & mps | (difference << shift) & ~mps;

      long coded = (long) decision << 63 >> 63;
      long lpsIfCoded = LPS & coded;
      significant |= (1L << ctxIdx) & coded;
      word = contexts[ctxIdx + TO_LAST];
      rangeLps = (word << ((int) (range >>> 57) & 24)) & lpsIfCoded;
      range -= rangeLps;
      difference = value - range;
      if (difference < 0) {
        decision = (int) word + 1;
        shift = Long.numberOfLeadingZeros(range) - 1;
      } else {
        decision = (int) word;
        value = difference;
        range = rangeLps;
        shift = Long.numberOfLeadingZeros(range) - 1;
      }
      contexts[ctxIdx + TO_LAST] = word ^ (word ^ TransitionTables.DECISION[decision & 0xFF]) & coded;
      range <<= shift;
      value <<= shift;
      if ((decision & (int) coded & 1) != 0) {
        break;
      }
      if ((int) value == 0) {
        value = engine.refill(value);
      }
    }
    if (ctxIdx == end) {
      significant |= 1L << end;
    } else if ((int) value == 0) {
      value = engine.refill(value);
    }
    engine.value = value;
    engine.range = range;
    return Long.rotateRight(significant, base);
  }

  /** Like {@link #parseDense}, with branches. */
  private static long parseSparse(CabacDecodingEngine engine, int base, int end) {
    final long[] contexts = engine.contexts;
    long value = engine.value;
    long range = engine.range;
    long significant = 0;
    int ctxIdx = base;
    for (; ctxIdx < end; ctxIdx++) {
      long word = contexts[ctxIdx];
      long rangeLps = (word << ((int) (range >>> 57) & 24)) & LPS;
      range -= rangeLps;
      long difference = value - range;
      int decision;
      int shift;
      if (difference < 0) {
        decision = (int) word + 1;
        shift = Long.numberOfLeadingZeros(range) - 1;
      } else {
        decision = (int) word;
        value = difference;
        range = rangeLps;
        shift = Long.numberOfLeadingZeros(range) - 1;
      }
      contexts[ctxIdx] = TransitionTables.DECISION[decision & 0xFF];
      range <<= shift;
      value <<= shift;
      if ((decision & 1) != 0) {
        significant |= 1L << ctxIdx;
        word = contexts[ctxIdx + TO_LAST];
        rangeLps = (word << ((int) (range >>> 57) & 24)) & LPS;
        range -= rangeLps;
        difference = value - range;
        if (difference < 0) {
          decision = (int) word + 1;
          shift = Long.numberOfLeadingZeros(range) - 1;
        } else {
          decision = (int) word;
          value = difference;
          range = rangeLps;
          shift = Long.numberOfLeadingZeros(range) - 1;
        }
        contexts[ctxIdx + TO_LAST] = TransitionTables.DECISION[decision & 0xFF];
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
    if (ctxIdx == end) {
      significant |= 1L << end;
    } else if ((int) value == 0) {
      value = engine.refill(value);
    }
    engine.value = value;
    engine.range = range;
    return Long.rotateRight(significant, base);
  }

  /**
   * Parses the map of a block of any kind, with ctxIdxInc from tables, in the way of {@link #parseDense}.
   *
   * @param lastIndex index of the last possible level
   */
  static long parseByTable(CabacDecodingEngine engine, BlockContexts block, int lastIndex) {
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
      long rangeLps = (word << ((int) (range >>> 57) & 24)) & LPS;
      range -= rangeLps;
      long difference = value - range;
      long mps = difference >> 63;
      int decision = (int) (word - mps);
      contexts[ctxIdx] = TransitionTables.DECISION[decision & 0xFF];
      int shift = Long.numberOfLeadingZeros(rangeLps) - 1;
      int shiftMps = Long.numberOfLeadingZeros(range) - 1;
      range = (range << shiftMps) & mps | (rangeLps << shift) & ~mps;
      value = (value << shiftMps) & mps | (difference << shift) & ~mps;

      long coded = (long) decision << 63 >> 63;
      long lpsIfCoded = LPS & coded;
      significant |= (1L << i) & coded;
      ctxIdx = lastBase + lastIncrements[i];
      word = contexts[ctxIdx];
      rangeLps = (word << ((int) (range >>> 57) & 24)) & lpsIfCoded;
      range -= rangeLps;
      difference = value - range;
      if (difference < 0) {
        decision = (int) word + 1;
        shift = Long.numberOfLeadingZeros(range) - 1;
      } else {
        decision = (int) word;
        value = difference;
        range = rangeLps;
        shift = Long.numberOfLeadingZeros(range) - 1;
      }
      contexts[ctxIdx] = word ^ (word ^ TransitionTables.DECISION[decision & 0xFF]) & coded;
      range <<= shift;
      value <<= shift;
      if ((decision & (int) coded & 1) != 0) {
        break;
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
}
