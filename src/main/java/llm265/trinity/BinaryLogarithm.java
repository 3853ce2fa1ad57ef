package llm265.trinity;

/**
 * Logarithm and power to base 2 in integers, bit for bit the same everywhere: frequencies depend on them. SPEC.md, "Laws".
 */
final class BinaryLogarithm {
  /** Fraction bits of a logarithm. */
  static final int FRACTION = 16;

  /** Fraction bits of the numbers whose logarithms are taken bit by bit. */
  private static final int MANTISSA = 30;

  /** {@code floor(2^(2^-(i + 1)) * 2^30)}. */
  private static final long[] ROOTS = roots();

  private BinaryLogarithm() {}

  private static long[] roots() {
    long[] roots = new long[FRACTION];
    long square = 2L << MANTISSA;
    for (int i = 0; i < FRACTION; i++) {
      roots[i] = floorRoot(square << MANTISSA);
      square = roots[i];
    }
    return roots;
  }

  /** The greatest integer whose square is at most {@code n}, of less than 2^62. */
  private static long floorRoot(long n) {
    long root = (long) Math.sqrt((double) n);
    while (root * root > n) {
      root--;
    }
    while ((root + 1) * (root + 1) <= n) {
      root++;
    }
    return root;
  }

  /** {@code floor(log2(n) * 2^16)}, but for the truncations of squaring, of 1 to 2^30. */
  static int log2(int n) {
    int whole = 31 - Integer.numberOfLeadingZeros(n);
    long mantissa = (long) n << (MANTISSA - whole);
    int log = whole;
    for (int i = 0; i < FRACTION; i++) {
      mantissa = mantissa * mantissa >> MANTISSA;
      int bit = (int) (mantissa >> (MANTISSA + 1));
      mantissa >>= bit;
      log = (log << 1) | bit;
    }
    return log;
  }

  /** {@code 2^(x / 2^16)} times 2^30, of any x below 2^21; 0 where it is below 2^-30. */
  static long exp2(long x) {
    long power = 1L << MANTISSA;
    for (int i = 0; i < FRACTION; i++) {
      if (((x >> (FRACTION - 1 - i)) & 1) != 0) {
        power = power * ROOTS[i] >> MANTISSA;
      }
    }
    long whole = x >> FRACTION;
    return whole >= 0 ? power << whole : whole <= -63 ? 0 : power >> -whole;
  }
}
