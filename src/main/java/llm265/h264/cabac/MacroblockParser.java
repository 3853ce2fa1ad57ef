package llm265.h264.cabac;

import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbPredParser;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.macroblock.PredIntraPredMode;

/**
 * 7.3.5 Macroblock layer syntax of I slices with entropy_coding_mode_flag 1: macroblock_layer(), mb_pred(). {@link
 * ResidualParser} has residual().
 *
 * <p>There is one object per slice decoder. {@link #startSlice} begins a slice; then {@link #parse} and {@link
 * #parseEndOfSliceFlag} alternate.
 */
public final class MacroblockParser extends MbPredParser {
  private final CabacDecodingEngine engine = new CabacDecodingEngine();
  private final ResidualParser residual = new ResidualParser(engine);
  private final ContextVariables initialContexts = new ContextVariables();

  private ChromaFormat chroma = ChromaFormat.MONOCHROME;
  private int bitDepthLuma;
  private int bitDepthChroma;
  private int qpBdOffsetY;
  private boolean transform8x8ModeFlag;

  /** Number of blocks of 8x8 chroma samples per plane: 1 for 4:2:0, 2 for 4:2:2. */
  private int numC8x8;

  private boolean previousMbQpDeltaNotZero;

  /** Null if there is no trace, as is usual: then bins come directly from the engine. */
  private CabacTrace trace;

  /** Reports every bin and every element of the macroblock layer to a trace from now on; null for no trace. */
  public void setTrace(SyntaxTrace listener) {
    trace = listener == null ? null : new CabacTrace(engine, listener);
    residual.setTrace(trace);
  }

  /**
   * Begins a slice at its first byte after cabac_alignment_one_bits (7.3.4).
   *
   * @param rbsp the slice's RBSP with {@link CabacDecodingEngine#SLACK} bytes after {@code end}
   * @param offset first byte of the arithmetic code
   * @param end index after the last byte of the RBSP
   * @param sliceQpY SliceQPY (7-30)
   * @param transform8x8ModeFlag transform_8x8_mode_flag of the picture parameter set
   * @param fieldPicFlag field_pic_flag of the slice header: slices of fields have scans and contexts of their own
   * @throws MalformedStreamException if the arithmetic code cannot begin so
   */
  public void startSlice(
      byte[] rbsp,
      int offset,
      int end,
      int sliceQpY,
      PictureFormat format,
      boolean transform8x8ModeFlag,
      boolean fieldPicFlag) {
    chroma = format.chroma();
    bitDepthLuma = format.bitDepthLuma();
    bitDepthChroma = format.bitDepthChroma();
    qpBdOffsetY = format.qpBdOffsetY();
    this.transform8x8ModeFlag = transform8x8ModeFlag;
    numC8x8 = chroma.numC8x8();
    residual.start(chroma, fieldPicFlag);
    previousMbQpDeltaNotZero = false;
    initialContexts.init(sliceQpY);
    engine.initContexts(initialContexts);
    engine.init(rbsp, offset, end);
  }

  /**
   * mb_field_decoding_flag of a pair of an MBAFF frame. It decides whether the next macroblocks are field or frame macroblocks
   * (9.3.3.1.1.1).
   *
   * @param fieldPairs number of the neighbouring pairs A and B that are available and field pairs, 0 to 2
   */
  public boolean parseMbFieldDecodingFlag(int fieldPairs) {
    boolean field = decision(SyntaxElements.MB_FIELD_DECODING_FLAG + fieldPairs) != 0;
    element("mb_field_decoding_flag", field ? 1 : 0);
    residual.useFieldCoding(field);
    return field;
  }

  /** end_of_slice_flag. */
  public boolean parseEndOfSliceFlag() {
    int flag = terminate();
    element("end_of_slice_flag", flag);
    return flag != 0;
  }

  /** Position in the RBSP after the last bit that the engine has read; at the end of a slice that bit is rbsp_stop_one_bit. */
  public long bitPosition() {
    return engine.bitPosition();
  }

