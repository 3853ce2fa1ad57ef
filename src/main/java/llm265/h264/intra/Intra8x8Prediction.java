package llm265.h264.intra;

import static llm265.h264.intra.IntraEdge.CORNER;

/** 8.3.2.2 Intra_8x8 sample prediction: filters the edge first, then predicts from it as Intra_4x4 does. */
public final class Intra8x8Prediction {
  private final short[] filtered = new short[33];
  private IntraEdge edge;

  /** Takes an edge and filters it (8.3.2.2.1); {@link #predict} may then be called for several modes. */
  public void filter(IntraEdge gathered) {
    edge = gathered;
    short[] p = gathered.samples;
    if (gathered.above) {
      int first = CORNER + 1;
      filtered[first] =
          gathered.corner ? filter3(p, first) : (short) ((3 * p[first] + p[first + 1] + 2) >> 2);
      for (int i = first + 1; i < first + 15; i++) {
        filtered[i] = filter3(p, i);
      }
      filtered[first + 15] = (short) ((p[first + 14] + 3 * p[first + 15] + 2) >> 2);
    }
    if (gathered.corner) {
      filtered[CORNER] = filterCorner(gathered, p);
    }
    if (gathered.left) {
      int first = CORNER - 1;
      filtered[first] =
          gathered.corner ? filter3(p, first) : (short) ((3 * p[first] + p[first - 1] + 2) >> 2);
      for (int i = first - 1; i > first - 7; i--) {
        filtered[i] = filter3(p, i);
      }
      filtered[first - 7] = (short) ((p[first - 6] + 3 * p[first - 7] + 2) >> 2);
    }
  }

  /** The filtered edge, in the layout of {@link IntraEdge#samples}; the caller must not change it. */
  public short[] filteredEdge() {
    return filtered;
  }

  private static short filterCorner(IntraEdge edge, short[] p) {
    if (edge.above && edge.left) {
      return filter3(p, CORNER);
    }
    if (edge.above) {
      return (short) ((3 * p[CORNER] + p[CORNER + 1] + 2) >> 2);
    }
    if (edge.left) {
      return (short) ((3 * p[CORNER] + p[CORNER - 1] + 2) >> 2);
    }
    return p[CORNER];
  }

  private static short filter3(short[] p, int i) {
    return (short) ((p[i - 1] + 2 * p[i] + p[i + 1] + 2) >> 2);
  }

  /**
   * Predicts an 8x8 block from the edge that was filtered last.
   *
   * @param mode Intra8x8PredMode 0..8, possible with the edge's neighbours
   * @param dst receives the prediction at {@code offset}
   */
  public void predict(int mode, short[] dst, int offset, int stride, int bitDepth) {
    DirectionalPrediction.predict(mode, 8, edge, filtered, dst, offset, stride, bitDepth);
  }
}
