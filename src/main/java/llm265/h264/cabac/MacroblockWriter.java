package llm265.h264.cabac;

import llm265.h264.ChromaFormat;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.macroblock.PredIntraPredMode;

/**
 * 7.3.5 Macroblock layer syntax of I slices with entropy_coding_mode_flag 1, from a {@link Macroblock} to bins: the mirror of
 * {@link MacroblockParser}.
 *
 * <p>Its only state is its settings, so that mode decision can binarize what it then does not choose.
 */
public final class MacroblockWriter {
  private final ChromaFormat chroma;
  private final boolean transform8x8ModeFlag;

  /** Number of blocks of 8x8 chroma samples per plane: 1 for 4:2:0, 2 for 4:2:2. */
  private final int numC8x8;

  private final ResidualBins[] blocks;

  /** A writer for pictures of a chroma format, given transform_8x8_mode_flag of the picture parameter set. */
  public MacroblockWriter(ChromaFormat chroma, boolean transform8x8ModeFlag) {
    this.chroma = chroma;
    this.transform8x8ModeFlag = transform8x8ModeFlag;
    numC8x8 = chroma.numC8x8();
    blocks = ResidualBins.all(BlockContexts.all(false, Math.max(numC8x8, 1)));
  }

  /** The ready bins of Intra16x16ACLevel, for trying out {@link LevelKernels}. */
  public static ResidualBins lumaAcBins() {
    return new ResidualBins(BlockContexts.all(false, 1)[CtxBlockCat.LUMA_AC]);
  }

  /**
   * The argument {@code previousMbQpDeltaNotZero} of {@link #binarize} for the macroblock that follows {@code mb} in the
   * slice; it is false for the first of a slice (9.3.3.1.1.5).
   */
  public static boolean mbQpDeltaNotZero(Macroblock mb) {
    return CtxIdxInc.hasMbQpDeltaNotZero(mb);
  }

  /** Appends end_of_slice_flag. */
  public static void endOfSliceFlag(BinString bins, boolean endOfSlice) {
    bins.terminate(endOfSlice ? 1 : 0);
  }

  /**
   * Appends all bins of macroblock_layer(). For I_PCM these are the bins of mb_type only; {@link
   * CabacEncodingEngine#encodePcm} must follow.
   *
   * @param mb the macroblock. Its coded block pattern and flags must agree with the levels. An 8x8 block whose bit in the
   *     pattern is set must have a level that is not 0, unless the chroma format is 4:4:4
   * @param state the macroblocks before it
   * @param neighbours its neighbours
   */
  public void binarize(
      Macroblock mb, PictureMbState state, MbNeighbours neighbours, boolean previousMbQpDeltaNotZero, BinString bins) {
    writeMbType(mb.mbType, state, neighbours, bins);
    if (mb.isPcm()) {
      return;
    }
    if (mb.isINxN()) {
      writeTransformSize8x8Flag(mb.transformSize8x8Flag, state, neighbours, bins);
      writeIntraPredModes(mb, state, neighbours, bins);
    }
    if (numC8x8 != 0) {
      writeIntraChromaPredMode(mb.intraChromaPredMode, state, neighbours, bins);
    }
    if (mb.isINxN()) {
      writeCodedBlockPattern(mb.codedBlockPattern, state, neighbours, bins);
    }
    if (CtxIdxInc.hasMbQpDelta(mb)) {
      writeMbQpDelta(mb.mbQpDelta, previousMbQpDeltaNotZero, bins);
      writeResidual(mb, state, neighbours, bins);
    }
  }

  /** Table 9-36, binarization of mb_type in I slices. */
  public void writeMbType(int mbType, PictureMbState state, MbNeighbours neighbours, BinString bins) {
    int ctxIdx = SyntaxElements.MB_TYPE;
    bins.decision(ctxIdx + CtxIdxInc.mbType(state, neighbours), mbType == MbType.I_NXN ? 0 : 1);
    if (mbType == MbType.I_NXN) {
      return;
    }
    bins.terminate(mbType == MbType.I_PCM ? 1 : 0);
    if (mbType == MbType.I_PCM) {
      return;
    }
    int pattern = MbType.codedBlockPattern(mbType);
    bins.decision(ctxIdx + 3, pattern & 1);
    int patternChroma = pattern >> 4;
    bins.decision(ctxIdx + 4, patternChroma == 0 ? 0 : 1);
    if (patternChroma != 0) {
      bins.decision(ctxIdx + 5, patternChroma - 1);
    }
    int predMode = MbType.intra16x16PredMode(mbType);
    bins.decision(ctxIdx + 6, predMode >> 1);
    bins.decision(ctxIdx + 7, predMode & 1);
  }

