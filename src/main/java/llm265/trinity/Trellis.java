package llm265.trinity;

/**
 * Dependent quantization: two quantizers, one of even multiples of the step, one of odd multiples and zero, and a machine whose
 * state says which of them a value is of. The parity of each magnitude moves the machine on. SPEC.md, "Trellis".
 *
 * <p>A decoder has no use for the number of states: {@code h0} and {@code h1}, two constants, are all that it needs.
 *
 * @param states a power of two; 1 is a uniform quantizer
 * @param h0 what is XORed into the next state behind the second quantizer
 * @param h1 the same behind an odd magnitude
 */
public record Trellis(int states, int h0, int h1) {

  /** Parity-check polynomials of the best known trellises by the binary logarithm of their states, {@code h0} then {@code h1}. */
  private static final int[][] POLYNOMIALS = {
    {0, 0}, null, {05, 02}, {013, 04}, {023, 04}, {045, 010}, {0103, 024}, {0235, 0126}, {0515, 0362}
  };

  /** Bits of the most states. */
  public static final int MOST_STATE_BITS = POLYNOMIALS.length - 1;

  /**
   * The trellis of a number of states.
   *
   * @param stateBits its binary logarithm: 0, or 2 to {@link #MOST_STATE_BITS}
   */
  public static Trellis of(int stateBits) {
    if (!isKnown(stateBits)) {
      throw new IllegalArgumentException("no trellis of 2^" + stateBits + " states");
    }
    int[] polynomials = POLYNOMIALS[stateBits];
    return new Trellis(1 << stateBits, polynomials[0] >> 1, polynomials[1] >> 1);
  }

  /** Whether there is a trellis of so many states. */
  public static boolean isKnown(int stateBits) {
    return stateBits >= 0 && stateBits <= MOST_STATE_BITS && POLYNOMIALS[stateBits] != null;
  }

  /** The binary logarithm of the number of states. */
  public int stateBits() {
    return Integer.numberOfTrailingZeros(states);
  }

  /** The state behind a magnitude. */
  public int next(int state, int magnitude) {
    return (state >>> 1) ^ -(state & 1) & h0 ^ -(magnitude & 1) & h1;
  }

  /** The state before {@code state}, where the magnitude between was of a parity. */
  int previous(int state, int parity) {
    if (states == 1) {
      return 0;
    }
    int quantizer = state >>> (stateBits() - 1);
    int rest = state ^ -quantizer & h0 ^ -parity & h1;
    return ((rest << 1) | quantizer) & (states - 1);
  }

  /** A magnitude in steps: even ones of the first quantizer, odd ones and zero of the second. */
  static int steps(int quantizer, int magnitude) {
    return Math.max(2 * magnitude - quantizer, 0);
  }
}
