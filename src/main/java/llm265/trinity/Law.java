package llm265.trinity;

/**
 * A distribution of magnitudes that a few numbers describe, so that no table is sent: a generalized Gaussian, with corrections of
 * what a trellis does to small magnitudes. SPEC.md, "Laws".
 *
 * @param alphabet of the tokens
 * @param width twelfths of an octave of the width theta in steps, over {@link #LEAST_OCTAVE}: 0 to {@link #GREATEST_WIDTH}
 * @param shape eighths of the exponent beta, 4 to 24: 16 for Gaussian values, 8 for Laplacian ones
 * @param firstZero quarters of an octave by which the first quantizer's zero is more likely, -8 to 7
 * @param secondZero half of the octaves by which the second quantizer's zero is less likely, 0 to 15
 * @param firstOne eighths of an octave by which the first quantizer's one is more likely, -4 to 3
 */
public record Law(Alphabet alphabet, int width, int shape, int firstZero, int secondZero, int firstOne)
    implements Distribution {
  /** Binary logarithm of the least width. */
  public static final int LEAST_OCTAVE = -3;

  /** Widths of an octave. */
  public static final int OCTAVE = 12;

  public static final int GREATEST_WIDTH = 159;

  /** What makes {@code firstZero} 0 or more, in the law's bytes. */
  public static final int ZERO_BIAS = 8;

  /** The same of {@code firstOne}. */
  public static final int ONE_BIAS = 4;

  static final int LEAST_SHAPE = 4;
  static final int GREATEST_SHAPE = 24;

  private static final int GREATEST_FIRST_ZERO = 7;
  private static final int GREATEST_SECOND_ZERO = 15;
  private static final int GREATEST_FIRST_ONE = 3;

  /** No magnitude from here on adds to the escape's frequency. */
  private static final int MAGNITUDES = 1 << 10;

  /** log2(e) times 2^16. */
  private static final long LOG2_E = 94_548;

  /** A power beyond which a weight is nothing. */
  private static final int GREATEST_POWER = 8 << BinaryLogarithm.FRACTION;

  public Law {
    if (width < 0 || width > GREATEST_WIDTH || shape < LEAST_SHAPE || shape > GREATEST_SHAPE
        || firstZero < -ZERO_BIAS || firstZero > GREATEST_FIRST_ZERO || secondZero < 0 || secondZero > GREATEST_SECOND_ZERO
        || firstOne < -ONE_BIAS || firstOne > GREATEST_FIRST_ONE) {
      throw new IllegalArgumentException(
          "no law of width " + width + ", shape " + shape + ", " + firstZero + ", " + secondZero + ", " + firstOne);
    }
  }

  @Override
  public TokenFrequencies frequencies() {
    long[] weights = new long[2 * Alphabet.TOKENS];
    int logWidth = (LEAST_OCTAVE << BinaryLogarithm.FRACTION) + (width << BinaryLogarithm.FRACTION) / OCTAVE;
    for (int q = 0; q < 2; q++) {
      for (int k = 0; k < MAGNITUDES; k++) {
        long weight = weight(q, k, logWidth);
        weights[q * Alphabet.TOKENS + alphabet.token(k)] += weight;
        if (weight == 0 && k > 2) {
          break;
        }
      }
    }
    return TokenFrequencies.of(alphabet, weights);
  }

  private long weight(int quantizer, int magnitude, int logWidth) {
    if (magnitude == 0) {
      return quantizer == 0
          ? BinaryLogarithm.exp2((long) firstZero << (BinaryLogarithm.FRACTION - 2))
          : BinaryLogarithm.exp2(-2L * secondZero << BinaryLogarithm.FRACTION);
    }
    int power = (BinaryLogarithm.log2(Trellis.steps(quantizer, magnitude)) - logWidth) * shape >> 3;
    if (power > GREATEST_POWER) {
      return 0;
    }
    long exponent = BinaryLogarithm.exp2(power) * LOG2_E >> 30;
    if (quantizer == 0 && magnitude == 1) {
      exponent -= (long) firstOne << (BinaryLogarithm.FRACTION - 3);
    }
    return 2 * BinaryLogarithm.exp2(-exponent);
  }

  /** The law of values that are larger by a number of twelfths of an octave; the nearest that there is. */
  public Law widened(int twelfths) {
    return moved(twelfths, 0, 0, 0, 0);
  }

  /** The law whose numbers are greater by so much; the nearest that there is. */
  Law moved(int moreWidth, int moreShape, int moreFirstZero, int moreSecondZero, int moreFirstOne) {
    return new Law(
        alphabet, Math.clamp(width + moreWidth, 0, GREATEST_WIDTH), Math.clamp(shape + moreShape, LEAST_SHAPE, GREATEST_SHAPE),
        Math.clamp(firstZero + moreFirstZero, -ZERO_BIAS, GREATEST_FIRST_ZERO),
        Math.clamp(secondZero + moreSecondZero, 0, GREATEST_SECOND_ZERO),
        Math.clamp(firstOne + moreFirstOne, -ONE_BIAS, GREATEST_FIRST_ONE));
  }

  /** The same law of another alphabet's tokens. */
  public Law with(Alphabet other) {
    return new Law(other, width, shape, firstZero, secondZero, firstOne);
  }
}
