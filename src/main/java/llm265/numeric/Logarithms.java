package llm265.numeric;

/** Logarithms as rates and qualities are told in: bits and decibels. The same on every machine. */
public final class Logarithms {
  /** Decibels of a bit: 20 log10(2), about 6.02. */
  public static final double DECIBELS_PER_BIT = 20 * StrictMath.log10(2);

  private Logarithms() {}

  public static double log2(double x) {
    return StrictMath.log(x) / StrictMath.log(2);
  }
}
