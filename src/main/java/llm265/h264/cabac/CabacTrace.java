package llm265.h264.cabac;

import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.macroblock.LevelList;

/**
 * Decodes bins for {@link MacroblockParser} if there is a {@link SyntaxTrace}. Reports each bin with the state of 9.3.3.2
 * before it, and then the element that the bins form.
 */
final class CabacTrace {
  private static final int NO_ELEMENT = -1;

  private final CabacDecodingEngine engine;
  private final SyntaxTrace listener;

  /** The reader's position before the first bin of the element that is being decoded. */
  private long elementPosition = NO_ELEMENT;

  CabacTrace(CabacDecodingEngine engine, SyntaxTrace listener) {
    this.engine = engine;
    this.listener = listener;
  }

  /** Like {@link CabacDecodingEngine#decodeDecision}, with a report. */
  int decision(int ctxIdx) {
    int state = TransitionTables.packedState(engine.contexts[ctxIdx]);
    int codIRange = engine.codIRange();
    int codIOffset = engine.codIOffset();
    long position = beforeBin();
    int binVal = engine.decodeDecision(ctxIdx);
    listener.bin(ctxIdx, state >> 1, state & 1, codIRange, codIOffset, position, binVal);
    // Checked for each bin, not at the end of the macroblock: bits past the end mean nothing
    engine.checkNotOverread();
    return binVal;
  }

  /** Like {@link CabacDecodingEngine#decodeBypass}, with a report. */
  int bypass() {
    int codIRange = engine.codIRange();
    int codIOffset = engine.codIOffset();
    long position = beforeBin();
    int binVal = engine.decodeBypass();
    listener.bin(SyntaxTrace.BYPASS, 0, 0, codIRange, codIOffset, position, binVal);
    // Checked for each bin, not at the end of the macroblock: bits past the end mean nothing
    engine.checkNotOverread();
    return binVal;
  }

  /** Like {@link CabacDecodingEngine#decodeTerminate}, with a report. */
  int terminate() {
    int codIRange = engine.codIRange();
    int codIOffset = engine.codIOffset();
    long position = beforeBin();
    int binVal = engine.decodeTerminate();
    listener.bin(SyntaxTrace.TERMINATE, 0, 0, codIRange, codIOffset, position, binVal);
    // Checked for each bin, not at the end of the macroblock: bits past the end mean nothing
    engine.checkNotOverread();
    return binVal;
  }

  private long beforeBin() {
    long position = engine.bitPosition();
    if (elementPosition == NO_ELEMENT) {
      elementPosition = position;
    }
    return position;
  }

  /** Reports the element that the bins since the last one form. */
  void element(String name, int value) {
    listener.element(name, elementPosition, (int) (engine.bitPosition() - elementPosition), value);
    elementPosition = NO_ELEMENT;
  }

  void element(String name, int index, int value) {
    element(name + "[" + index + "]", value);
  }

  void begin(String structure) {
    listener.begin(structure);
  }

  void end() {
    listener.end();
  }

  /** Reports that a residual block begins; {@link #end} ends it. */
  void beginBlock(LevelList list, int plane, int blkIdx, int maxNumCoeff) {
    listener.residualBlock(SyntaxTrace.RESIDUAL_BLOCK_CABAC, list.name(plane, blkIdx), maxNumCoeff, 0);
  }

  /**
   * Reports the pcm_alignment_zero_bits, pcm_sample_luma and pcm_sample_chroma that exist at the position. Does not move the
   * engine.
   *
   * @param chromaSamples number of chroma samples of a macroblock
   */
  void pcm(int bitDepthLuma, int chromaSamples, int bitDepthChroma) {
    RbspReader reader = engine.readerAtPosition();
    reader.setTrace(listener);
    while (!reader.isByteAligned()) {
      reader.readBits(1, "pcm_alignment_zero_bit");
    }
    for (int i = 0; i < 256 && reader.bitsLeft() >= bitDepthLuma; i++) {
      reader.readBits(bitDepthLuma, reader.indexed("pcm_sample_luma", i));
    }
    for (int i = 0; i < chromaSamples && reader.bitsLeft() >= bitDepthChroma; i++) {
      reader.readBits(bitDepthChroma, reader.indexed("pcm_sample_chroma", i));
    }
  }
}
