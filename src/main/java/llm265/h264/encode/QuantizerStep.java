package llm265.h264.encode;

/** The quantizer step of QP'Y in samples: 0.625 at 0, doubling every 6, like {@code levelScale(qP % 6, 0, 0) << qP / 6}. */
public final class QuantizerStep {
  private static final float[] FIRST_OCTAVE = {0.625f, 0.6875f, 0.8125f, 0.875f, 1f, 1.125f};

  private QuantizerStep() {}

  /** Step for a QP'Y of 0 to 87 (at 8 bits, QPY) with flat scaling lists. */
  public static float of(int qpPrimeY) {
    return FIRST_OCTAVE[qpPrimeY % 6] * (1 << qpPrimeY / 6);
  }
}
