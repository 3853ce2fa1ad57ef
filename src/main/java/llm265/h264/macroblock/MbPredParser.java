package llm265.h264.macroblock;

import java.util.Arrays;

/** 7.3.5.1 Macroblock prediction syntax. Each entropy coding has its own way of reading the elements. */
public abstract class MbPredParser {
  /** mb_pred() of a macroblock whose type and transform_size_8x8_flag are known. */
  protected final void parseMbPred(Macroblock mb, PictureMbState state, MbNeighbours neighbours, boolean hasChroma) {
    if (mb.isINxN()) {
      parseIntraPredModes(mb, state, neighbours);
    } else {
      mb.intra16x16PredMode = MbType.intra16x16PredMode(mb.mbType);
    }
    if (hasChroma) {
      mb.intraChromaPredMode = parseIntraChromaPredMode(state, neighbours);
    }
  }

  private void parseIntraPredModes(Macroblock mb, PictureMbState state, MbNeighbours neighbours) {
    byte[] modes = mb.intraPredModes;
    if (mb.transformSize8x8Flag) {
      for (int blkIdx = 0; blkIdx < 4; blkIdx++) {
        int predicted = PredIntraPredMode.of8x8(modes, state.intraPredModes, neighbours, blkIdx);
        Arrays.fill(modes, 4 * blkIdx, 4 * blkIdx + 4, (byte) parseIntraPredMode(predicted, true, blkIdx));
      }
    } else {
      for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
        int predicted = PredIntraPredMode.of4x4(modes, state.intraPredModes, neighbours, blkIdx);
        modes[blkIdx] = (byte) parseIntraPredMode(predicted, false, blkIdx);
      }
    }
  }

  /**
   * prev_intra4x4_pred_mode_flag and rem_intra4x4_pred_mode, or those of an 8x8 block.
   *
   * @param predicted predIntra4x4PredMode, or predIntra8x8PredMode
   * @return Intra4x4PredMode, or Intra8x8PredMode
   */
  protected abstract int parseIntraPredMode(int predicted, boolean is8x8, int blkIdx);

  /** intra_chroma_pred_mode. */
  protected abstract int parseIntraChromaPredMode(PictureMbState state, MbNeighbours neighbours);
}
