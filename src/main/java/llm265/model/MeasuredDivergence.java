package llm265.model;

/**
 * How far the coding of one tensor alone takes a model's predictions from the original's.
 *
 * @param bitsPerValue what the tensor was coded with, more than 0
 * @param divergence mean Kullback-Leibler divergence in nats, 0 or more
 */
public record MeasuredDivergence(double bitsPerValue, double divergence) {
  public MeasuredDivergence {
    if (!(bitsPerValue > 0 && bitsPerValue < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(bitsPerValue + " bits per value are not a positive number");
    }
    if (!(divergence >= 0 && divergence < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a divergence of " + divergence + " is not a number of 0 or more");
    }
  }
}
