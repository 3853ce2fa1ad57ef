package llm265.tensor;

import java.io.Serializable;

/**
 * Weighted sums over the finite values of a tensor, or of several.
 *
 * @param signal weighted sum of squared deviations from the weighted mean
 * @param error weighted sum of squared errors
 */
public record WeightedError(double signal, double error) implements Serializable {
  /** The sums over no values. */
  public static final WeightedError NONE = new WeightedError(0, 0);

  public WeightedError plus(WeightedError other) {
    return new WeightedError(signal + other.signal, error + other.error);
  }

  /** Signal-to-noise ratio in dB; infinite if there is no error. */
  public double snr() {
    return error == 0 ? Double.POSITIVE_INFINITY : 10 * StrictMath.log10(signal / error);
  }
}
