package llm265.runtime.exchange;

/**
 * Rates of the first steps, from which second moments come, and of those behind them, so that their mean is held.
 *
 * @param bits mean of all steps, in bits per value
 * @param steps that will be made
 * @param firstSteps of these, 1 or more
 * @param firstBits their rate; 16 for raw
 */
public record RateSchedule(double bits, int steps, int firstSteps, double firstBits) {
  private static final double FIRST_SHARE = 0.1;
  private static final double MOST_FIRST_BITS = 3;
  private static final double FIRST_OVER_MEAN = 4;

  /** @throws IllegalArgumentException if no more than 0.05 bits per value are left for the later steps */
  public RateSchedule {
    if (firstSteps < 1 || firstSteps >= steps || !(firstBits > 0) || !(later(bits, steps, firstSteps, firstBits) >= 0.05)) {
      throw new IllegalArgumentException(firstSteps + " of " + steps + " steps at " + firstBits + " bits, all at " + bits);
    }
  }

  /** A tenth of the steps at 3 bits, or at four times the mean where that is less. */
  public static RateSchedule of(double bits, int steps) {
    return new RateSchedule(
        bits, steps, (int) Math.max(1, Math.rint(FIRST_SHARE * steps)),
        Math.max(bits, Math.min(MOST_FIRST_BITS, FIRST_OVER_MEAN * bits)));
  }

  boolean isRawFirst() {
    return firstBits >= RawCompressor.BITS;
  }

  double laterBits() {
    return later(bits, steps, firstSteps, firstBits);
  }

  private static double later(double bits, int steps, int firstSteps, double firstBits) {
    return (bits * steps - firstBits * firstSteps) / (steps - firstSteps);
  }
}
