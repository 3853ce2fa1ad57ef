package llm265.h264.rate;

import llm265.h264.cabac.BinString;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.TransitionTables;

/**
 * The cost of bins in bits, from the probabilities behind the state machine of 9.3.3.2. The probability of the less probable
 * symbol is 0.5 for pStateIdx 0 and falls by the same factor with each state, to 0.01875 for 62. Values are the same on every
 * machine.
 */
public final class BinCost {
  /** Costs are in units of 2^-15 bits. */
  public static final int SHIFT = 15;

  /** The cost of one bit. */
  public static final int BIT = 1 << SHIFT;

  /**
   * Cost, indexed by {@code packed state ^ binVal}: the more probable symbol at even, the less probable at odd indices. Then
   * the costs of a bypass bin, and of a bin before termination.
   */
  private static final int[] COST = new int[ContextVariables.STATE_TERMINATE + 2];

  /** Packed state after a bin, indexed by {@code packed state << 1 | binVal}; the last two have states that never change. */
  private static final byte[] NEXT = new byte[2 * COST.length];

  static {
    double factor = StrictMath.pow(0.01875 / 0.5, 1.0 / 63);
    for (int state = 0; state < 128; state++) {
      double lps = 0.5 * StrictMath.pow(factor, state >> 1);
      COST[state & ~1] = bits(1 - lps);
      COST[state | 1] = bits(lps);
      NEXT[2 * state] = (byte) TransitionTables.nextState(state, 0);
      NEXT[2 * state + 1] = (byte) TransitionTables.nextState(state, 1);
    }
    setConstant(ContextVariables.STATE_BYPASS, 0.5);
    // The bin takes 2 of codIRange, which lies between 256 and 510, with a geometric mean of 2^8.5.
    setConstant(ContextVariables.STATE_TERMINATE, 2 / StrictMath.pow(2, 8.5));
  }

  private BinCost() {}

  private static void setConstant(int state, double probabilityOf1) {
    COST[state] = bits(1 - probabilityOf1);
    COST[state + 1] = bits(probabilityOf1);
    NEXT[2 * state] = (byte) state;
    NEXT[2 * state + 1] = (byte) state;
  }

  private static int bits(double probability) {
    return (int) StrictMath.rint(-StrictMath.log(probability) / StrictMath.log(2) * BIT);
  }

  /** Cost of a bin in a packed state of 0 to 127. */
  public static int ofBin(int packedState, int binVal) {
    return COST[packedState ^ binVal];
  }

  /** Cost of a bin in the present state of its context; ctxIdx may be {@link BinString#BYPASS} or TERMINATE. */
  public static int ofBin(ContextVariables contexts, int ctxIdx, int binVal) {
    return COST[contexts.state[ctxIdx] & 0xFF ^ binVal];
  }

  /** Cost of all bins of a string, with contexts that adapt as in coding; changes {@code contexts}. */
  public static long adaptive(BinString bins, ContextVariables contexts) {
    return adaptive(bins, 0, bins.size, contexts);
  }

  /** Like {@link #adaptive(BinString, ContextVariables)}, for the bins {@code from .. to - 1}. */
  public static long adaptive(BinString bins, int from, int to, ContextVariables contexts) {
    byte[] states = contexts.state;
    byte[] operations = bins.operations;
    int[] costs = COST;
    byte[] next = NEXT;
    long cost = 0;
    for (int i = from; i < to; i++) {
      int operation = BinString.get(operations, i);
      int ctxIdx = operation & BinString.CTX_IDX;
      int state = states[ctxIdx] & 0xFF;
      int binVal = operation >>> 15;
      cost += costs[state ^ binVal];
      states[ctxIdx] = next[(state << 1) | binVal];
    }
    return cost;
  }

  /** Cost of all bins of a string; the contexts adapt in a copy in {@code scratch}. */
  public static long adaptive(BinString bins, ContextVariables contexts, ContextVariables scratch) {
    scratch.copyFrom(contexts);
    return adaptive(bins, scratch);
  }

  /** Cost of all bins of a string as if no context adapted: an estimate, faster than {@link #adaptive}. */
  public static long fixed(BinString bins, ContextVariables contexts) {
    return fixed(bins, 0, bins.size, contexts);
  }

  /** Like {@link #fixed(BinString, ContextVariables)}, for the bins {@code from .. to - 1}. */
  public static long fixed(BinString bins, int from, int to, ContextVariables contexts) {
    byte[] states = contexts.state;
    byte[] operations = bins.operations;
    int[] costs = COST;
    long cost = 0;
    for (int i = from; i < to; i++) {
      int operation = BinString.get(operations, i);
      cost += costs[states[operation & BinString.CTX_IDX] & 0xFF ^ (operation >>> 15)];
    }
    return cost;
  }
}
