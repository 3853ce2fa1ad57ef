package llm265.h264.intra;


/** 8.3.1.2 Intra_4x4 sample prediction. */
public final class Intra4x4Prediction {
  private Intra4x4Prediction() {}

  /**
   * Predicts a 4x4 block from its edge.
   *
   * @param mode Intra4x4PredMode 0..8, possible with the edge's neighbours
   * @param dst receives the prediction from {@code offset} on
   */
  public static void predict(int mode, IntraEdge edge, short[] dst, int offset, int stride, int bitDepth) {
    DirectionalPrediction.predict(mode, 4, edge, edge.samples, dst, offset, stride, bitDepth);
  }
}
