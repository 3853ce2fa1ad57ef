package llm265.h264.cabac;

import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.LevelList;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.PictureMbState;

/**
 * 7.3.5.3 Residual data syntax with entropy_coding_mode_flag 1: the residual blocks of a macroblock, and their
 * coded_block_flag.
 */
final class ResidualParser {
  private final CabacDecodingEngine engine;

  /** Indexed by field coding, and by whether NumC8x8 is 2. */
  private final BlockContexts[][][] allBlocks = {
    {BlockContexts.all(false, 1), BlockContexts.all(false, 2)}, {BlockContexts.all(true, 1), BlockContexts.all(true, 2)}
  };

  private BlockContexts[] blocks = allBlocks[0][0];
  private boolean fieldScan;
  private int[] scan8x8 = BlockScan.ZIGZAG_8X8;
  private ChromaFormat chroma = ChromaFormat.MONOCHROME;
  private int numC8x8;

  /** Null if there is no trace; {@link ResidualBlockParser} then parses blocks. */
  private CabacTrace trace;

  private TracedResidualBlockParser tracedBlocks;

  ResidualParser(CabacDecodingEngine engine) {
    this.engine = engine;
  }

  void setTrace(CabacTrace cabacTrace) {
    trace = cabacTrace;
    tracedBlocks = cabacTrace == null ? null : new TracedResidualBlockParser(cabacTrace);
  }

  /** Begins a slice. */
  void start(ChromaFormat format, boolean fieldPicFlag) {
    chroma = format;
    numC8x8 = format.numC8x8();
    useFieldCoding(fieldPicFlag);
  }

  /** Sets whether the next macroblocks are field or frame macroblocks. */
  void useFieldCoding(boolean field) {
    blocks = allBlocks[field ? 1 : 0][numC8x8 == 2 ? 1 : 0];
    fieldScan = field;
    scan8x8 = field ? BlockScan.FIELD_8X8 : BlockScan.ZIGZAG_8X8;
  }

  /**
   * Parses the residual() of a macroblock whose other elements are known.
   *
   * @param state the macroblocks before this one
   * @param neighbours neighbours of this one
   * @throws MalformedStreamException if a level is larger than any bit depth allows
   */
  void parse(Macroblock mb, PictureMbState state, MbNeighbours neighbours) {
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
      int ctxIdxInc = CtxIdxInc.codedBlockFlagDc(flagsA, flagsB, bit);
      if (parseCodedBlockFlag(block, ctxIdxInc, LevelList.INTRA_16X16_DC, plane, 0)) {
        mb.codedBlockFlags |= 1L << bit;
        parse4x4(block, 16, 0, mb.dcLevels, 16 * plane);
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
    LevelList list = i16x16 ? LevelList.INTRA_16X16_AC : LevelList.LEVEL_4X4;
    int firstCoeff = i16x16 ? 1 : 0;
    long flags = mb.codedBlockFlags;
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      if (((patternLuma >> (blkIdx >> 2)) & 1) == 0) {
        blkIdx |= 3;
        continue;
      }
      int ctxIdxInc = CtxIdxInc.codedBlockFlagLuma(flags, flagsA, flagsB, plane, blkIdx);
      if (parseCodedBlockFlag(block, ctxIdxInc, list, plane, blkIdx)) {
        flags |= 1L << (16 * plane + blkIdx);
        parse4x4(block, 16 - firstCoeff, firstCoeff, mb.levels, 256 * plane + 16 * blkIdx);
      }
    }
    mb.codedBlockFlags = flags;
  }

  /** The 8x8 blocks of a plane. They have a coded_block_flag only in 4:4:4; otherwise it is inferred to be 1 (7.4.5.3.3). */
  private void parseResidual8x8(Macroblock mb, int plane, PictureMbState state, MbNeighbours neighbours) {
    BlockContexts block = blocks[CtxBlockCat.ofPlane(CtxBlockCat.LUMA_8X8, plane)];
    boolean flagIsCoded = chroma == ChromaFormat.YUV444;
    long flagsA = flagIsCoded ? state.codedBlockFlagsOf8x8(neighbours.a) : 0;
    long flagsB = flagIsCoded ? state.codedBlockFlagsOf8x8(neighbours.b) : 0;
    for (int blkIdx = 0; blkIdx < 4; blkIdx++) {
      if (((mb.codedBlockPattern >> blkIdx) & 1) == 0) {
        continue;
      }
      if (flagIsCoded) {
        int ctxIdxInc = CtxIdxInc.codedBlockFlagLuma(mb.codedBlockFlags, flagsA, flagsB, plane, 4 * blkIdx);
        if (!parseCodedBlockFlag(block, ctxIdxInc, LevelList.LEVEL_8X8, plane, blkIdx)) {
          continue;
        }
      } else if (trace != null) {
        trace.beginBlock(LevelList.LEVEL_8X8, plane, blkIdx, 64);
      }
      mb.codedBlockFlags |= 15L << (16 * plane + 4 * blkIdx);
      parseByTable(block, 64, scan8x8, mb.levels, 256 * plane + 64 * blkIdx);
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
      int ctxIdxInc = CtxIdxInc.codedBlockFlagDc(flagsA, flagsB, bit);
      if (parseCodedBlockFlag(block, ctxIdxInc, LevelList.CHROMA_DC, plane, 0)) {
        mb.codedBlockFlags |= 1L << bit;
        parseByTable(block, 4 * numC8x8, scan, mb.dcLevels, 16 * plane);
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
        if (parseCodedBlockFlag(block, ctxIdxInc, LevelList.CHROMA_AC, plane, blkIdx)) {
          mb.codedBlockFlags |= 1L << (16 * plane + blkIdx);
          parse4x4(block, 15, 1, mb.levels, 256 * plane + 16 * blkIdx);
        }
      }
    }
  }

  /** coded_block_flag, the first element of a residual block. */
  private boolean parseCodedBlockFlag(BlockContexts block, int ctxIdxInc, LevelList list, int plane, int blkIdx) {
    int ctxIdx = block.codedBlockFlag + ctxIdxInc;
    if (trace == null) {
      return engine.decodeDecision(ctxIdx) != 0;
    }
    trace.beginBlock(list, plane, blkIdx, list.maxNumCoeff(numC8x8));
    int flag = trace.decision(ctxIdx);
    trace.element("coded_block_flag", flag);
    if (flag == 0) {
      trace.end();
    }
    return flag != 0;
  }

  private void parse4x4(BlockContexts block, int numCoeff, int firstCoeff, int[] levels, int offset) {
    if (trace == null) {
      ResidualBlockParser.parse4x4(engine, block, numCoeff, fieldScan, firstCoeff, levels, offset);
    } else {
      parseTraced(
          block, numCoeff, fieldScan ? BlockScan.FIELD_4X4 : BlockScan.ZIGZAG_4X4, firstCoeff, levels, offset);
    }
  }

  private void parseByTable(BlockContexts block, int numCoeff, int[] scan, int[] levels, int offset) {
    if (trace == null) {
      ResidualBlockParser.parseByTable(engine, block, numCoeff, scan, levels, offset);
    } else {
      parseTraced(block, numCoeff, scan, 0, levels, offset);
    }
  }

  private void parseTraced(BlockContexts block, int numCoeff, int[] scan, int firstCoeff, int[] levels, int offset) {
    tracedBlocks.parse(block, numCoeff, scan, firstCoeff, levels, offset);
    trace.end();
  }
}
