package llm265.h264.cabac;

/** Figures 9-27 and 9-29 to 9-33 as they are drawn, bit by bit: what the fast engine is held against. */
final class ReferenceDecodingEngine {
  private final byte[] data;
  private final ContextVariables contexts;
  private int codIRange = 510;
  private int codIOffset;
  private int bitPosition;

  ReferenceDecodingEngine(byte[] data, ContextVariables contexts) {
    this.data = data;
    this.contexts = contexts;
    for (int i = 0; i < 9; i++) {
      codIOffset = (codIOffset << 1) | readBit();
    }
  }

  private int readBit() {
    int bit = bitPosition >> 3 < data.length ? (data[bitPosition >> 3] >> (7 - (bitPosition & 7))) & 1 : 0;
    bitPosition++;
    return bit;
  }

  int bitPosition() {
    return bitPosition;
  }

  int codIRange() {
    return codIRange;
  }

  int codIOffset() {
    return codIOffset;
  }

  int decodeDecision(int ctxIdx) {
    int pStateIdx = contexts.packedState(ctxIdx) >> 1;
    int valMps = contexts.packedState(ctxIdx) & 1;
    int codIRangeLps = TransitionTables.rangeTabLps(pStateIdx, (codIRange >> 6) & 3);
    codIRange -= codIRangeLps;
    int binVal;
    if (codIOffset >= codIRange) {
      binVal = 1 - valMps;
      codIOffset -= codIRange;
      codIRange = codIRangeLps;
      if (pStateIdx == 0) {
        valMps = 1 - valMps;
      }
      pStateIdx = TransitionTables.transIdxLps(pStateIdx);
    } else {
      binVal = valMps;
      pStateIdx = TransitionTables.transIdxMps(pStateIdx);
    }
    contexts.setPackedState(ctxIdx, (pStateIdx << 1) | valMps);
    renormalize();
    return binVal;
  }

  int decodeBypass() {
    codIOffset = (codIOffset << 1) | readBit();
    if (codIOffset >= codIRange) {
      codIOffset -= codIRange;
      return 1;
    }
    return 0;
  }

  int decodeTerminate() {
    codIRange -= 2;
    if (codIOffset >= codIRange) {
      return 1;
    }
    renormalize();
    return 0;
  }

  private void renormalize() {
    while (codIRange < 256) {
      codIRange <<= 1;
      codIOffset = (codIOffset << 1) | readBit();
    }
  }
}
