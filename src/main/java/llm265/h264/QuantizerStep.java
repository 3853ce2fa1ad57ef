package llm265.h264;

/** The quantizer step of a QP with flat scaling lists (8.5.12.1), which doubles every 6. */
public final class QuantizerStep {
  /** In samples, for QP'Y 0 to 5: what levelScale(qP % 6, 0, 0) << qP / 6 comes to. */
  private static final float[] FIRST_OCTAVE = {0.625f, 0.6875f, 0.8125f, 0.875f, 1f, 1.125f};

  private QuantizerStep() {}

  /**
   * The step, exactly.
   *
   * @param qp QP'Y for a step in samples; QPY, which may be negative, for one in samples of 8 bits, however deep the picture is
   */
  public static float of(int qp) {
    return Math.scalb(FIRST_OCTAVE[Math.floorMod(qp, 6)], Math.floorDiv(qp, 6));
  }
}
