package llm265.h264.cabac;

import java.util.Arrays;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.macroblock.PredIntraPredMode;

/**
 * 7.3.5 Macroblock layer syntax of I slices with entropy_coding_mode_flag 1: macroblock_layer(), mb_pred(), residual().
 *
 * <p>One object a slice decoder; {@link #startSlice} begins a slice, then {@link #parse} and {@link
 * #parseEndOfSliceFlag} take turns.
 */
public final class MacroblockParser {
  private final CabacDecodingEngine engine = new CabacDecodingEngine();
  private final ContextVariables initialContexts = new ContextVariables();

  private ChromaFormat chroma = ChromaFormat.MONOCHROME;
  private int bitDepthLuma;
  private int bitDepthChroma;
  private boolean transform8x8ModeFlag;

  /** Blocks of 8x8 chroma samples a plane: 1 for 4:2:0, 2 for 4:2:2. */
  private int numC8x8;

  /** By field coding, and NumC8x8 being 2. */
  private final BlockContexts[][][] allBlocks = {
    {BlockContexts.all(false, 1), BlockContexts.all(false, 2)}, {BlockContexts.all(true, 1), BlockContexts.all(true, 2)}
  };

  private BlockContexts[] blocks = allBlocks[0][0];
  private int[] scan4x4 = BlockScan.ZIGZAG_4X4;
  private int[] scan8x8 = BlockScan.ZIGZAG_8X8;

  private boolean previousMbQpDeltaNotZero;

  /**
   * Begins a slice at its first byte after cabac_alignment_one_bits (7.3.4).
   *
   * @param rbsp the slice's RBSP with {@link CabacDecodingEngine#SLACK} bytes after {@code end}
   * @param offset first byte of the arithmetic code
   * @param end index after the last byte of the RBSP
   * @param sliceQpY SliceQPY (7-30)
   * @param transform8x8ModeFlag transform_8x8_mode_flag of the picture parameter set
   * @throws MalformedStreamException if the arithmetic code cannot begin so
   */
  public void startSlice(
      byte[] rbsp, int offset, int end, int sliceQpY, PictureFormat format, boolean transform8x8ModeFlag) {
    startSlice(rbsp, offset, end, sliceQpY, format, transform8x8ModeFlag, false);
  }

  /**
   * As the other, for slices of fields too, which have scans and contexts of their own.
   *
   * @param fieldPicFlag field_pic_flag of the slice header
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
    this.transform8x8ModeFlag = transform8x8ModeFlag;
    numC8x8 = chroma == ChromaFormat.YUV420 ? 1 : chroma == ChromaFormat.YUV422 ? 2 : 0;
    useFieldCoding(fieldPicFlag);
    previousMbQpDeltaNotZero = false;
    initialContexts.init(sliceQpY);
    engine.initContexts(initialContexts);
    engine.init(rbsp, offset, end);
  }

  /**
   * mb_field_decoding_flag of a pair of an MBAFF frame; macroblocks are those of a field or a frame from now on (9.3.3.1.1.1).
   *
   * @param fieldPairs number of the neighbouring pairs A and B that are available and field macroblocks, 0 to 2
   */
  public boolean parseMbFieldDecodingFlag(int fieldPairs) {
    boolean field = engine.decodeDecision(SyntaxElements.MB_FIELD_DECODING_FLAG + fieldPairs) != 0;
    useFieldCoding(field);
    return field;
  }

  private void useFieldCoding(boolean field) {
    blocks = allBlocks[field ? 1 : 0][numC8x8 == 2 ? 1 : 0];
    scan4x4 = field ? BlockScan.FIELD_4X4 : BlockScan.ZIGZAG_4X4;
    scan8x8 = field ? BlockScan.FIELD_8X8 : BlockScan.ZIGZAG_8X8;
  }

  /** end_of_slice_flag. */
  public boolean parseEndOfSliceFlag() {
    return engine.decodeTerminate() != 0;
  }

