package llm265.tensor.encode;

import llm265.rate.RateCurve;

/**
 * What is known about a tensor before it is coded.
 *
 * @param choice how it is coded near the target; null if this is not known
 * @param curve its rates; null to measure them, and to meet the target exactly
 * @param tolerance how far off the rate of a large tensor may be, as a share of it
 */
public record Known(MethodChoice choice, RateCurve curve, double tolerance) {
  public static final Known NOTHING = new Known(null, null, 0);

  /** The same, but the target must be met exactly. */
  public Known exact() {
    return new Known(choice, null, 0);
  }
}