  private int decision(int ctxIdx) {
    return trace == null ? engine.decodeDecision(ctxIdx) : trace.decision(ctxIdx);
  }

  private int terminate() {
    return trace == null ? engine.decodeTerminate() : trace.terminate();
  }

  private void element(String name, int value) {
    if (trace != null) {
      trace.element(name, value);
    }
  }

  /**
   * Parses one macroblock_layer(). The caller has set {@link Macroblock#mbAddr} and called {@link Macroblock#clearResidual};
   * the caller derives qpY.
   *
   * @param state the macroblocks before this one
   * @param neighbours neighbours of this one
   * @throws MalformedStreamException if a value is out of its range or the data ends
   */
  public void parse(Macroblock mb, PictureMbState state, MbNeighbours neighbours) {
    mb.mbType = parseMbType(state, neighbours);
    element("mb_type", mb.mbType);
    mb.transformSize8x8Flag = false;
    mb.intraChromaPredMode = 0;
    mb.mbQpDelta = 0;
    if (mb.isPcm()) {
      parsePcm(mb);
      return;
    }
    if (mb.isINxN()) {
      if (transform8x8ModeFlag) {
        int ctxIdx = SyntaxElements.TRANSFORM_SIZE_8X8_FLAG + CtxIdxInc.transformSize8x8Flag(state, neighbours);
        mb.transformSize8x8Flag = decision(ctxIdx) != 0;
        element("transform_size_8x8_flag", mb.transformSize8x8Flag ? 1 : 0);
      }
    }
    if (trace != null) {
      trace.begin("mb_pred");
    }
    parseMbPred(mb, state, neighbours, numC8x8 != 0);
    if (trace != null) {
      trace.end();
    }
    mb.codedBlockPattern =
        mb.isINxN() ? parseCodedBlockPattern(state, neighbours) : MbType.codedBlockPattern(mb.mbType);
    if (numC8x8 == 0) {
      // An I_16x16 type may imply chroma blocks that the format does not have: residual() reads none (7.3.5.3).
      mb.codedBlockPattern &= 15;
    }
    if (CtxIdxInc.hasMbQpDelta(mb)) {
      mb.mbQpDelta = parseMbQpDelta();
      residual.parse(mb, state, neighbours);
    }
    previousMbQpDeltaNotZero = mb.mbQpDelta != 0;
    engine.checkNotOverread();
  }

  /** Table 9-36, binarization of mb_type in I slices. */
  private int parseMbType(PictureMbState state, MbNeighbours neighbours) {
    int ctxIdx = SyntaxElements.MB_TYPE;
    if (decision(ctxIdx + CtxIdxInc.mbType(state, neighbours)) == 0) {
      return MbType.I_NXN;
    }
    if (terminate() != 0) {
      return MbType.I_PCM;
    }
    boolean lumaAc = decision(ctxIdx + 3) != 0;
    int codedBlockPatternChroma = decision(ctxIdx + 4);
    if (codedBlockPatternChroma != 0) {
      codedBlockPatternChroma += decision(ctxIdx + 5);
    }
    int predMode = 2 * decision(ctxIdx + 6);
    predMode += decision(ctxIdx + 7);
    return MbType.ofI16x16(predMode, codedBlockPatternChroma, lumaAc);
  }

  private void parsePcm(Macroblock mb) {
    engine.checkNotOverread();
    int chromaSamples = 2 * chroma.mbWidthC() * chroma.mbHeightC();
    if (trace != null) {
      trace.pcm(bitDepthLuma, chromaSamples, bitDepthChroma);
    }
    engine.startPcm();
    engine.readPcmSamples(mb.pcmSamples, 0, 256, bitDepthLuma);
    engine.readPcmSamples(mb.pcmSamples, 256, chromaSamples, bitDepthChroma);
    engine.endPcm();
    mb.codedBlockPattern = MbType.PCM_CODED_BLOCK_PATTERN;
    previousMbQpDeltaNotZero = false;
  }

