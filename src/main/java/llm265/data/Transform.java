package llm265.data;

/** What makes a word of a value, so that the bits that carry information come first. SPEC.md, "Data files". */
final class Transform {
  /** The word is the value. */
  static final int PLAIN = 0;

  /** The highest bit, a sign, becomes the lowest: what follows it, an exponent, comes first. */
  static final int ROTATED = 1;

  /** The same, and the other bits are inverted where it is set: integers near 0 become small ones. */
  static final int ZIGZAG = 2;

  private Transform() {}

  /** The word of a value of some bits, which are those below any others. */
  static long word(long value, int transform, int bits) {
    long sign = value >>> (bits - 1) & 1;
    long word = switch (transform) {
      case ROTATED -> value << 1 | sign;
      case ZIGZAG -> value << 1 ^ -sign;
      default -> value;
    };
    return word & -1L >>> (64 - bits);
  }

  /** The value of a word of 64 bits. */
  static long value(long word, int transform) {
    return switch (transform) {
      case ROTATED -> word >>> 1 | word << 63;
      case ZIGZAG -> word >>> 1 ^ -(word & 1);
      default -> word;
    };
  }
}
