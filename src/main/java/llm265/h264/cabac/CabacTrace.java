package llm265.h264.cabac;

import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.macroblock.LevelList;

/**
 * Decodes bins for {@link MacroblockParser} where a {@link SyntaxTrace} is to hear of them: each with the state that 9.3.3.2 has
 * before it, and then the element that they make up.
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

  /** As {@link CabacDecodingEngine#decodeDecision}. */
  int decision(int ctxIdx) {
    int state = TransitionTables.packedState(engine.contexts[ctxIdx]);
    int codIRange = engine.codIRange();
    int codIOffset = engine.codIOffset();
    long position = beforeBin();
    int binVal = engine.decodeDecision(ctxIdx);
    listener.bin(ctxIdx, state >> 1, state & 1, codIRange, codIOffset, position, binVal);
    // Not at the end of the macroblock: what is read beyond the end means nothing
    engine.checkNotOverread();
    return binVal;
  }

  /** As {@link CabacDecodingEngine#decodeBypass}. */
  int bypass() {
    int codIRange = engine.codIRange();
    int codIOffset = engine.codIOffset();
    long position = beforeBin();
    int binVal = engine.decodeBypass();
    listener.bin(SyntaxTrace.BYPASS, 0, 0, codIRange, codIOffset, position, binVal);
    // Not at the end of the macroblock: what is read beyond the end means nothing
    engine.checkNotOverread();
    return binVal;
  }

  /** As {@link CabacDecodingEngine#decodeTerminate}. */
  int terminate() {
    int codIRange = engine.codIRange();
    int codIOffset = engine.codIOffset();
    long position = beforeBin();
    int binVal = engine.decodeTerminate();
    listener.bin(SyntaxTrace.TERMINATE, 0, 0, codIRange, codIOffset, position, binVal);
    // Not at the end of the macroblock: what is read beyond the end means nothing
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

  /** Names the element that the bins since the last one make up. */
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

  /** A residual block begins, which {@link #end} ends. */
  void beginBlock(LevelList list, int plane, int blkIdx, int maxNumCoeff) {
    listener.residualBlock(SyntaxTrace.RESIDUAL_BLOCK_CABAC, list.name(plane, blkIdx), maxNumCoeff, 0);
  }

  /**
   * What of pcm_alignment_zero_bit, pcm_sample_luma and pcm_sample_chroma there is at the position. Does not move the engine.
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
