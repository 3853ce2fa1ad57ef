package llm265.numeric;

/** Logarithms for rates in bits and qualities in decibels. Results are the same on every machine. */
public final class Logarithms {
  /** Decibels per bit: 20 log10(2), about 6.02. */
  public static final double DECIBELS_PER_BIT = 20 * StrictMath.log10(2);

  private Logarithms() {}

  public static double log2(double x) {
    return StrictMath.log(x) / StrictMath.log(2);
  }
}
