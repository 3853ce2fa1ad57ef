package llm265.rate;

import llm265.numeric.Logarithms;

/**
 * A quantizer step for a tensor: QP in sixths of an octave, and the continuous scale of the samples between them.
 *
 * @param qp QPY, 0 to 51; for samples of more than 8 bits, down to -6 for each additional bit
 * @param levels standard deviation of the samples in levels, which are the steps of 8-bit samples
 */
public record QuantizerPoint(int qp, double levels) {
  public static final int MAX_QP = 51;

  /** The least QP of 14-bit samples. */
  private static final int LEAST_QP = -36;

  /** The deviation in levels may differ from the wanted one by this much, in octaves. */
  private static final double ROOM = 0.25;

  /**
   * The same for smaller deviations at the greatest QP, where a smaller scale is the only way to a coarser step. The remaining
   * levels are still finer than the error of such a step. This occurs with tensors that have their energy in a few rows, since
   * QP is that of the middle row.
   */
  private static final double LAST_ROOM = 3;

  /** Quantizer step sizes for QP 0 to 5 in samples; they double every 6 (8.5.12.1). */
  private static final double[] STEPS = {0.625, 0.6875, 0.8125, 0.875, 1, 1.125};

  public QuantizerPoint {
    if (qp < LEAST_QP || qp > MAX_QP || !(levels > 0)) {
      throw new IllegalArgumentException("QP " + qp + ", " + levels + " levels");
    }
  }

  /** Quantizer step of a QP in levels. */
  public static double step(int qp) {
    return Math.scalb(STEPS[Math.floorMod(qp, 6)], Math.floorDiv(qp, 6));
  }

  /** Binary logarithm of the ratio of quantizer step to standard deviation. */
  public double log2Ratio() {
    return Logarithms.log2(step(qp) / levels);
  }

  /** Like {@link #of(double, double, int)}, for 8-bit samples. */
  public static QuantizerPoint of(double log2Ratio, double levels) {
    return of(log2Ratio, levels, 0);
  }

  /**
   * The point for a ratio of step to deviation: the QP whose deviation in levels is nearest to the wanted one. Beyond the
   * greatest QP the deviation is smaller.
   *
   * @param levels wanted deviation in levels
   * @param leastQp the least QP
   */
  public static QuantizerPoint of(double log2Ratio, double levels, int leastQp) {
    int best = leastQp;
    for (int qp = leastQp + 1; qp <= MAX_QP; qp++) {
      if (distance(qp, log2Ratio, levels) < distance(best, log2Ratio, levels)) {
        best = qp;
      }
    }
    return atQp(best, log2Ratio, levels);
  }

  /** This QP with another ratio, if the deviation in levels stays near the wanted one; otherwise like {@link #of}. */
  public QuantizerPoint moved(double log2Ratio, double aim, int leastQp) {
    return distance(qp, log2Ratio, aim) <= ROOM ? atQp(qp, log2Ratio, aim) : of(log2Ratio, aim, leastQp);
  }

  private static QuantizerPoint atQp(int qp, double log2Ratio, double aim) {
    double levels = step(qp) / StrictMath.pow(2, log2Ratio);
    double below = StrictMath.pow(2, qp == MAX_QP ? LAST_ROOM : ROOM);
    return new QuantizerPoint(qp, Math.clamp(levels, aim / below, aim * StrictMath.pow(2, ROOM)));
  }

  private static double distance(int qp, double log2Ratio, double levels) {
    return Math.abs(Logarithms.log2(step(qp) / levels) - log2Ratio);
  }
}
