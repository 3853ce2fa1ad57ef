package llm265.rate;

import java.io.Serializable;
import llm265.h264.QuantizerStep;
import llm265.numeric.Logarithms;

/**
 * A quantizer step for a tensor: QP in sixths of an octave, and the continuous scale of the samples between them.
 *
 * @param qp QPY, 0 to 51; for samples of more than 8 bits, down to -6 for each additional bit
 * @param levelDeviation standard deviation of the levels, in steps of 8-bit samples
 */
public record QuantizerPoint(int qp, double levelDeviation) implements Serializable {
  public static final int MAX_QP = 51;

  /** The least QP of 14-bit samples. */
  public static final int LEAST_QP = -36;

  /** The deviation in levels may differ from the wanted one by this much, in octaves. */
  private static final double ROOM = 0.25;

  /**
   * The same for smaller deviations at the greatest QP, where a smaller scale is the only way to a coarser step. The remaining
   * levels are still finer than the error of such a step. This occurs with tensors that have their energy in a few rows, since
   * QP is that of the middle row.
   */
  private static final double LAST_ROOM = 5;

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

  /** Like {@link #of(double, double, int)}, for 8-bit samples. */
  public static QuantizerPoint of(double log2Ratio, double levelDeviation) {
    return of(log2Ratio, levelDeviation, 0);
  }

  /**
   * The point for a ratio of step to deviation: the QP whose deviation in levels is nearest to the wanted one. Beyond the
   * greatest QP the deviation is smaller.
   *
   * @param levelDeviation wanted standard deviation of the levels
   * @param leastQp the least QP
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

  /** This QP with another ratio, if the deviation in levels stays near the wanted one; otherwise like {@link #of}. */
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
