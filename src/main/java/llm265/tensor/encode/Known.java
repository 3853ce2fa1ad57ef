package llm265.tensor.encode;

import llm265.rate.RateCurve;

/**
 * What is known of a tensor before it is coded.
 *
 * @param choice how it is coded at about the target; null if that is not known
 * @param curve its rates; null to find them, and to meet the target exactly
 * @param tolerance share of the rate that it may be off, if it is large
 */
public record Known(MethodChoice choice, RateCurve curve, double tolerance) {
  public static final Known NOTHING = new Known(null, null, 0);

  /** The same where the target is to be met. */
  public Known exact() {
    return new Known(choice, null, 0);
  }
}
