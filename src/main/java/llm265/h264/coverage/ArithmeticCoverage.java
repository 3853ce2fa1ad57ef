package llm265.h264.coverage;

import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.TransitionTables;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.TracedSlice;
import llm265.h264.written.ReferenceEncodingEngine;

/**
 * 9.3.3.2 and 9.3.4.2 What arithmetic coding engines come through: codIOffset on either side of the boundary between two bins,
 * and in an encoder bits that hang on a carry. The bins of a slice are encoded once more for the latter.
 */
final class ArithmeticCoverage {
  private static final byte[] NO_BYTES = {};

  private final Coverage coverage;
  private ReferenceEncodingEngine encoder;

  /** Whether samples of I_PCM have come since the last bin. */
  private boolean samples;

  /** The bypass bin before the next one, or null. */
  private SyntaxElement.Bin bypass;

  ArithmeticCoverage(Coverage coverage) {
    this.coverage = coverage;
  }

  void sliceData(TracedSlice slice) {
    ContextVariables contexts = new ContextVariables();
    contexts.init(slice.header().sliceQpY());
    encoder = new ReferenceEncodingEngine(contexts,
        (count, bit) -> coverage.note("outstanding bits " + (bit == 1 ? "with a carry" : "without a carry"), power(count)));
    samples = false;
    bypass = null;
  }

  void samples() {
    samples = true;
  }

  void bin(SyntaxElement.Bin bin) {
    if (samples) {
      encoder.writePcm(NO_BYTES);
      samples = false;
      bypass = null;
    }
    boundary(bin);
    int ctxIdx = switch (bin.ctxIdx()) {
      case SyntaxTrace.BYPASS -> BinString.BYPASS;
      case SyntaxTrace.TERMINATE -> BinString.TERMINATE;
      default -> bin.ctxIdx();
    };
    if (ctxIdx == BinString.TERMINATE && bin.binVal() == 1) {
      coverage.note("outstanding bits before the end", power(encoder.bitsOutstanding()));
    }
    encoder.encode((ctxIdx << 1) | bin.binVal());
  }

  /** Whether codIOffset is the greatest of the lower bin, or the least of the upper one. */
  private void boundary(SyntaxElement.Bin bin) {
    if (bypass != null) {
      boolean at = bypass.binVal() == 1 ? bin.codIOffset() == 0 : bin.codIOffset() == bypass.codIRange() - 1;
      note("bypass", bypass.binVal(), at);
    }
    bypass = bin.ctxIdx() == SyntaxTrace.BYPASS ? bin : null;
    if (bypass != null) {
      return;
    }
    int upper = bin.hasContext()
        ? TransitionTables.rangeTabLps(bin.pStateIdx(), (bin.codIRange() >> 6) & 3) : 2;
    int beyond = bin.codIOffset() - (bin.codIRange() - upper);
    note(bin.hasContext() ? "context" : "end", beyond < 0 ? 0 : 1, beyond == -1 || beyond == 0);
  }

  private void note(String kind, int upper, boolean at) {
    if (at) {
      coverage.note("boundary of codIOffset", kind + (upper == 1 ? " reached" : " just missed"));
    }
  }

  /** 0, or the largest power of two that is not greater. */
  private static int power(int count) {
    return Integer.highestOneBit(count);
  }
}
