package llm265.h264.encode;

import llm265.h264.intra.Intra4x4Prediction;
import llm265.h264.intra.IntraEdge;
import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbType;

/** Intra_4x4 or Intra_8x8 with transform bypass: chooses for each block the mode that takes the fewest bits. */
final class LosslessNxN {
  private static final int MODES = 9;

  private final MacroblockContext context;
  /** 4 or 8. */
  private final int size;
  private final int area;
  private final int allowedModes;
  private final short[] prediction = new short[64];
  private final int[] levels = new int[64];
  private final int[] bestLevels = new int[64];
  private int bestMode;
  private float bestBits;
  private boolean bestIsCoded;

  LosslessNxN(MacroblockContext context, int size) {
    this.context = context;
    this.size = size;
    area = size * size;
    allowedModes = size == 4 ? context.config.intra4x4Modes() : context.config.intra8x8Modes();
  }

  /**
   * Fills the luma part of a macroblock whose luma residual is clear. The picture holds the source's samples of the macroblock.
   *
   * @return false if some block had no possible mode
   */
  boolean search(Macroblock mb) {
    mb.mbType = MbType.I_NXN;
    mb.transformSize8x8Flag = size == 8;
    mb.codedBlockPattern &= 0x30;
    for (int block = 0; block < 256 / area; block++) {
      if (!searchBlock(mb, block)) {
        return false;
      }
      MacroblockContext.keepNxN(mb, size, block, bestMode, bestLevels, bestIsCoded);
    }
    return true;
  }

  private boolean searchBlock(Macroblock mb, int block) {
    IntraEdge edge = size == 4 ? context.reconstructor.gather4x4(block) : context.reconstructor.gather8x8(block);
    int predicted = context.predIntraPredMode(mb, size, block);
    bestBits = Float.MAX_VALUE;
    for (int mode = 0; mode < MODES; mode++) {
      if (((allowedModes >> mode) & 1) != 0
          && IntraPredModes.isPossibleNxN(mode, edge.left, edge.above, edge.corner)) {
        tryMode(mb, block, edge, mode, predicted);
      }
    }
    return bestBits < Float.MAX_VALUE;
  }

  private void tryMode(Macroblock mb, int block, IntraEdge edge, int mode, int predicted) {
    int offset = size == 4 ? context.reconstructor.offset4x4(block) : context.reconstructor.offset8x8(block);
    if (size == 4) {
      Intra4x4Prediction.predict(mode, edge, prediction, 0, 4, context.bitDepth);
    } else {
      context.reconstructor.intra8x8().predict(mode, prediction, 0, 8, context.bitDepth);
    }
    BypassLevels.subtract(
        context.source.samples(0), offset, context.source.stride(0), prediction, 0, size, size, size, levels);
    if (mode == IntraPredModes.HORIZONTAL) {
      BypassLevels.differencesInRows(levels, size, size);
    } else if (mode == IntraPredModes.VERTICAL) {
      BypassLevels.differencesInColumns(levels, size, size);
    }
    int any = 0;
    for (int i = 0; i < area; i++) {
      any |= levels[i];
    }
    boolean coded = any != 0;
    float bits = context.bitsNxN(mb, size, block, predicted, mode, levels, coded);
    if (bits < bestBits) {
      bestBits = bits;
      bestMode = mode;
      bestIsCoded = coded;
      System.arraycopy(levels, 0, bestLevels, 0, area);
    }
  }
}
