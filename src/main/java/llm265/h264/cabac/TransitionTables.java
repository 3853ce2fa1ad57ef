package llm265.h264.cabac;

/**
 * 9.3.3.2 Arithmetic decoding process: rangeTabLPS (Table 9-44), transIdxLPS and transIdxMPS (Table 9-45), and the same data
 * arranged by packed state.
 *
 * <p>A packed state is {@code pStateIdx << 1 | valMPS}, 0 to 127.
 */
public final class TransitionTables {
  private static final byte[] RANGE_TAB_LPS = new byte[256];
  private static final byte[] TRANS_IDX_LPS = new byte[64];
  private static final byte[] TRANS_IDX_MPS = new byte[64];

  /**
   * Context word, indexed by packed state: all that coding a bin needs to know about a context. Bits 54 - 8 * q .. 61 - 8 * q
   * hold rangeTabLPS for qCodIRangeIdx q, so that one shift left by {@code codIRange >>> 3 & 24} brings it to the position of
   * codIRange in the decoding engine. Bits 0..7 hold an index t into {@link #DECISION}: t is the index for the less probable
   * symbol, t + 1 for the more probable one, and the lowest bit of the index is binVal.
   */
  static final long[] CONTEXT_WORD = new long[128];

  /** Context word after a bin, at the index that the word before gave. */
  static final long[] DECISION = new long[256];

  /** Packed state after a bin, indexed by {@code packed state << 1 | binVal}. */
  private static final byte[] NEXT_STATE = new byte[256];

  static {
    for (int[] row : NormativeTable.read("range-tab-lps.txt", 5)) {
      for (int q = 0; q < 4; q++) {
        RANGE_TAB_LPS[4 * row[0] + q] = (byte) row[1 + q];
      }
    }
    for (int[] row : NormativeTable.read("trans-idx.txt", 3)) {
      TRANS_IDX_LPS[row[0]] = (byte) row[1];
      TRANS_IDX_MPS[row[0]] = (byte) row[2];
    }
    for (int state = 0; state < 128; state++) {
      NEXT_STATE[state << 1] = (byte) transition(state, 0);
      NEXT_STATE[(state << 1) | 1] = (byte) transition(state, 1);
      CONTEXT_WORD[state] = contextWord(state);
    }
    // pStateIdx 63, in packed states 126 and 127, is for the bins before termination, which have no context.
    for (int state = 0; state < 126; state++) {
      int valMps = state & 1;
      int index = decisionIndex(state);
      DECISION[index] = CONTEXT_WORD[nextState(state, 1 - valMps)];
      DECISION[index + 1] = CONTEXT_WORD[nextState(state, valMps)];
    }
  }

  private static long contextWord(int state) {
    long word = decisionIndex(state) & 0xFF;
    for (int q = 0; q < 4; q++) {
      word |= (long) rangeTabLps(state >> 1, q) << (CabacDecodingEngine.OFFSET_SHIFT - 8 * q);
    }
    return word;
  }

  /** Index for the less probable symbol: even if valMPS is 1; odd, after all of those, if it is 0. */
  private static int decisionIndex(int state) {
    return (state & 1) != 0 ? state - 1 : 129 + state;
  }

  /** Packed state of a context word: the inverse of {@link #decisionIndex}. */
  static int packedState(long contextWord) {
    int index = (int) contextWord & 0xFF;
    return (index & 1) == 0 ? index + 1 : index - 129;
  }

  private static int transition(int state, int binVal) {
    int pStateIdx = state >> 1;
    int valMps = state & 1;
    if (binVal == valMps) {
      return (transIdxMps(pStateIdx) << 1) | valMps;
    }
    return (transIdxLps(pStateIdx) << 1) | (pStateIdx == 0 ? 1 - valMps : valMps);
  }

  private TransitionTables() {}

  /** rangeTabLPS[pStateIdx][qCodIRangeIdx]. */
  public static int rangeTabLps(int pStateIdx, int qCodIRangeIdx) {
    return RANGE_TAB_LPS[4 * pStateIdx + qCodIRangeIdx] & 0xFF;
  }

  /** transIdxLPS[pStateIdx]. */
  public static int transIdxLps(int pStateIdx) {
    return TRANS_IDX_LPS[pStateIdx];
  }

  /** transIdxMPS[pStateIdx]. */
  public static int transIdxMps(int pStateIdx) {
    return TRANS_IDX_MPS[pStateIdx];
  }

  /** 9.3.3.2.1.1 State transition process: the packed state after a bin. */
  public static int nextState(int state, int binVal) {
    return NEXT_STATE[(state << 1) | binVal];
  }
}
