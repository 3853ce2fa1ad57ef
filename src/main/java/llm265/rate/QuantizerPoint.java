package llm265.rate;

import llm265.h264.QuantizerStep;
import llm265.numeric.Logarithms;

/**
 * A quantizer step for a tensor: QP in sixths of an octave, and the scale of the samples between them, continuously.
 *
 * @param qp QPY, 0 to 51; of samples of more than 8 bits down to -6 for each bit more
 * @param levelDeviation standard deviation of the levels, in steps of 8-bit samples
 */
public record QuantizerPoint(int qp, double levelDeviation) {
  public static final int MAX_QP = 51;

  /** That of samples of 14 bits. */
  private static final int LEAST_QP = -36;

  /** How far the deviation in levels may be from the one aimed at, in octaves. */
  private static final double ROOM = 0.25;

  /**
   * The same below it at the greatest QP, where a smaller scale is the only way to a coarser step: what is left is still finer
   * than such a step's error. Tensors that have their energy in a few rows come there, since QP is that of the middle row.
   */
  private static final double LAST_ROOM = 3;

  public QuantizerPoint {
    if (qp < LEAST_QP || qp > MAX_QP || !(levelDeviation > 0)) {
      throw new IllegalArgumentException("QP " + qp + ", " + levelDeviation + " levels");
    }
  }

  /** Quantizer step of a QP in levels. */
  public static double step(int qp) {
    return QuantizerStep.of(qp);
  }

  /** Binary logarithm of the ratio of quantizer step to standard deviation. */
  public double log2Ratio() {
    return Logarithms.log2(step(qp) / levelDeviation);
  }

  /** As {@link #of(double, double, int)}, for samples of 8 bits. */
  public static QuantizerPoint of(double log2Ratio, double levelDeviation) {
    return of(log2Ratio, levelDeviation, 0);
  }

  /**
   * The point for a ratio of step to deviation: the QP whose deviation in levels is nearest the one aimed at; beyond the
   * greatest QP with a smaller deviation.
   *
   * @param levelDeviation to aim at
   * @param leastQp the least QP there is
   */
  public static QuantizerPoint of(double log2Ratio, double levelDeviation, int leastQp) {
    int best = leastQp;
    for (int qp = leastQp + 1; qp <= MAX_QP; qp++) {
      if (distance(qp, log2Ratio, levelDeviation) < distance(best, log2Ratio, levelDeviation)) {
        best = qp;
      }
    }
    return atQp(best, log2Ratio, levelDeviation);
  }

  /** This QP with another ratio, if the deviation in levels stays near the one aimed at; else as {@link #of}. */
  public QuantizerPoint moved(double log2Ratio, double aim, int leastQp) {
    return distance(qp, log2Ratio, aim) <= ROOM ? atQp(qp, log2Ratio, aim) : of(log2Ratio, aim, leastQp);
  }

  private static QuantizerPoint atQp(int qp, double log2Ratio, double aim) {
    double levelDeviation = step(qp) / StrictMath.pow(2, log2Ratio);
    double below = StrictMath.pow(2, qp == MAX_QP ? LAST_ROOM : ROOM);
    return new QuantizerPoint(qp, Math.clamp(levelDeviation, aim / below, aim * StrictMath.pow(2, ROOM)));
  }

  private static double distance(int qp, double log2Ratio, double levelDeviation) {
    return Math.abs(Logarithms.log2(step(qp) / levelDeviation) - log2Ratio);
  }
}
