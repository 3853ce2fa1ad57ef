package llm265.h264.macroblock;

/** 7.4.5: luma quantization parameters, and the mb_qp_delta between two of them. */
public final class LumaQp {
  private LumaQp() {}

  /** (7-37): QPY = ((QPY,PRED + mb_qp_delta + 52 + 2 * QpBdOffsetY) % (52 + QpBdOffsetY)) - QpBdOffsetY. */
  public static int next(int qpYPred, int mbQpDelta, int qpBdOffsetY) {
    return (qpYPred + mbQpDelta + 52 + 2 * qpBdOffsetY) % (52 + qpBdOffsetY) - qpBdOffsetY;
  }

  /**
   * The mb_qp_delta that leads from one QPY to another. It is brought into its range, -26..25 at 8 bits, by the modulo of
   * (7-37).
   */
  public static int delta(int qpYPred, int qpY, int qpBdOffsetY) {
    int half = 26 + qpBdOffsetY / 2;
    return Math.floorMod(qpY - qpYPred + half, 52 + qpBdOffsetY) - half;
  }
}
