package llm265.tensor.encode;

import java.io.Serializable;
import llm265.rate.RateCurve;
import llm265.tensor.EncodedTensor;

/**
 * What is known about a tensor before it is coded.
 *
 * @param choice how it is coded near the target; null if this is not known
 * @param curve its rates; null to measure them, and to meet the target exactly
 * @param tolerance how far off the rate may be, as a share of it
 * @param excess rate of the whole over the rate by samples, as an earlier pass had it; 1 if there was none
 */
public record Known(MethodChoice choice, RateCurve curve, double tolerance, double excess) implements Serializable {
  public static final Known NOTHING = new Known(null, null, 0, 1);

  /**
   * The same, but the target must be met exactly.
   *
   * @param wanted the rate that was wanted before
   * @param before what came of that
   */
  public Known exact(double wanted, EncodedTensor before) {
    // Whatever samples said, a single pass was made where they met what was wanted.
    return new Known(choice, null, 0, before.passes() == 1 ? before.bitsPerValue() / wanted : 1);
  }
}
