package llm265.h264.written;

import llm265.h264.cabac.BinString;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.TransitionTables;

/** 9.3.4.2 without the bits: how many a decoder reads for bins, which is what A.3.1 counts of a macroblock. */
final class BinCounter {
  private final ContextVariables contexts = new ContextVariables();
  private int codIRange;
  private int bits;

  /** Goes on where an encoder is. */
  BinCounter(ContextVariables state, int codIRange) {
    contexts.copyFrom(state);
    this.codIRange = codIRange;
  }

  int bits() {
    return bits;
  }

  /** Counts a bin, {@code ctxIdx << 1 | binVal}. */
  void encode(int operation) {
    int ctxIdx = operation >> 1;
    int binVal = operation & 1;
    if (ctxIdx == BinString.BYPASS) {
      bits++;
      return;
    }
    if (ctxIdx == BinString.TERMINATE) {
      codIRange = binVal == 0 ? codIRange - 2 : 2;
    } else {
      int state = contexts.packedState(ctxIdx);
      int codIRangeLps = TransitionTables.rangeTabLps(state >> 1, (codIRange >> 6) & 3);
      codIRange = binVal == (state & 1) ? codIRange - codIRangeLps : codIRangeLps;
      contexts.setPackedState(ctxIdx, TransitionTables.nextState(state, binVal));
    }
    while (codIRange < 256) {
      codIRange <<= 1;
      bits++;
    }
  }
}