  /** transform_size_8x8_flag of an I_NxN macroblock; no bin if transform_8x8_mode_flag is 0. */
  public void writeTransformSize8x8Flag(boolean flag, PictureMbState state, MbNeighbours neighbours, BinString bins) {
    if (transform8x8ModeFlag) {
      int ctxIdxInc = CtxIdxInc.transformSize8x8Flag(state, neighbours);
      bins.decision(SyntaxElements.TRANSFORM_SIZE_8X8_FLAG + ctxIdxInc, flag ? 1 : 0);
    } else if (flag) {
      throw new IllegalArgumentException("8x8 transform without transform_8x8_mode_flag");
    }
  }

  private void writeIntraPredModes(Macroblock mb, PictureMbState state, MbNeighbours neighbours, BinString bins) {
    byte[] modes = mb.intraPredModes;
    if (mb.transformSize8x8Flag) {
      for (int blkIdx = 0; blkIdx < 4; blkIdx++) {
        writeIntraPredMode(
            PredIntraPredMode.of8x8(modes, state.intraPredModes, neighbours, blkIdx), modes[4 * blkIdx], bins);
      }
    } else {
      for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
        writeIntraPredMode(
            PredIntraPredMode.of4x4(modes, state.intraPredModes, neighbours, blkIdx), modes[blkIdx], bins);
      }
    }
  }

  /** prev_intra4x4_pred_mode_flag and rem_intra4x4_pred_mode, or those of 8x8 blocks, which use the same contexts. */
  public static void writeIntraPredMode(int predicted, int mode, BinString bins) {
    bins.decision(SyntaxElements.PREV_INTRA_PRED_MODE_FLAG, mode == predicted ? 1 : 0);
    if (mode != predicted) {
      int remaining = PredIntraPredMode.remaining(predicted, mode);
      bins.decision(SyntaxElements.REM_INTRA_PRED_MODE, remaining & 1);
      bins.decision(SyntaxElements.REM_INTRA_PRED_MODE, (remaining >> 1) & 1);
      bins.decision(SyntaxElements.REM_INTRA_PRED_MODE, remaining >> 2);
    }
  }

  /** intra_chroma_pred_mode, 0 to 3. */
  public void writeIntraChromaPredMode(int mode, PictureMbState state, MbNeighbours neighbours, BinString bins) {
    int ctxIdx = SyntaxElements.INTRA_CHROMA_PRED_MODE;
    bins.decision(ctxIdx + CtxIdxInc.intraChromaPredMode(state, neighbours), mode == 0 ? 0 : 1);
    if (mode != 0) {
      bins.decision(ctxIdx + 3, mode == 1 ? 0 : 1);
      if (mode != 1) {
        bins.decision(ctxIdx + 3, mode - 2);
      }
    }
  }

  /** coded_block_pattern of an I_NxN macroblock. */
  public void writeCodedBlockPattern(int pattern, PictureMbState state, MbNeighbours neighbours, BinString bins) {
    int patternA = state.codedBlockPattern[neighbours.a];
    int patternB = state.codedBlockPattern[neighbours.b];
    for (int blkIdx = 0; blkIdx < 4; blkIdx++) {
      int ctxIdxInc = CtxIdxInc.codedBlockPatternLuma(pattern, patternA, patternB, blkIdx);
      bins.decision(SyntaxElements.CODED_BLOCK_PATTERN_LUMA + ctxIdxInc, (pattern >> blkIdx) & 1);
    }
    if (numC8x8 != 0) {
      int ctxIdx = SyntaxElements.CODED_BLOCK_PATTERN_CHROMA;
      int patternChroma = pattern >> 4;
      bins.decision(ctxIdx + CtxIdxInc.codedBlockPatternChroma(patternA, patternB), patternChroma == 0 ? 0 : 1);
      if (patternChroma != 0) {
        bins.decision(ctxIdx + CtxIdxInc.codedBlockPatternChromaAc(patternA, patternB), patternChroma - 1);
      }
    }
  }

  /** mb_qp_delta, a unary code of the mapped value (9.3.2.7). */
  public static void writeMbQpDelta(int mbQpDelta, boolean previousMbQpDeltaNotZero, BinString bins) {
    int mapped = mbQpDelta > 0 ? 2 * mbQpDelta - 1 : -2 * mbQpDelta;
    int ctxIdxInc = previousMbQpDeltaNotZero ? 1 : 0;
    for (int bin = 0; bin < mapped; bin++) {
      bins.decision(SyntaxElements.MB_QP_DELTA + ctxIdxInc, 1);
      ctxIdxInc = bin == 0 ? 2 : 3;
    }
    bins.decision(SyntaxElements.MB_QP_DELTA + ctxIdxInc, 0);
  }

  /** 7.3.5.3 Residual data syntax. */
  private void writeResidual(Macroblock mb, PictureMbState state, MbNeighbours neighbours, BinString bins) {
    writeResidualLuma(mb, 0, state, neighbours, bins);
    if (chroma == ChromaFormat.YUV444) {
      writeResidualLuma(mb, 1, state, neighbours, bins);
      writeResidualLuma(mb, 2, state, neighbours, bins);
    } else if (numC8x8 != 0 && mb.codedBlockPattern >> 4 != 0) {
      writeResidualChroma(mb, state, neighbours, bins);
    }
  }

  /** 7.3.5.3.1 Residual luma data syntax, also for Cb and Cr in 4:4:4. */
  public void writeResidualLuma(
      Macroblock mb, int plane, PictureMbState state, MbNeighbours neighbours, BinString bins) {
    long flags = mb.codedBlockFlags;
    long flagsA = state.codedBlockFlags[neighbours.a];
    long flagsB = state.codedBlockFlags[neighbours.b];
    boolean i16x16 = mb.isI16x16();
    if (i16x16) {
      int ctxBlockCat = CtxBlockCat.ofPlane(CtxBlockCat.LUMA_DC, plane);
      int bit = Macroblock.DC_FLAG_BIT + plane;
      int ctxIdxInc = CtxIdxInc.codedBlockFlagDc(flagsA, flagsB, bit);
      writeBlock(ctxBlockCat, ctxIdxInc, flags >>> bit, mb.dcLevels, 16 * plane, bins);
    }
    if (mb.transformSize8x8Flag) {
      writeResidual8x8(mb, plane, state, neighbours, bins);
      return;
    }
    int ctxBlockCat = CtxBlockCat.ofPlane(i16x16 ? CtxBlockCat.LUMA_AC : CtxBlockCat.LUMA_4X4, plane);
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      if (((mb.codedBlockPattern >> (blkIdx >> 2)) & 1) != 0) {
        int ctxIdxInc = CtxIdxInc.codedBlockFlagLuma(flags, flagsA, flagsB, plane, blkIdx);
        writeBlock(
            ctxBlockCat, ctxIdxInc, flags >>> (16 * plane + blkIdx), mb.levels, 256 * plane + 16 * blkIdx, bins);
      }
    }
  }

  /** The 8x8 blocks of a plane. They have a coded_block_flag only in 4:4:4; otherwise it is inferred to be 1 (7.4.5.3.3). */
  private void writeResidual8x8(
      Macroblock mb, int plane, PictureMbState state, MbNeighbours neighbours, BinString bins) {
    int ctxBlockCat = CtxBlockCat.ofPlane(CtxBlockCat.LUMA_8X8, plane);
    long flagsA = state.codedBlockFlagsOf8x8(neighbours.a);
    long flagsB = state.codedBlockFlagsOf8x8(neighbours.b);
    for (int blkIdx = 0; blkIdx < 4; blkIdx++) {
      if (((mb.codedBlockPattern >> blkIdx) & 1) == 0) {
        continue;
      }
      int offset = 256 * plane + 64 * blkIdx;
      if (chroma == ChromaFormat.YUV444) {
        long flags = mb.codedBlockFlags;
        int ctxIdxInc = CtxIdxInc.codedBlockFlagLuma(flags, flagsA, flagsB, plane, 4 * blkIdx);
        writeBlock(ctxBlockCat, ctxIdxInc, flags >>> (16 * plane + 4 * blkIdx), mb.levels, offset, bins);
      } else {
        writeLevels(ctxBlockCat, mb.levels, offset, bins);
      }
    }
  }

  /** The part of 7.3.5.3 for ChromaArrayType 1 and 2. */
  public void writeResidualChroma(Macroblock mb, PictureMbState state, MbNeighbours neighbours, BinString bins) {
    long flags = mb.codedBlockFlags;
    long flagsA = state.codedBlockFlags[neighbours.a];
    long flagsB = state.codedBlockFlags[neighbours.b];
    for (int plane = 1; plane <= 2; plane++) {
      int bit = Macroblock.CHROMA_DC_FLAG_BIT + plane - 1;
      int ctxIdxInc = CtxIdxInc.codedBlockFlagDc(flagsA, flagsB, bit);
      writeBlock(CtxBlockCat.CHROMA_DC, ctxIdxInc, flags >>> bit, mb.dcLevels, 16 * plane, bins);
    }
    if (mb.codedBlockPattern >> 4 != 2) {
      return;
    }
    for (int plane = 1; plane <= 2; plane++) {
      for (int blkIdx = 0; blkIdx < 4 * numC8x8; blkIdx++) {
        int ctxIdxInc = CtxIdxInc.codedBlockFlagChromaAc(flags, flagsA, flagsB, plane, blkIdx, 4 * numC8x8);
        writeBlock(CtxBlockCat.CHROMA_AC, ctxIdxInc, flags >>> (16 * plane + blkIdx),
            mb.levels, 256 * plane + 16 * blkIdx, bins);
      }
    }
  }

  /**
   * Appends one residual block with its coded_block_flag.
   *
   * @param ctxIdxInc ctxIdxInc of coded_block_flag, 0 to 3
   * @param flag coded_block_flag in bit 0; other bits are ignored
   * @param levels the levels in raster order at {@code offset}; for AC blocks, position 0 is not coded
   */
  public void writeBlock(int ctxBlockCat, int ctxIdxInc, long flag, int[] levels, int offset, BinString bins) {
    int binVal = (int) flag & 1;
    bins.decision(blocks[ctxBlockCat].block.codedBlockFlag + ctxIdxInc, binVal);
    if (binVal != 0) {
      writeLevels(ctxBlockCat, levels, offset, bins);
    }
  }

  /**
   * Appends one luma 4x4 block of an I_NxN macroblock with its coded_block_flag, for comparing candidates block by block.
   *
   * @param flags {@link Macroblock#codedBlockFlags} of the blocks before this one
   * @param coded coded_block_flag of this block
   * @param levels its levels in raster order, at 0
   */
  public void writeLuma4x4Block(
      long flags,
      int luma4x4BlkIdx,
      boolean coded,
      int[] levels,
      PictureMbState state,
      MbNeighbours neighbours,
      BinString bins) {
    int ctxIdxInc = CtxIdxInc.codedBlockFlagLuma(
        flags, state.codedBlockFlags[neighbours.a], state.codedBlockFlags[neighbours.b], 0, luma4x4BlkIdx);
    writeBlock(CtxBlockCat.LUMA_4X4, ctxIdxInc, coded ? 1 : 0, levels, 0, bins);
  }

  /** Appends a residual block without coded_block_flag; at least one level must not be 0. */
  public void writeLevels(int ctxBlockCat, int[] levels, int offset, BinString bins) {
    int numCoeff = ctxBlockCat == CtxBlockCat.CHROMA_DC ? 4 * numC8x8 : CtxBlockCat.maxNumCoeff(ctxBlockCat);
    int[] scan = switch (numCoeff) {
      case 4 -> BlockScan.CHROMA_DC_420;
      case 8 -> BlockScan.CHROMA_DC_422;
      case 64 -> BlockScan.ZIGZAG_8X8;
      default -> BlockScan.ZIGZAG_4X4;
    };
    ResidualBlockWriter.write(bins, blocks[ctxBlockCat], numCoeff, scan, numCoeff == 15 ? 1 : 0, levels, offset);
  }
}
