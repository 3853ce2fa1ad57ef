package llm265.h264.encode;

import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;

/**
 * The encoder's side of 8.5.15 and of TransformBypassModeFlag in 8.5.1 to 8.5.4: levels are residual samples or, with
 * horizontal or vertical prediction, their differences from the sample on the left or above.
 */
final class BypassLevels {
  private BypassLevels() {}

  /**
   * residual[width * y + x] = source - prediction over a block.
   *
   * @param prediction samples of the predicted block
   */
  static void subtract(
      short[] source, int offset, int stride, short[] prediction, int predictionOffset, int predictionStride, int width,
      int height,
      int[] residual) {
    for (int y = 0; y < height; y++) {
      int from = offset + y * stride;
      int predicted = predictionOffset + y * predictionStride;
      for (int x = 0; x < width; x++) {
        residual[width * y + x] = source[from + x] - prediction[predicted + x];
      }
    }
  }

  /** The inverse of the sums of 8.5.15 with horPredFlag 1, in place. */
  static void differencesInRows(int[] residual, int width, int height) {
    for (int y = 0; y < height; y++) {
      for (int at = width * (y + 1) - 1; at > width * y; at--) {
        residual[at] -= residual[at - 1];
      }
    }
  }

  /** The inverse of the sums of 8.5.15 with horPredFlag 0, in place. */
  static void differencesInColumns(int[] residual, int width, int height) {
    for (int at = width * height - 1; at >= width; at--) {
      residual[at] -= residual[at - width];
    }
  }

  /**
   * Splits an Intra_16x16 residual into Intra16x16DCLevel and Intra16x16ACLevel and sets coded block flags.
   *
   * @return whether any AC level is not 0
   */
  static boolean split16x16(int[] residual, Macroblock mb) {
    int anyDc = 0;
    int anyAc = 0;
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      int row = BlockScan.BLOCK_ROW[blkIdx];
      int column = BlockScan.BLOCK_COLUMN[blkIdx];
      int from = 64 * row + 4 * column;
      mb.dcLevels[4 * row + column] = residual[from];
      anyDc |= residual[from];
      int any = takeAc(residual, from, 16, mb.levels, 16 * blkIdx);
      anyAc |= any;
      mb.codedBlockFlags |= (any != 0 ? 1L : 0L) << blkIdx;
    }
    mb.codedBlockFlags |= (anyDc != 0 ? 1L : 0L) << Macroblock.DC_FLAG_BIT;
    return anyAc != 0;
  }

  /** Splits the 8x8 residual of a chroma plane of 4:2:0 into ChromaDCLevel and ChromaACLevel and sets coded block flags. */
  static void splitChroma(int[] residual, Macroblock mb, int plane) {
    int anyDc = 0;
    for (int blkIdx = 0; blkIdx < 4; blkIdx++) {
      int from = 32 * (blkIdx >> 1) + 4 * (blkIdx & 1);
      mb.dcLevels[16 * plane + blkIdx] = residual[from];
      anyDc |= residual[from];
      int any = takeAc(residual, from, 8, mb.levels, 256 * plane + 16 * blkIdx);
      mb.codedBlockFlags |= (any != 0 ? 1L : 0L) << (16 * plane + blkIdx);
    }
    mb.codedBlockFlags |= (anyDc != 0 ? 1L : 0L) << (Macroblock.CHROMA_DC_FLAG_BIT + plane - 1);
  }

  /** Copies a 4x4 block except its first sample. Returns bits of which one is set if one of those samples is not 0. */
  private static int takeAc(int[] residual, int from, int stride, int[] levels, int to) {
    int any = 0;
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        int level = i + j == 0 ? 0 : residual[from + i * stride + j];
        levels[to + 4 * i + j] = level;
        any |= level;
      }
    }
    return any;
  }
}
