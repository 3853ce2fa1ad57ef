package llm265.h264.intra;

import static llm265.h264.intra.IntraEdge.CORNER;

/** 8.3.3 Intra_16x16 prediction process for luma samples. */
public final class Intra16x16Prediction {
  private Intra16x16Prediction() {}

  /**
   * Predicts a 16x16 block from its edge.
   *
   * @param mode Intra16x16PredMode 0..3, possible with the edge's neighbours
   * @param dst receives the prediction at {@code offset}
   */
  public static void predict(int mode, IntraEdge edge, short[] dst, int offset, int stride, int bitDepth) {
    short[] p = edge.samples;
    switch (mode) {
      case IntraPredModes.VERTICAL -> DirectionalPrediction.vertical(16, p, dst, offset, stride);
      case IntraPredModes.HORIZONTAL -> DirectionalPrediction.horizontal(16, p, dst, offset, stride);
      case IntraPredModes.DC -> DirectionalPrediction.dc(16, edge, p, dst, offset, stride, bitDepth);
      default -> plane(p, dst, offset, stride, bitDepth);
    }
  }

  /** 8.3.3.4. */
  private static void plane(short[] p, short[] dst, int offset, int stride, int bitDepth) {
    int h = 0;
    int v = 0;
    for (int i = 0; i < 8; i++) {
      h += (i + 1) * (p[CORNER + 9 + i] - p[CORNER + 7 - i]);
      v += (i + 1) * (p[CORNER - 9 - i] - p[CORNER - 7 + i]);
    }
    int a = 16 * (p[CORNER - 16] + p[CORNER + 16]);
    int b = (5 * h + 32) >> 6;
    int c = (5 * v + 32) >> 6;
    fillPlane(a, b, c, 7, 7, 16, 16, dst, offset, stride, bitDepth);
  }

  /** Clip1((a + b * (x - xCentre) + c * (y - yCentre) + 16) >> 5), for 16x16 luma and for chroma. */
  static void fillPlane(
      int a, int b, int c, int xCentre, int yCentre, int width, int height, short[] dst, int offset, int stride,
      int bitDepth) {
    int max = (1 << bitDepth) - 1;
    for (int y = 0; y < height; y++) {
      int value = a + c * (y - yCentre) - b * xCentre + 16;
      int at = offset + y * stride;
      for (int x = 0; x < width; x++) {
        dst[at + x] = (short) Math.clamp(value >> 5, 0, max);
        value += b;
      }
    }
  }
}
