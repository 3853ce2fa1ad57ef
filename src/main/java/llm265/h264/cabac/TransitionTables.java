package llm265.h264.cabac;

/**
 * 9.3.3.2 Arithmetic decoding process: rangeTabLPS (Table 9-44), transIdxLPS and transIdxMPS (Table 9-45), and the same
 * facts arranged by packed state.
 *
 * <p>A packed state is {@code pStateIdx << 1 | valMPS}, 0 to 127.
 */
public final class TransitionTables {
  private static final byte[] RANGE_TAB_LPS = new byte[256];
  private static final byte[] TRANS_IDX_LPS = new byte[64];
  private static final byte[] TRANS_IDX_MPS = new byte[64];

  /**
   * All that decoding a bin needs to know of a packed state. Bits 8 * q + 0..7, q = 0..3: rangeTabLPS for qCodIRangeIdx
   * q. Bits 32..39: the outcome for the less probable symbol, bits 40..47 for the more probable one, where an outcome is
   * {@code next packed state << 1 | binVal}.
   */
  static final long[] DECISION_WORD = new long[128];

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
      int valMps = state & 1;
      long word = (long) (nextState(state, valMps) << 1 | valMps) << 40
          | (long) (nextState(state, 1 - valMps) << 1 | 1 - valMps) << 32;
      for (int q = 0; q < 4; q++) {
        word |= (long) rangeTabLps(state >> 1, q) << 8 * q;
      }
      DECISION_WORD[state] = word;
    }
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
    int pStateIdx = state >> 1;
    int valMps = state & 1;
    if (binVal == valMps) {
      return transIdxMps(pStateIdx) << 1 | valMps;
    }
    return transIdxLps(pStateIdx) << 1 | (pStateIdx == 0 ? 1 - valMps : valMps);
  }
}
