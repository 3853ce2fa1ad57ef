package llm265.h264.cabac;

import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;

/**
 * 9.3.3.1.1 Assignment process of ctxIdxInc using neighbouring syntax elements, for pictures without MBAFF.
 *
 * <p>The entry of {@link PictureMbState} for a macroblock that is not available holds values that give condTermFlagN as the
 * clauses prescribe. So do the values that {@link PictureMbState#store} keeps for I_PCM.
 */
public final class CtxIdxInc {
  private CtxIdxInc() {}

  /** 9.3.3.1.1.3, first bin of mb_type: 0 to 2. */
  static int mbType(PictureMbState state, MbNeighbours neighbours) {
    return (state.mbType[neighbours.a] != MbType.I_NXN ? 1 : 0) + (state.mbType[neighbours.b] != MbType.I_NXN ? 1 : 0);
  }

  /** 9.3.3.1.1.10, transform_size_8x8_flag: 0 to 2. */
  static int transformSize8x8Flag(PictureMbState state, MbNeighbours neighbours) {
    return (state.transformSize8x8Flag[neighbours.a] ? 1 : 0) + (state.transformSize8x8Flag[neighbours.b] ? 1 : 0);
  }

  /** 9.3.3.1.1.8, first bin of intra_chroma_pred_mode: 0 to 2. */
  static int intraChromaPredMode(PictureMbState state, MbNeighbours neighbours) {
    return (state.intraChromaPredMode[neighbours.a] != 0 ? 1 : 0)
        + (state.intraChromaPredMode[neighbours.b] != 0 ? 1 : 0);
  }

  /**
   * 9.3.3.1.1.4, a bin of the prefix of coded_block_pattern: 0 to 3.
   *
   * @param pattern the bits of CodedBlockPatternLuma of this macroblock that come before luma8x8BlkIdx
   * @param patternA coded block pattern of macroblock A
   * @param patternB coded block pattern of macroblock B
   */
  static int codedBlockPatternLuma(int pattern, int patternA, int patternB, int luma8x8BlkIdx) {
    int left = (luma8x8BlkIdx & 1) == 0 ? patternA : pattern;
    int above = (luma8x8BlkIdx & 2) == 0 ? patternB : pattern;
    return ((~left >> (luma8x8BlkIdx ^ 1)) & 1) + 2 * ((~above >> (luma8x8BlkIdx ^ 2)) & 1);
  }

  /** 9.3.3.1.1.4, first bin of the suffix of coded_block_pattern, chroma blocks of any kind: 0 to 3. */
  static int codedBlockPatternChroma(int patternA, int patternB) {
    return (patternA >> 4 != 0 ? 1 : 0) + (patternB >> 4 != 0 ? 2 : 0);
  }

  /** 9.3.3.1.1.4, second bin of the suffix, chroma AC: 4 to 7. */
  static int codedBlockPatternChromaAc(int patternA, int patternB) {
    return 4 + (patternA >> 4 == 2 ? 1 : 0) + (patternB >> 4 == 2 ? 2 : 0);
  }

  /** 9.3.3.1.1.5: whether the macroblock before, in decoding order, has an mb_qp_delta that is not 0. */
  static boolean hasMbQpDeltaNotZero(Macroblock mb) {
    return hasMbQpDelta(mb) && mb.mbQpDelta != 0;
  }

  /** Whether the syntax of 7.3.5 has mb_qp_delta for this macroblock. */
  static boolean hasMbQpDelta(Macroblock mb) {
    return mb.isI16x16() || !mb.isPcm() && mb.codedBlockPattern != 0;
  }

  /** 9.3.3.1.1.9, coded_block_flag of a block that occurs once per macroblock, given by its bit in the flags: 0 to 3. */
  public static int codedBlockFlagDc(long flagsA, long flagsB, int bit) {
    return (int) ((flagsA >>> bit) & 1) + 2 * (int) ((flagsB >>> bit) & 1);
  }

  /**
   * 9.3.3.1.1.9, coded_block_flag of a block of 4x4 luma samples, or Cb or Cr in 4:4:4: 0 to 3.
   *
   * @param flags {@link Macroblock#codedBlockFlags} of the blocks before this one
   */
  public static int codedBlockFlagLuma(long flags, long flagsA, long flagsB, int plane, int blkIdx) {
    long left = BlockScan.LEFT_IS_IN_A[blkIdx] ? flagsA : flags;
    long above = BlockScan.ABOVE_IS_IN_B[blkIdx] ? flagsB : flags;
    return (int) ((left >>> (16 * plane + BlockScan.LEFT_BLOCK[blkIdx])) & 1)
        + 2 * (int) ((above >>> (16 * plane + BlockScan.ABOVE_BLOCK[blkIdx])) & 1);
  }

  /**
   * 9.3.3.1.1.9, coded_block_flag of a chroma AC block of 4:2:0 or 4:2:2: 0 to 3. Blocks are numbered in rows of two.
   *
   * @param blocks number of blocks of this plane, 4 or 8
   */
  static int codedBlockFlagChromaAc(long flags, long flagsA, long flagsB, int plane, int blkIdx, int blocks) {
    long left = (blkIdx & 1) == 0 ? flagsA : flags;
    long above = blkIdx < 2 ? flagsB : flags;
    return (int) ((left >>> (16 * plane + (blkIdx ^ 1))) & 1)
        + 2 * (int) ((above >>> (16 * plane + ((blkIdx + blocks - 2) & (blocks - 1)))) & 1);
  }
}
