package llm265.h264.cabac;

/**
 * 9.3.4.2 to 9.3.4.4 as tables: what a bin does to its context, to codIRange and to codILow. All kinds of bins are coded by
 * the same few operations, and no branch depends on a bin.
 *
 * <p>codIRange after a bin is looked up, by a row and by codIRange before it. This takes 6 cycles from bin to bin; computing it
 * from rangeTabLPS takes 8 to 10. A slice uses some forty of the {@value #ROWS} rows, 20 KB in all.
 */
final class EncodingSteps {
  /**
   * Indexed by {@code binVal << 8 | packed state}, including the states for bins without a context. Bits 0..7: the packed
   * state after the bin. From bit 8 on: the row. Bit 63: codILow grows, by codIRange before the bin less what remains of it
   * after renormalization.
   */
  static final long[] STEP = new long[512];

  /** Row of a step, times 256. */
  static final int ROW = 0xFF00;

  /**
   * Indexed by row and codIRange - 256: codIRange after renormalization, less 256; from {@link #SHIFTS} on, the number of bits
   * that it shifts. It is one array, so that C2 addresses it once.
   */
  static final byte[] AFTER = new byte[2 * (ROW + 256)];

  static final int SHIFTS = ROW + 256;

  private static final int STATES = 64;
  private static final int LESS_PROBABLE = STATES << 8;
  private static final int BYPASS = 2 * STATES << 8;
  private static final int TERMINATE = BYPASS + 256;
  private static final int NOTHING = TERMINATE + 256;
  private static final int ROWS = 2 * STATES + 3;
  private static final long GROWS = 1L << 63;

  static {
    for (int pStateIdx = 0; pStateIdx < STATES; pStateIdx++) {
      for (int range = 256; range < 512; range++) {
        int rangeLps = TransitionTables.rangeTabLps(pStateIdx, (range >> 6) & 3);
        set(pStateIdx << 8, range, range - rangeLps);
        set(LESS_PROBABLE | (pStateIdx << 8), range, rangeLps);
      }
    }
    for (int range = 256; range < 512; range++) {
      set(BYPASS, range, range);
      AFTER[SHIFTS + BYPASS + range - 256] = 1;
      set(TERMINATE, range, range - 2);
      set(NOTHING, range, range);
    }
    for (int state = 0; state < 128; state++) {
      int valMps = state & 1;
      int row = state >> 1 << 8;
      STEP[(valMps << 8) | state] = TransitionTables.nextState(state, valMps) | row;
      STEP[((1 - valMps) << 8) | state] = TransitionTables.nextState(state, 1 - valMps) | row | LESS_PROBABLE | GROWS;
    }
    STEP[ContextVariables.STATE_BYPASS] = ContextVariables.STATE_BYPASS | BYPASS;
    STEP[(1 << 8) | ContextVariables.STATE_BYPASS] = ContextVariables.STATE_BYPASS | BYPASS | GROWS;
    STEP[ContextVariables.STATE_TERMINATE] = ContextVariables.STATE_TERMINATE | TERMINATE;
    STEP[ContextVariables.STATE_NOTHING] = ContextVariables.STATE_NOTHING | NOTHING;
  }

  private static void set(int row, int range, int newRange) {
    int shift = Integer.numberOfLeadingZeros(newRange) - 23;
    AFTER[row + range - 256] = (byte) (newRange << shift);
    AFTER[SHIFTS + row + range - 256] = (byte) shift;
  }

  private EncodingSteps() {}
}
