package llm265.reference.decoder;

import llm265.reference.decoder.Neighbours.Location;

/** 8.3.1.1 and 8.3.2.1: Intra4x4PredMode and Intra8x8PredMode, which are predicted from those of the blocks beside. */
final class IntraPredictionModes {
  /** Intra_4x4_DC and Intra_8x8_DC. */
  private static final int DC = 2;

  private final Neighbours neighbours;
  private final boolean mbaffFrameFlag;

  IntraPredictionModes(Neighbours neighbours, boolean mbaffFrameFlag) {
    this.neighbours = neighbours;
    this.mbaffFrameFlag = mbaffFrameFlag;
  }

  /** 8.3.1.1 Derivation process for Intra4x4PredMode. */
  void derive4x4(Macroblock mb, int luma4x4BlkIdx) {
    int x = Neighbours.x4x4(luma4x4BlkIdx);
    int y = Neighbours.y4x4(luma4x4BlkIdx);
    mb.intra4x4PredMode[luma4x4BlkIdx] = mode(mb, luma4x4BlkIdx, x, y);
  }

  /** 8.3.2.1 Derivation process for Intra8x8PredMode. */
  void derive8x8(Macroblock mb, int luma8x8BlkIdx) {
    int x = luma8x8BlkIdx % 2 * 8;
    int y = luma8x8BlkIdx / 2 * 8;
    mb.intra8x8PredMode[luma8x8BlkIdx] = mode(mb, luma8x8BlkIdx, x, y);
  }

  /** The mode is the predicted one, or one of the other eight. */
  private int mode(Macroblock mb, int blkIdx, int x, int y) {
    Location a = neighbours.besideLuma(0, x, y);
    Location b = neighbours.besideLuma(1, x, y);
    boolean dcPredModePredictedFlag = !a.isAvailable() || !b.isAvailable();
    int intraMxMPredModeA = dcPredModePredictedFlag ? DC : modeOfNeighbour(0, a, mb, blkIdx);
    int intraMxMPredModeB = dcPredModePredictedFlag ? DC : modeOfNeighbour(1, b, mb, blkIdx);
    int predIntraMxMPredMode = Math.min(intraMxMPredModeA, intraMxMPredModeB);
    if (mb.prevIntraPredModeFlag[blkIdx]) {
      return predIntraMxMPredMode;
    }
    int remIntraPredMode = mb.remIntraPredMode[blkIdx];
    return remIntraPredMode < predIntraMxMPredMode ? remIntraPredMode : remIntraPredMode + 1;
  }

  /** intraMxMPredModeN of the block on the left (n 0) or above (n 1). */
  private int modeOfNeighbour(int n, Location at, Macroblock mb, int blkIdx) {
    Macroblock mbAddrN = at.mbAddrN();
    if (!mbAddrN.isINxN()) {
      return DC;
    }
    if (mbAddrN.isIntra8x8()) {
      return mbAddrN.intra8x8PredMode[Neighbours.luma8x8BlkIdx(at)];
    }
    if (mb.isIntra4x4()) {
      return mbAddrN.intra4x4PredMode[Neighbours.luma4x4BlkIdx(at)];
    }
    // 8.3.2.1: one of the four 4x4 blocks stands for the 8x8 block.
    boolean lowerHalfOfField = mbaffFrameFlag && !mb.mbFieldDecodingFlag && mbAddrN.mbFieldDecodingFlag && blkIdx == 2;
    int i = n == 1 ? 2 : lowerHalfOfField ? 3 : 1;
    return mbAddrN.intra4x4PredMode[4 * Neighbours.luma8x8BlkIdx(at) + i];
  }
}
