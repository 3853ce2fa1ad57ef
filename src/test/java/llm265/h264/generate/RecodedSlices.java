package llm265.h264.generate;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.h264.DecoderLimits;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.CabacEncodingEngine;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.SyntaxListener;
import llm265.h264.trace.TracedSlice;

/** The arithmetic code of the slices of a stream, encoded once more by our encoder's engine; slices without I_PCM. */
final class RecodedSlices implements SyntaxListener {
  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  private final ByteArrayOutputStream original = new ByteArrayOutputStream();
  private final CabacEncodingEngine engine = new CabacEncodingEngine();
  private final BinString bins = new BinString();
  private ContextVariables contexts;
  private NalUnit.Rbsp rbsp;
  private int start;

  private RecodedSlices() {}

  /** Whether the slices of a stream come out as they are. */
  static boolean areTheSame(byte[] stream) {
    RecodedSlices slices = new RecodedSlices();
    StreamTrace.trace(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, slices);
    return slices.code.size() > 0 && Arrays.equals(slices.code.toByteArray(), slices.original.toByteArray());
  }

  @Override
  public void nalUnit(NalUnit begun) {
    rbsp = begun.rbsp();
  }

  @Override
  public void sliceData(TracedSlice slice) {
    contexts = new ContextVariables();
    contexts.init(slice.header().sliceQpY());
    engine.init();
    start = (slice.header().sliceDataBitOffset() + 7) >> 3;
  }

  @Override
  public void element(SyntaxElement element) {
    if (element.bins().isEmpty()) {
      return;
    }
    bins.reset();
    for (SyntaxElement.Bin bin : element.bins()) {
      switch (bin.ctxIdx()) {
        case SyntaxTrace.BYPASS -> bins.bypass(bin.binVal());
        case SyntaxTrace.TERMINATE -> bins.terminate(bin.binVal());
        default -> bins.decision(bin.ctxIdx(), bin.binVal());
      }
    }
    engine.encode(bins, contexts);
    if (element.name().startsWith("end_of_slice") && element.value() == 1) {
      byte[] bytes = engine.toByteArray();
      code.writeBytes(bytes);
      original.write(rbsp.data(), start, Math.min(bytes.length, rbsp.length() - start));
    }
  }
}
