package llm265.h264.cabac;

import java.util.Arrays;

/**
 * 9.3.1.1 Context variables: pStateIdx and valMPS of every ctxIdx, packed as {@code pStateIdx << 1 | valMPS}.
 *
 * <p>Three entries are not context variables. They let all bins be looked up in the same way when bits are counted or coded: the
 * one at {@link BinString#TERMINATE}, the non-adapting ctxIdx 276, and those at {@link BinString#BYPASS} and {@link
 * BinString#NOTHING}. Their packed states are {@link #STATE_TERMINATE}, {@link #STATE_BYPASS} and {@link #STATE_NOTHING},
 * beyond the 128 real ones.
 */
public final class ContextVariables {
  /** Number of ctxIdx values. */
  public static final int COUNT = 1024;

  public static final int STATE_BYPASS = 128;
  public static final int STATE_TERMINATE = 130;
  static final int STATE_NOTHING = 132;

  /** Packed state by ctxIdx; the last two entries are for bypass bins and for no bin. */
  public final byte[] state = new byte[COUNT + 2];

  /** All contexts in their state for SliceQPY 26. */
  public ContextVariables() {
    init(26);
  }

  /** Sets all contexts to their state at the start of an I slice. SliceQPY may be negative at high bit depths (9-5). */
  public void init(int sliceQpY) {
    int qp = Math.clamp(sliceQpY, 0, 51);
    for (int ctxIdx = 0; ctxIdx < COUNT; ctxIdx++) {
      int preCtxState = Math.clamp((ContextInitTables.m(ctxIdx) * qp >> 4) + ContextInitTables.n(ctxIdx), 1, 126);
      state[ctxIdx] = (byte) (preCtxState <= 63 ? (63 - preCtxState) << 1 : ((preCtxState - 64) << 1) | 1);
    }
    state[BinString.TERMINATE] = (byte) STATE_TERMINATE;
    state[BinString.BYPASS] = (byte) STATE_BYPASS;
    state[BinString.NOTHING] = (byte) STATE_NOTHING;
  }

  /** Copies all states of another set. */
  public void copyFrom(ContextVariables other) {
    System.arraycopy(other.state, 0, state, 0, state.length);
  }

  /** {@code pStateIdx << 1 | valMPS} of a context, 0 to 127. */
  public int packedState(int ctxIdx) {
    return state[ctxIdx];
  }

  /** Sets a context to a packed state in 0..127. */
  public void setPackedState(int ctxIdx, int packedState) {
    if (ctxIdx < 0 || ctxIdx >= COUNT || ctxIdx == BinString.TERMINATE || packedState < 0 || packedState > 127) {
      throw new IllegalArgumentException("ctxIdx " + ctxIdx + ", packed state " + packedState);
    }
    state[ctxIdx] = (byte) packedState;
  }

  /** Whether all contexts are in the same states. */
  public boolean sameStates(ContextVariables other) {
    return Arrays.equals(state, other.state);
  }
}
