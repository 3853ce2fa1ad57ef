package llm265.h264.reconstruct;

import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;

/**
 * 8.5.15 Intra residual transform-bypass decoding process, and what 8.5.1 to 8.5.5, 8.5.10 and 8.5.11 say about
 * TransformBypassModeFlag: levels are residual samples or, with horizontal or vertical prediction, their differences.
 */
final class TransformBypass {
  /** What r_ij is added to: nothing, the sample on the left (horPredFlag 1), the sample above (horPredFlag 0). */
  private enum Sum {
    NONE,
    ROWS,
    COLUMNS
  }

  private final int[] residual = new int[256];

  /** Adds the residual of a luma 4x4 block, or of Cb or Cr in 4:4:4, to the prediction. */
  void add4x4(Macroblock mb, int plane, int blkIdx, short[] samples, int offset, int stride, int maxSample) {
    System.arraycopy(mb.levels, 256 * plane + 16 * blkIdx, residual, 0, 16);
    add(ofLuma(mb.intraPredModes[blkIdx]), 4, 4, samples, offset, stride, maxSample);
  }

  /** Adds the residual of a luma 8x8 block, or of Cb or Cr in 4:4:4, to the prediction. */
  void add8x8(Macroblock mb, int plane, int blkIdx, short[] samples, int offset, int stride, int maxSample) {
    System.arraycopy(mb.levels, 256 * plane + 64 * blkIdx, residual, 0, 64);
    add(ofLuma(mb.intraPredModes[4 * blkIdx]), 8, 8, samples, offset, stride, maxSample);
  }

  /** Adds the residual of an Intra_16x16 plane to the prediction. */
  void add16x16(Macroblock mb, int plane, short[] samples, int offset, int stride, int maxSample) {
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      int row = BlockScan.BLOCK_ROW[blkIdx];
      int column = BlockScan.BLOCK_COLUMN[blkIdx];
      take4x4(mb.levels, 256 * plane + 16 * blkIdx, mb.dcLevels[16 * plane + 4 * row + column], row, column, 16);
    }
    add(ofLuma(mb.intra16x16PredMode), 16, 16, samples, offset, stride, maxSample);
  }

  /** Adds the residual of a chroma plane of 4:2:0 or 4:2:2 to the prediction. */
  void addChroma(Macroblock mb, int plane, int height, short[] samples, int offset, int stride, int maxSample) {
    for (int blkIdx = 0; blkIdx < height / 2; blkIdx++) {
      take4x4(mb.levels, 256 * plane + 16 * blkIdx, mb.dcLevels[16 * plane + blkIdx], blkIdx >> 1, blkIdx & 1, 8);
    }
    Sum sum = switch (mb.intraChromaPredMode) {
      case IntraPredModes.CHROMA_HORIZONTAL -> Sum.ROWS;
      case IntraPredModes.CHROMA_VERTICAL -> Sum.COLUMNS;
      default -> Sum.NONE;
    };
    add(sum, 8, height, samples, offset, stride, maxSample);
  }

  /** Vertical and horizontal have the same mode numbers in all kinds of luma blocks. */
  private static Sum ofLuma(int mode) {
    return switch (mode) {
      case IntraPredModes.VERTICAL -> Sum.COLUMNS;
      case IntraPredModes.HORIZONTAL -> Sum.ROWS;
      default -> Sum.NONE;
    };
  }

  private void take4x4(int[] levels, int from, int dc, int blockRow, int blockColumn, int width) {
    int to = 4 * (blockRow * width + blockColumn);
    for (int i = 0; i < 4; i++) {
      System.arraycopy(levels, from + 4 * i, residual, to + i * width, 4);
    }
    residual[to] = dc;
  }

  private void add(Sum sum, int width, int height, short[] samples, int offset, int stride, int maxSample) {
    int[] r = residual;
    if (sum == Sum.ROWS) {
      for (int i = 0; i < width * height; i++) {
        r[i] += i % width == 0 ? 0 : r[i - 1];
      }
    } else if (sum == Sum.COLUMNS) {
      for (int i = width; i < width * height; i++) {
        r[i] += r[i - width];
      }
    }
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        int at = offset + i * stride + j;
        samples[at] = (short) Math.clamp((long) samples[at] + r[width * i + j], 0, maxSample);
      }
    }
  }
}
