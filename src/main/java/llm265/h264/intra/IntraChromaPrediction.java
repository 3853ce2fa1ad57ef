package llm265.h264.intra;

import static llm265.h264.intra.IntraEdge.CORNER;

/** 8.3.4 Intra prediction process for chroma samples with ChromaArrayType 1 or 2. */
public final class IntraChromaPrediction {
  private IntraChromaPrediction() {}

  /**
   * Predicts one chroma plane of a macroblock from its edge.
   *
   * @param mode intra_chroma_pred_mode 0..3, possible with the edge's neighbours
   * @param height MbHeightC: 8 (4:2:0) or 16 (4:2:2)
   * @param dst receives the prediction, 8 samples wide, at {@code offset}
   */
  public static void predict(int mode, int height, IntraEdge edge, short[] dst, int offset, int stride, int bitDepth) {
    short[] p = edge.samples;
    switch (mode) {
      case IntraPredModes.CHROMA_DC -> dc(height, edge, dst, offset, stride, bitDepth);
      case IntraPredModes.CHROMA_HORIZONTAL -> {
        for (int y = 0; y < height; y++) {
          DirectionalPrediction.fillRow(dst, offset + y * stride, 8, p[CORNER - 1 - y]);
        }
      }
      case IntraPredModes.CHROMA_VERTICAL -> {
        for (int y = 0; y < height; y++) {
          System.arraycopy(p, CORNER + 1, dst, offset + y * stride, 8);
        }
      }
      default -> plane(height, p, dst, offset, stride, bitDepth);
    }
  }

  /** 8.3.4.1 to 8.3.4.3: each 4x4 chroma block has its own mean, and rules for which edge it prefers. */
  private static void dc(int height, IntraEdge edge, short[] dst, int offset, int stride, int bitDepth) {
    short[] p = edge.samples;
    for (int yO = 0; yO < height; yO += 4) {
      for (int xO = 0; xO < 8; xO += 4) {
        // Blocks on the diagonal use both edges. Others prefer the edge that they touch.
        boolean preferAbove = xO > 0 && yO == 0;
        boolean preferLeft = xO == 0 && yO > 0;
        boolean useAbove = edge.above && !(preferLeft && edge.left);
        boolean useLeft = edge.left && !(preferAbove && edge.above);
        int sum = 0;
        for (int i = 0; i < 4; i++) {
          sum += useAbove ? p[CORNER + 1 + xO + i] : 0;
          sum += useLeft ? p[CORNER - 1 - yO - i] : 0;
        }
        int value;
        if (useAbove && useLeft) {
          value = (sum + 4) >> 3;
        } else if (useAbove || useLeft) {
          value = (sum + 2) >> 2;
        } else {
          value = 1 << (bitDepth - 1);
        }
        for (int y = 0; y < 4; y++) {
          DirectionalPrediction.fillRow(dst, offset + (yO + y) * stride + xO, 4, (short) value);
        }
      }
    }
  }

  /** 8.3.4.4; xCF = 0, since the width is 8, and yCF = 4 if the height is 16. */
  private static void plane(int height, short[] p, short[] dst, int offset, int stride, int bitDepth) {
    int yCF = height == 16 ? 4 : 0;
    int h = 0;
    for (int i = 0; i <= 3; i++) {
      h += (i + 1) * (p[CORNER + 1 + 4 + i] - p[CORNER + 1 + 2 - i]);
    }
    int v = 0;
    for (int i = 0; i <= 3 + yCF; i++) {
      v += (i + 1) * (p[CORNER - 1 - (4 + yCF + i)] - p[CORNER - 1 - (2 + yCF - i)]);
    }
    int a = 16 * (p[CORNER - height] + p[CORNER + 8]);
    int b = (34 * h + 32) >> 6;
    int c = ((yCF == 0 ? 34 : 5) * v + 32) >> 6;
    Intra16x16Prediction.fillPlane(a, b, c, 3, 3 + yCF, 8, height, dst, offset, stride, bitDepth);
  }
}
