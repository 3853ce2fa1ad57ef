package llm265.h264.cabac;

/**
 * 7.3.5.3.3 Residual block CABAC syntax, its significance map: significant_coeff_flag and last_significant_coeff_flag.
 *
 * <p>Maps are longs: bit levelListIdx is set for a level that is not 0.
 *
 * <p>The arithmetic decoding engine's state is in local variables, and each kind of bin has its own copy of {@link
 * CabacDecodingEngine#decodeDecision}. last_significant_coeff_flag is branched on as soon as the symbol is known: it can be
 * predicted, and is off the chain of dependences so (12 % of all the time at 3 bits per value).
 *
 * <p>significant_coeff_flag cannot be predicted but where few levels are significant. Elsewhere ({@link #parseDense}) nothing
 * branches on it: masks choose the symbol, and the last_significant_coeff_flag that may follow is decoded in any case, of a
 * coefficient that is 0 with an interval for the less probable symbol that is empty. In place of a branch that is mispredicted
 * every third time this brings 18 % of all decoding at 1.4 to 2.5 bits per value, 9 % at 3, 4 % at 4. Both symbols are
 * renormalized before it is known which one it is, as that takes the count of leading zeros off the chain, which has some 20
 * cycles a coefficient: that many it takes, whether its instructions are 97 or 82. Below a bit per value ({@link #parseSparse})
 * branches win by 6 % at 0.8 bits, 12 % at 0.6: so how many levels there were decides.
 *
 * <p>Tried without gain: the range of the next bin's less probable symbol computed for both symbols of this one. With ctxIdxInc
 * from tables 4x4 blocks would take 14 % more of all the time.
 */
final class SignificanceMap {
  /**
   * From the context of a significant_coeff_flag to that of the last_significant_coeff_flag of the same coefficient, below
   * ctxBlockCat 5.
   */
  private static final int TO_LAST = 61;

  /** How slowly {@link CabacDecodingEngine#density} follows: it is the mean of about 16 blocks. */
  private static final int LOG2_BLOCKS = 4;

  /** Mean number of significant levels of a 4x4 block, 3.5, from which on it is dense. */
  private static final int DENSE = 7 << (LOG2_BLOCKS - 1);

  private static final long LPS = CabacDecodingEngine.RANGE_LPS;

  private SignificanceMap() {}

  /**
   * Of a block where ctxIdxInc is levelListIdx.
   *
   * @param lastIndex index of the last level that may be there, 14 or 15
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
   * With masks.
   *
   * @param base ctxIdx of the first significant_coeff_flag
   * @param end ctxIdx that the flag of the last coefficient would have, which is not coded
   */
  private static long parseDense(CabacDecodingEngine engine, int base, int end) {
    final long[] contexts = engine.contexts;
    long value = engine.value;
    long range = engine.range;
    // Bit ctxIdx & 63 is that of a level here.
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

  /** As {@link #parseDense}, with branches. */
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
   * Of a block of any kind, with ctxIdxInc from tables, as {@link #parseDense} does it.
   *
   * @param lastIndex index of the last level that may be there
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
