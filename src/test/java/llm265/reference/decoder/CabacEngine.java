package llm265.reference.decoder;

/**
 * 9.3.1 and 9.3.3.2: the arithmetic decoding engine. An interval of codIRange values is divided at each bin into one part for
 * the more probable symbol and one for the less probable; codIOffset says in which of them the bitstream lies.
 */
final class CabacEngine {
  private static final int TERMINATE = 276;
  private static final int BYPASS = -1;

  private final Bits bits;
  private final Watcher watcher;
  private final int[] pStateIdx = new int[1024];
  private final int[] valMps = new int[1024];
  private int codIRange;
  private int codIOffset;

  CabacEngine(Bits bits, Watcher watcher) {
    this.bits = bits;
    this.watcher = watcher;
  }

  /** 9.3.1.1 Initialization process for context variables: m and n say how a probability depends on the quantizer. */
  void initializeContextVariables(int sliceQpY) {
    for (int ctxIdx = 0; ctxIdx < 1024; ctxIdx++) {
      int m = CabacTables.M[ctxIdx];
      int n = CabacTables.N[ctxIdx];
      int preCtxState = Math.clamp(((m * Math.clamp(sliceQpY, 0, 51)) >> 4) + n, 1, 126);
      if (preCtxState <= 63) {
        pStateIdx[ctxIdx] = 63 - preCtxState;
        valMps[ctxIdx] = 0;
      } else {
        pStateIdx[ctxIdx] = preCtxState - 64;
        valMps[ctxIdx] = 1;
      }
    }
  }

  /** 9.3.1.2 Initialization process for the arithmetic decoding engine. */
  void initializeEngine() {
    codIRange = 510;
    codIOffset = 0;
    for (int i = 0; i < 9; i++) {
      codIOffset = 2 * codIOffset + bits.readBit();
    }
    if (codIOffset >= 510) {
      throw new DecodingException("9.3.1.2", "codIOffset " + codIOffset);
    }
  }

  /** 9.3.3.2.1: DecodeDecision. */
  int decodeDecision(int ctxIdx) {
    int before = codIRange;
    int offsetBefore = codIOffset;
    int stateBefore = pStateIdx[ctxIdx];
    int mpsBefore = valMps[ctxIdx];
    int qCodIRangeIdx = (codIRange >> 6) & 3;
    int codIRangeLps = CabacTables.RANGE_TAB_LPS[stateBefore][qCodIRangeIdx];
    codIRange -= codIRangeLps;
    int binVal;
    if (codIOffset >= codIRange) {
      binVal = 1 - mpsBefore;
      codIOffset -= codIRange;
      codIRange = codIRangeLps;
      // 9.3.3.2.1.1: the less probable symbol makes itself more probable.
      if (stateBefore == 0) {
        valMps[ctxIdx] = 1 - mpsBefore;
      }
      pStateIdx[ctxIdx] = CabacTables.TRANS_IDX_LPS[stateBefore];
    } else {
      binVal = mpsBefore;
      pStateIdx[ctxIdx] = CabacTables.transIdxMps(stateBefore);
    }
    renormD();
    watcher.bin(new Watcher.Bin(binVal, ctxIdx, stateBefore, mpsBefore, before, offsetBefore, codIRange, codIOffset));
    return binVal;
  }

  /** 9.3.3.2.2: RenormD brings codIRange back to 256 or more; each doubling needs another bit. */
  private void renormD() {
    while (codIRange < 256) {
      codIRange *= 2;
      codIOffset = 2 * codIOffset + bits.readBit();
    }
  }

  /** 9.3.3.2.3: DecodeBypass, for bins whose values are equally probable. */
  int decodeBypass() {
    int offsetBefore = codIOffset;
    int binVal = 0;
    codIOffset = 2 * codIOffset + bits.readBit();
    if (codIOffset >= codIRange) {
      binVal = 1;
      codIOffset -= codIRange;
    }
    watcher.bin(new Watcher.Bin(binVal, BYPASS, 0, 0, codIRange, offsetBefore, codIRange, codIOffset));
    return binVal;
  }

  /** 9.3.3.2.4: DecodeTerminate. After a 1, the last bit that has been read is the last one of the arithmetic code. */
  int decodeTerminate() {
    int before = codIRange;
    int offsetBefore = codIOffset;
    int binVal = 0;
    codIRange -= 2;
    if (codIOffset >= codIRange) {
      binVal = 1;
    } else {
      renormD();
    }
    watcher.bin(new Watcher.Bin(binVal, TERMINATE, 0, 0, before, offsetBefore, codIRange, codIOffset));
    return binVal;
  }
}