  /** prev_intra4x4_pred_mode_flag and rem_intra4x4_pred_mode, or those of 8x8 blocks, which use the same contexts. */
  @Override
  protected int parseIntraPredMode(int predicted, boolean is8x8, int blkIdx) {
    int prevIntraPredModeFlag = decision(SyntaxElements.PREV_INTRA_PRED_MODE_FLAG);
    if (trace != null) {
      trace.element(
          is8x8 ? "prev_intra8x8_pred_mode_flag" : "prev_intra4x4_pred_mode_flag", blkIdx, prevIntraPredModeFlag);
    }
    if (prevIntraPredModeFlag != 0) {
      return predicted;
    }
    int remaining = decision(SyntaxElements.REM_INTRA_PRED_MODE);
    remaining |= decision(SyntaxElements.REM_INTRA_PRED_MODE) << 1;
    remaining |= decision(SyntaxElements.REM_INTRA_PRED_MODE) << 2;
    if (trace != null) {
      trace.element(is8x8 ? "rem_intra8x8_pred_mode" : "rem_intra4x4_pred_mode", blkIdx, remaining);
    }
    return PredIntraPredMode.ofRemaining(predicted, remaining);
  }

  @Override
  protected int parseIntraChromaPredMode(PictureMbState state, MbNeighbours neighbours) {
    int ctxIdx = SyntaxElements.INTRA_CHROMA_PRED_MODE;
    int mode = decision(ctxIdx + CtxIdxInc.intraChromaPredMode(state, neighbours));
    if (mode != 0 && decision(ctxIdx + 3) != 0) {
      mode = 2 + decision(ctxIdx + 3);
    }
    element("intra_chroma_pred_mode", mode);
    return mode;
  }

  private int parseCodedBlockPattern(PictureMbState state, MbNeighbours neighbours) {
    int patternA = state.codedBlockPattern[neighbours.a];
    int patternB = state.codedBlockPattern[neighbours.b];
    int pattern = 0;
    for (int blkIdx = 0; blkIdx < 4; blkIdx++) {
      int ctxIdxInc = CtxIdxInc.codedBlockPatternLuma(pattern, patternA, patternB, blkIdx);
      pattern |= decision(SyntaxElements.CODED_BLOCK_PATTERN_LUMA + ctxIdxInc) << blkIdx;
    }
    int ctxIdx = SyntaxElements.CODED_BLOCK_PATTERN_CHROMA;
    if (numC8x8 != 0
        && decision(ctxIdx + CtxIdxInc.codedBlockPatternChroma(patternA, patternB)) != 0) {
      int ac = decision(ctxIdx + CtxIdxInc.codedBlockPatternChromaAc(patternA, patternB));
      pattern |= (1 + ac) << 4;
    }
    element("coded_block_pattern", pattern);
    return pattern;
  }

  /** mb_qp_delta, a unary code of the mapped value (9.3.2.7), with the range of 7.4.5. */
  private int parseMbQpDelta() {
    int ctxIdx = SyntaxElements.MB_QP_DELTA;
    if (decision(ctxIdx + (previousMbQpDeltaNotZero ? 1 : 0)) == 0) {
      element("mb_qp_delta", 0);
      return 0;
    }
    int mapped = 1;
    int largest = 52 + qpBdOffsetY;
    for (int ctxIdxInc = 2; decision(ctxIdx + ctxIdxInc) != 0; ctxIdxInc = 3) {
      if (++mapped > largest) {
        break;
      }
    }
    int delta = (mapped & 1) != 0 ? (mapped + 1) >> 1 : -(mapped >> 1);
    element("mb_qp_delta", delta);
    if (delta < -(26 + qpBdOffsetY / 2) || delta > 25 + qpBdOffsetY / 2) {
      throw new MalformedStreamException("mb_qp_delta", "7.4.5", delta + " is out of range");
    }
    return delta;
  }
}
