package llm265.h264.macroblock;

/** 8.5.8 Derivation process for chroma quantization parameters. */
public final class ChromaQp {
  /** QPC as a function of qPI (Table 8-15), from qPI = 30 on; below 30 the two are equal. */
  private static final byte[] QPC_FROM_30 = {
    29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39
  };

  private ChromaQp() {}

  /**
   * QPC of Cb or Cr; QP'C is this plus QpBdOffsetC.
   *
   * @param qpY QPY of the macroblock
   * @param chromaQpIndexOffset chroma_qp_index_offset for Cb, second_chroma_qp_index_offset for Cr
   * @param qpBdOffsetC 6 * (BitDepthC - 8)
   */
  public static int qpC(int qpY, int chromaQpIndexOffset, int qpBdOffsetC) {
    int qpI = Math.max(-qpBdOffsetC, Math.min(51, qpY + chromaQpIndexOffset));
    return qpI < 30 ? qpI : QPC_FROM_30[qpI - 30];
  }
}
