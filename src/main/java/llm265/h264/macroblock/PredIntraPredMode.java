package llm265.h264.macroblock;

/**
 * 8.3.1.1 and 8.3.2.1 Derivation process for Intra4x4PredMode and Intra8x8PredMode: the predicted mode that
 * prev_intra4x4_pred_mode_flag, rem_intra4x4_pred_mode and their 8x8 twins refer to. For pictures without MBAFF.
 */
public final class PredIntraPredMode {
  private PredIntraPredMode() {}

  /**
   * predIntra4x4PredMode of a block.
   *
   * @param modes the current macroblock's {@link Macroblock#intraPredModes}, known up to the block
   * @param all {@link PictureMbState#intraPredModes}
   */
  public static int of4x4(byte[] modes, byte[] all, MbNeighbours neighbours, int luma4x4BlkIdx) {
    int left = BlockScan.LEFT_BLOCK[luma4x4BlkIdx];
    int above = BlockScan.ABOVE_BLOCK[luma4x4BlkIdx];
    int modeA = BlockScan.LEFT_IS_IN_A[luma4x4BlkIdx] ? all[16 * neighbours.a + left] : modes[left];
    int modeB = BlockScan.ABOVE_IS_IN_B[luma4x4BlkIdx] ? all[16 * neighbours.b + above] : modes[above];
    return predict(modeA, modeB);
  }

  /**
   * predIntra8x8PredMode of a block. A neighbour with Intra_4x4 prediction counts with the mode of its 4x4 block 1 (on the
   * left) or 2 (above); one with Intra_8x8 prediction has the same mode there.
   */
  public static int of8x8(byte[] modes, byte[] all, MbNeighbours neighbours, int luma8x8BlkIdx) {
    int left = 4 * (luma8x8BlkIdx ^ 1) + 1;
    int above = 4 * (luma8x8BlkIdx ^ 2) + 2;
    int modeA = (luma8x8BlkIdx & 1) == 0 ? all[16 * neighbours.a + left] : modes[left];
    int modeB = (luma8x8BlkIdx & 2) == 0 ? all[16 * neighbours.b + above] : modes[above];
    return predict(modeA, modeB);
  }

  /** The smaller of both; DC if one of them is not available (dcPredModePredictedFlag), which its mode of -1 shows. */
  private static int predict(int modeA, int modeB) {
    int mode = Math.min(modeA, modeB);
    return mode < 0 ? 2 : mode;
  }

  /** The mode that a rem_intra_pred_mode of 0..7 stands for. */
  public static int ofRemaining(int predicted, int remIntraPredMode) {
    return remIntraPredMode < predicted ? remIntraPredMode : remIntraPredMode + 1;
  }

  /** rem_intra_pred_mode of a mode that is not the predicted one. */
  public static int remaining(int predicted, int mode) {
    return mode < predicted ? mode : mode - 1;
  }
}
