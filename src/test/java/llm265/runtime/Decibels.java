package llm265.runtime;

/** How far values that were sent are from what they were. */
public final class Decibels {
  private Decibels() {}

  /** Squares of values over those of their errors. */
  public static double of(float[] values, float[] sent) {
    double squares = 0;
    double errors = 0;
    for (int i = 0; i < values.length; i++) {
      squares += (double) values[i] * values[i];
      errors += ((double) values[i] - sent[i]) * (values[i] - sent[i]);
    }
    return 10 * Math.log10(squares / errors);
  }
}