  /**
   * Parses one macroblock_layer(). The caller has set {@link Macroblock#mbAddr} and called {@link
   * Macroblock#clearResidual}; qpY is left to the caller.
   *
   * @param state the macroblocks before this one
   * @param neighbours neighbours of this one
   * @throws MalformedStreamException if a value is out of its range or the data ends
   */
  public void parse(Macroblock mb, PictureMbState state, MbNeighbours neighbours) {
    mb.mbType = parseMbType(state, neighbours);
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
        mb.transformSize8x8Flag = engine.decodeDecision(ctxIdx) != 0;
      }
      parseIntraPredModes(mb, state, neighbours);
    } else {
      mb.intra16x16PredMode = MbType.intra16x16PredMode(mb.mbType);
    }
    if (numC8x8 != 0) {
      mb.intraChromaPredMode = parseIntraChromaPredMode(state, neighbours);
    }
    mb.codedBlockPattern =
        mb.isINxN() ? parseCodedBlockPattern(state, neighbours) : MbType.codedBlockPattern(mb.mbType);
    if (numC8x8 == 0) {
      // An I_16x16 type may tell of chroma blocks that the format has not: residual() reads none (7.3.5.3).
      mb.codedBlockPattern &= 15;
    }
    if (CtxIdxInc.hasMbQpDelta(mb)) {
      mb.mbQpDelta = parseMbQpDelta();
      parseResidual(mb, state, neighbours);
    }
    previousMbQpDeltaNotZero = mb.mbQpDelta != 0;
    engine.checkNotOverread();
  }

  /** Table 9-36, binarization of mb_type in I slices. */
  private int parseMbType(PictureMbState state, MbNeighbours neighbours) {
    int ctxIdx = SyntaxElements.MB_TYPE;
    if (engine.decodeDecision(ctxIdx + CtxIdxInc.mbType(state, neighbours)) == 0) {
      return MbType.I_NXN;
    }
    if (engine.decodeTerminate() != 0) {
      return MbType.I_PCM;
    }
    boolean lumaAc = engine.decodeDecision(ctxIdx + 3) != 0;
    int codedBlockPatternChroma = engine.decodeDecision(ctxIdx + 4);
    if (codedBlockPatternChroma != 0) {
      codedBlockPatternChroma += engine.decodeDecision(ctxIdx + 5);
    }
    int predMode = 2 * engine.decodeDecision(ctxIdx + 6);
    predMode += engine.decodeDecision(ctxIdx + 7);
    return MbType.ofI16x16(predMode, codedBlockPatternChroma, lumaAc);
  }

  private void parsePcm(Macroblock mb) {
    engine.checkNotOverread();
    engine.startPcm();
    int chromaSamples = 2 * chroma.mbWidthC() * chroma.mbHeightC();
    engine.readPcmSamples(mb.pcmSamples, 0, 256, bitDepthLuma);
    engine.readPcmSamples(mb.pcmSamples, 256, chromaSamples, bitDepthChroma);
    engine.endPcm();
    mb.codedBlockPattern = 0x2F;
    previousMbQpDeltaNotZero = false;
  }

  private void parseIntraPredModes(Macroblock mb, PictureMbState state, MbNeighbours neighbours) {
    byte[] modes = mb.intraPredModes;
    if (mb.transformSize8x8Flag) {
      for (int blkIdx = 0; blkIdx < 4; blkIdx++) {
        int predicted = PredIntraPredMode.of8x8(modes, state.intraPredModes, neighbours, blkIdx);
        Arrays.fill(modes, 4 * blkIdx, 4 * blkIdx + 4, (byte) parseIntraPredMode(predicted));
      }
    } else {
      for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
        int predicted = PredIntraPredMode.of4x4(modes, state.intraPredModes, neighbours, blkIdx);
        modes[blkIdx] = (byte) parseIntraPredMode(predicted);
      }
    }
  }

  /** prev_intra4x4_pred_mode_flag and rem_intra4x4_pred_mode, or those of 8x8 blocks, which have the same contexts. */
  private int parseIntraPredMode(int predicted) {
    if (engine.decodeDecision(SyntaxElements.PREV_INTRA_PRED_MODE_FLAG) != 0) {
      return predicted;
    }
    int remaining = engine.decodeDecision(SyntaxElements.REM_INTRA_PRED_MODE);
    remaining |= engine.decodeDecision(SyntaxElements.REM_INTRA_PRED_MODE) << 1;
    remaining |= engine.decodeDecision(SyntaxElements.REM_INTRA_PRED_MODE) << 2;
    return PredIntraPredMode.ofRemaining(predicted, remaining);
  }

  private int parseIntraChromaPredMode(PictureMbState state, MbNeighbours neighbours) {
    int ctxIdx = SyntaxElements.INTRA_CHROMA_PRED_MODE;
    if (engine.decodeDecision(ctxIdx + CtxIdxInc.intraChromaPredMode(state, neighbours)) == 0) {
      return 0;
    }
    if (engine.decodeDecision(ctxIdx + 3) == 0) {
      return 1;
    }
    return 2 + engine.decodeDecision(ctxIdx + 3);
  }

  private int parseCodedBlockPattern(PictureMbState state, MbNeighbours neighbours) {
    int patternA = state.codedBlockPattern[neighbours.a];
    int patternB = state.codedBlockPattern[neighbours.b];
    int pattern = 0;
    for (int blkIdx = 0; blkIdx < 4; blkIdx++) {
      int ctxIdxInc = CtxIdxInc.codedBlockPatternLuma(pattern, patternA, patternB, blkIdx);
      pattern |= engine.decodeDecision(SyntaxElements.CODED_BLOCK_PATTERN_LUMA + ctxIdxInc) << blkIdx;
    }
    int ctxIdx = SyntaxElements.CODED_BLOCK_PATTERN_CHROMA;
    if (numC8x8 != 0
        && engine.decodeDecision(ctxIdx + CtxIdxInc.codedBlockPatternChroma(patternA, patternB)) != 0) {
      int ac = engine.decodeDecision(ctxIdx + CtxIdxInc.codedBlockPatternChromaAc(patternA, patternB));
      pattern |= 1 + ac << 4;
    }
    return pattern;
  }

  /** mb_qp_delta, a unary code of the mapped value (9.3.2.7), with the range of 7.4.5. */
  private int parseMbQpDelta() {
    int qpBdOffsetY = 6 * (bitDepthLuma - 8);
    int ctxIdx = SyntaxElements.MB_QP_DELTA;
    if (engine.decodeDecision(ctxIdx + (previousMbQpDeltaNotZero ? 1 : 0)) == 0) {
      return 0;
    }
    int mapped = 1;
    int largest = 52 + qpBdOffsetY;
    for (int ctxIdxInc = 2; engine.decodeDecision(ctxIdx + ctxIdxInc) != 0; ctxIdxInc = 3) {
      if (++mapped > largest) {
        break;
      }
    }
    int delta = (mapped & 1) != 0 ? mapped + 1 >> 1 : -(mapped >> 1);
    if (delta < -(26 + qpBdOffsetY / 2) || delta > 25 + qpBdOffsetY / 2) {
      throw new MalformedStreamException("mb_qp_delta", "7.4.5", delta + " is out of range");
    }
    return delta;
  }

  /** 7.3.5.3 Residual data syntax. */
  private void parseResidual(Macroblock mb, PictureMbState state, MbNeighbours neighbours) {
    parseResidualLuma(mb, 0, state, neighbours);
    if (chroma == ChromaFormat.YUV444) {
      parseResidualLuma(mb, 1, state, neighbours);
      parseResidualLuma(mb, 2, state, neighbours);
    } else if (mb.codedBlockPattern >> 4 != 0) {
      parseResidualChroma(mb, state, neighbours);
    }
  }

  /** 7.3.5.3.1 Residual luma data syntax, also for Cb and Cr in 4:4:4. */
  private void parseResidualLuma(Macroblock mb, int plane, PictureMbState state, MbNeighbours neighbours) {
    long flagsA = state.codedBlockFlags[neighbours.a];
    long flagsB = state.codedBlockFlags[neighbours.b];
    boolean i16x16 = mb.isI16x16();
    if (i16x16) {
      BlockContexts block = blocks[CtxBlockCat.ofPlane(CtxBlockCat.LUMA_DC, plane)];
      int bit = Macroblock.DC_FLAG_BIT + plane;
      if (engine.decodeDecision(block.codedBlockFlag + CtxIdxInc.codedBlockFlagDc(flagsA, flagsB, bit)) != 0) {
        mb.codedBlockFlags |= 1L << bit;
        ResidualBlockParser.parse4x4(engine, block, 16, scan4x4, 0, mb.dcLevels, 16 * plane);
      }
    }
    int patternLuma = mb.codedBlockPattern & 15;
    if (patternLuma == 0) {
      return;
    }
    if (mb.transformSize8x8Flag) {
      parseResidual8x8(mb, plane, state, neighbours);
      return;
    }
    BlockContexts block = blocks[CtxBlockCat.ofPlane(i16x16 ? CtxBlockCat.LUMA_AC : CtxBlockCat.LUMA_4X4, plane)];
    int firstCoeff = i16x16 ? 1 : 0;
    long flags = mb.codedBlockFlags;
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      if ((patternLuma >> (blkIdx >> 2) & 1) == 0) {
        blkIdx |= 3;
        continue;
      }
      int ctxIdxInc = CtxIdxInc.codedBlockFlagLuma(flags, flagsA, flagsB, plane, blkIdx);
      if (engine.decodeDecision(block.codedBlockFlag + ctxIdxInc) != 0) {
        flags |= 1L << 16 * plane + blkIdx;
        ResidualBlockParser.parse4x4(engine, block, 16 - firstCoeff, scan4x4, firstCoeff,
            mb.levels, 256 * plane + 16 * blkIdx);
      }
    }
    mb.codedBlockFlags = flags;
  }

  /** The 8x8 blocks of a plane. Only in 4:4:4 have they a coded_block_flag, else it is inferred to be 1 (7.4.5.3.3). */
  private void parseResidual8x8(Macroblock mb, int plane, PictureMbState state, MbNeighbours neighbours) {
    BlockContexts block = blocks[CtxBlockCat.ofPlane(CtxBlockCat.LUMA_8X8, plane)];
    boolean flagIsCoded = chroma == ChromaFormat.YUV444;
    long flagsA = flagIsCoded ? state.codedBlockFlagsOf8x8(neighbours.a) : 0;
    long flagsB = flagIsCoded ? state.codedBlockFlagsOf8x8(neighbours.b) : 0;
    for (int blkIdx = 0; blkIdx < 4; blkIdx++) {
      if ((mb.codedBlockPattern >> blkIdx & 1) == 0) {
        continue;
      }
      if (flagIsCoded) {
        int ctxIdxInc = CtxIdxInc.codedBlockFlagLuma(mb.codedBlockFlags, flagsA, flagsB, plane, 4 * blkIdx);
        if (engine.decodeDecision(block.codedBlockFlag + ctxIdxInc) == 0) {
          continue;
        }
      }
      mb.codedBlockFlags |= 15L << 16 * plane + 4 * blkIdx;
      ResidualBlockParser.parseByTable(engine, block, 64, scan8x8, mb.levels, 256 * plane + 64 * blkIdx);
    }
  }

  /** The part of 7.3.5.3 for ChromaArrayType 1 and 2. */
  private void parseResidualChroma(Macroblock mb, PictureMbState state, MbNeighbours neighbours) {
    long flagsA = state.codedBlockFlags[neighbours.a];
    long flagsB = state.codedBlockFlags[neighbours.b];
    BlockContexts block = blocks[CtxBlockCat.CHROMA_DC];
    int[] scan = numC8x8 == 1 ? BlockScan.CHROMA_DC_420 : BlockScan.CHROMA_DC_422;
    for (int plane = 1; plane <= 2; plane++) {
      int bit = Macroblock.CHROMA_DC_FLAG_BIT + plane - 1;
      if (engine.decodeDecision(block.codedBlockFlag + CtxIdxInc.codedBlockFlagDc(flagsA, flagsB, bit)) != 0) {
        mb.codedBlockFlags |= 1L << bit;
        ResidualBlockParser.parseByTable(engine, block, 4 * numC8x8, scan, mb.dcLevels, 16 * plane);
      }
    }
    if (mb.codedBlockPattern >> 4 != 2) {
      return;
    }
    block = blocks[CtxBlockCat.CHROMA_AC];
    for (int plane = 1; plane <= 2; plane++) {
      for (int blkIdx = 0; blkIdx < 4 * numC8x8; blkIdx++) {
        int ctxIdxInc =
            CtxIdxInc.codedBlockFlagChromaAc(mb.codedBlockFlags, flagsA, flagsB, plane, blkIdx, 4 * numC8x8);
        if (engine.decodeDecision(block.codedBlockFlag + ctxIdxInc) != 0) {
          mb.codedBlockFlags |= 1L << 16 * plane + blkIdx;
          ResidualBlockParser.parse4x4(engine, block, 15, scan4x4, 1,
              mb.levels, 256 * plane + 16 * blkIdx);
        }
      }
    }
  }
}
