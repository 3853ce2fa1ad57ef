package llm265.h264.intra;

import static llm265.h264.intra.IntraEdge.CORNER;

/**
 * 8.3.1.2 Intra_4x4 sample prediction.
 *
 * <p>The modes of {@link DirectionalPrediction}, unrolled: every row is a window on a line of few values. Blocks are so many that
 * this matters. In streams that are mostly Intra_4x4, the modes with loops took 2.7 ns per value.
 */
public final class Intra4x4Prediction {
  private Intra4x4Prediction() {}

  /**
   * Predicts a 4x4 block from its edge.
   *
   * @param mode Intra4x4PredMode 0..8, possible with the edge's neighbours
   * @param dst receives the prediction at {@code offset}
   */
  public static void predict(int mode, IntraEdge edge, short[] dst, int offset, int stride, int bitDepth) {
    short[] p = edge.samples;
    int row1 = offset + stride;
    int row2 = row1 + stride;
    int row3 = row2 + stride;
    switch (mode) {
      case IntraPredModes.VERTICAL -> {
        int a = p[CORNER + 1];
        int b = p[CORNER + 2];
        int c = p[CORNER + 3];
        int d = p[CORNER + 4];
        row(dst, offset, a, b, c, d);
        row(dst, row1, a, b, c, d);
        row(dst, row2, a, b, c, d);
        row(dst, row3, a, b, c, d);
      }
      case IntraPredModes.HORIZONTAL -> {
        row(dst, offset, p[CORNER - 1]);
        row(dst, row1, p[CORNER - 2]);
        row(dst, row2, p[CORNER - 3]);
        row(dst, row3, p[CORNER - 4]);
      }
      case IntraPredModes.DC -> {
        int value = dc(edge, p, bitDepth);
        row(dst, offset, value);
        row(dst, row1, value);
        row(dst, row2, value);
        row(dst, row3, value);
      }
      case IntraPredModes.DIAGONAL_DOWN_LEFT -> {
        int c = filter3(p, CORNER + 4);
        int d = filter3(p, CORNER + 5);
        int e = filter3(p, CORNER + 6);
        int f = filter3(p, CORNER + 7);
        int b = filter3(p, CORNER + 3);
        row(dst, offset, filter3(p, CORNER + 2), b, c, d);
        row(dst, row1, b, c, d, e);
        row(dst, row2, c, d, e, f);
        row(dst, row3, d, e, f, (p[CORNER + 7] + 3 * p[CORNER + 8] + 2) >> 2);
      }
      case IntraPredModes.DIAGONAL_DOWN_RIGHT -> {
        int b = filter3(p, CORNER - 2);
        int c = filter3(p, CORNER - 1);
        int d = filter3(p, CORNER);
        int e = filter3(p, CORNER + 1);
        int f = filter3(p, CORNER + 2);
        row(dst, offset, d, e, f, filter3(p, CORNER + 3));
        row(dst, row1, c, d, e, f);
        row(dst, row2, b, c, d, e);
        row(dst, row3, filter3(p, CORNER - 3), b, c, d);
      }
      case IntraPredModes.VERTICAL_RIGHT -> {
        int a = filter2(p, CORNER);
        int b = filter2(p, CORNER + 1);
        int c = filter2(p, CORNER + 2);
        int e = filter3(p, CORNER);
        int f = filter3(p, CORNER + 1);
        int g = filter3(p, CORNER + 2);
        row(dst, offset, a, b, c, filter2(p, CORNER + 3));
        row(dst, row1, e, f, g, filter3(p, CORNER + 3));
        row(dst, row2, filter3(p, CORNER - 1), a, b, c);
        row(dst, row3, filter3(p, CORNER - 2), e, f, g);
      }
      case IntraPredModes.HORIZONTAL_DOWN -> {
        int a = filter2(p, CORNER - 1);
        int b = filter3(p, CORNER);
        int c = filter2(p, CORNER - 2);
        int d = filter3(p, CORNER - 1);
        int e = filter2(p, CORNER - 3);
        int f = filter3(p, CORNER - 2);
        row(dst, offset, a, b, filter3(p, CORNER + 1), filter3(p, CORNER + 2));
        row(dst, row1, c, d, a, b);
        row(dst, row2, e, f, c, d);
        row(dst, row3, filter2(p, CORNER - 4), filter3(p, CORNER - 3), e, f);
      }
      case IntraPredModes.VERTICAL_LEFT -> {
        int b = filter2(p, CORNER + 2);
        int c = filter2(p, CORNER + 3);
        int d = filter2(p, CORNER + 4);
        int f = filter3(p, CORNER + 3);
        int g = filter3(p, CORNER + 4);
        int h = filter3(p, CORNER + 5);
        row(dst, offset, filter2(p, CORNER + 1), b, c, d);
        row(dst, row1, filter3(p, CORNER + 2), f, g, h);
        row(dst, row2, b, c, d, filter2(p, CORNER + 5));
        row(dst, row3, f, g, h, filter3(p, CORNER + 6));
      }
      default -> {
        int lowest = p[CORNER - 4];
        int c = filter2(p, CORNER - 3);
        int d = filter3(p, CORNER - 3);
        int e = filter2(p, CORNER - 4);
        int f = (p[CORNER - 3] + 3 * lowest + 2) >> 2;
        row(dst, offset, filter2(p, CORNER - 2), filter3(p, CORNER - 2), c, d);
        row(dst, row1, c, d, e, f);
        row(dst, row2, e, f, lowest, lowest);
        row(dst, row3, lowest);
      }
    }
  }

  /** (8-47) to (8-50). */
  private static int dc(IntraEdge edge, short[] p, int bitDepth) {
    int left = p[CORNER - 1] + p[CORNER - 2] + p[CORNER - 3] + p[CORNER - 4];
    int above = p[CORNER + 1] + p[CORNER + 2] + p[CORNER + 3] + p[CORNER + 4];
    if (edge.left && edge.above) {
      return (left + above + 4) >> 3;
    }
    if (edge.left || edge.above) {
      return ((edge.left ? left : above) + 2) >> 2;
    }
    return 1 << (bitDepth - 1);
  }

  private static int filter3(short[] p, int i) {
    return (p[i - 1] + 2 * p[i] + p[i + 1] + 2) >> 2;
  }

  private static int filter2(short[] p, int i) {
    return (p[i] + p[i + 1] + 1) >> 1;
  }

  private static void row(short[] dst, int at, int value) {
    row(dst, at, value, value, value, value);
  }

  private static void row(short[] dst, int at, int a, int b, int c, int d) {
    dst[at] = (short) a;
    dst[at + 1] = (short) b;
    dst[at + 2] = (short) c;
    dst[at + 3] = (short) d;
  }
}
