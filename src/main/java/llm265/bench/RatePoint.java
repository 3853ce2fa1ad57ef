package llm265.bench;

import llm265.numeric.Logarithms;

/**
 * A point of rate and distortion.
 *
 * @param bits bits per value
 * @param snr 10 log10(variance / mean squared error) in dB
 */
public record RatePoint(double bits, double snr) {
  /** Bits above Shannon's bound for Gaussian data of the same variance. */
  public double gap() {
    return bits - snr / Logarithms.DECIBELS_PER_BIT;
  }
}
