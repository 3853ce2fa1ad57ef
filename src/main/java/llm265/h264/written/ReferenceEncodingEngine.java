package llm265.h264.written;

import java.io.ByteArrayOutputStream;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.TransitionTables;

/** Figures 9-34 to 9-42 as they are drawn, with outstanding bits: what the fast engine is held against. */
public final class ReferenceEncodingEngine {
  /** Is told what becomes of outstanding bits. */
  @FunctionalInterface
  public interface OutstandingBits {
    /**
     * A bit is known, and those behind it that hung on its carry are its opposite.
     *
     * @param count number of those, 0 or more
     * @param bit 1 with a carry (1000), 0 without (0111)
     */
    void resolved(int count, int bit);
  }

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ContextVariables contexts;
  private int pending;
  private int pendingBits;
  private int codILow;
  private int codIRange;
  private boolean firstBitFlag;
  private int bitsOutstanding;
  private final OutstandingBits listener;

  public ReferenceEncodingEngine(ContextVariables contexts) {
    this(contexts, (count, bit) -> { });
  }

  /** An engine that tells of its outstanding bits. */
  public ReferenceEncodingEngine(ContextVariables contexts, OutstandingBits listener) {
    this.contexts = contexts;
    this.listener = listener;
    init();
  }

  public void init() {
    codILow = 0;
    codIRange = 510;
    firstBitFlag = true;
    bitsOutstanding = 0;
  }

  int codIRange() {
    return codIRange;
  }

  int codILow() {
    return codILow;
  }

  /** Bits that hang on a carry. */
  public int bitsOutstanding() {
    return bitsOutstanding;
  }

  /** Where a bin would part the interval from codILow to codILow + codIRange, in halves of their unit. */
  int boundary(int ctxIdx) {
    return switch (ctxIdx) {
      case BinString.BYPASS -> 2 * codILow + codIRange;
      case BinString.TERMINATE -> 2 * (codILow + codIRange - 2);
      default -> 2 * (codILow + codIRange
          - TransitionTables.rangeTabLps(contexts.packedState(ctxIdx) >> 1, (codIRange >> 6) & 3));
    };
  }

  /** The bin whose interval is the lower one. */
  int lowerBin(int ctxIdx) {
    return ctxIdx == BinString.BYPASS || ctxIdx == BinString.TERMINATE ? 0 : contexts.packedState(ctxIdx) & 1;
  }

  /** Encodes a bin, {@code ctxIdx << 1 | binVal} as in {@link BinString}. */
  public void encode(int operation) {
    int ctxIdx = operation >> 1;
    int binVal = operation & 1;
    if (ctxIdx == BinString.BYPASS) {
      encodeBypass(binVal);
    } else if (ctxIdx == BinString.TERMINATE) {
      encodeTerminate(binVal);
    } else {
      encodeDecision(ctxIdx, binVal);
    }
  }

  private void encodeDecision(int ctxIdx, int binVal) {
    int pStateIdx = contexts.packedState(ctxIdx) >> 1;
    int valMps = contexts.packedState(ctxIdx) & 1;
    int codIRangeLps = TransitionTables.rangeTabLps(pStateIdx, (codIRange >> 6) & 3);
    codIRange -= codIRangeLps;
    if (binVal != valMps) {
      codILow += codIRange;
      codIRange = codIRangeLps;
      if (pStateIdx == 0) {
        valMps = 1 - valMps;
      }
      pStateIdx = TransitionTables.transIdxLps(pStateIdx);
    } else {
      pStateIdx = TransitionTables.transIdxMps(pStateIdx);
    }
    contexts.setPackedState(ctxIdx, (pStateIdx << 1) | valMps);
    renormalize();
  }

  private void renormalize() {
    while (codIRange < 256) {
      if (codILow < 256) {
        putBit(0);
      } else if (codILow >= 512) {
        codILow -= 512;
        putBit(1);
      } else {
        codILow -= 256;
        bitsOutstanding++;
      }
      codIRange <<= 1;
      codILow <<= 1;
    }
  }

  private void encodeBypass(int binVal) {
    codILow <<= 1;
    if (binVal != 0) {
      codILow += codIRange;
    }
    if (codILow >= 1024) {
      putBit(1);
      codILow -= 1024;
    } else if (codILow < 512) {
      putBit(0);
    } else {
      codILow -= 512;
      bitsOutstanding++;
    }
  }

  private void encodeTerminate(int binVal) {
    codIRange -= 2;
    if (binVal == 0) {
      renormalize();
      return;
    }
    codILow += codIRange;
    codIRange = 2;
    renormalize();
    putBit((codILow >> 9) & 1);
    writeBit((codILow >> 8) & 1);
    writeBit(1);
    while (pendingBits != 0) {
      writeBit(0);
    }
  }

  private void putBit(int b) {
    if (firstBitFlag) {
      firstBitFlag = false;
    } else {
      writeBit(b);
    }
    listener.resolved(bitsOutstanding, b);
    for (; bitsOutstanding > 0; bitsOutstanding--) {
      writeBit(1 - b);
    }
  }

  private void writeBit(int b) {
    pending = (pending << 1) | b;
    if (++pendingBits == 8) {
      bytes.write(pending);
      pending = 0;
      pendingBits = 0;
    }
  }

  /** Appends whole bytes after a flush and initializes the engine. */
  public void writePcm(byte[] samples) {
    bytes.writeBytes(samples);
    init();
  }

  public byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
