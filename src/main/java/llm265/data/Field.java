package llm265.data;

/**
 * Some bits of every word of a block, coded alike.
 *
 * @param kind how
 * @param bits their number: 1 to 64, at most 8 if they are symbols
 * @param shift number of bits below them in the word
 */
record Field(Kind kind, int bits, int shift) {
  /** How bits are coded, in the order of their numbers in a block. */
  enum Kind {
    /** As they are. */
    RAW,
    /** They are the same in all words. */
    CONSTANT,
    /** Symbols of which there are at most 32. */
    FEW,
    /** Symbols of which there are at most 256. */
    MANY
  }

  /** Bits of half a word of 64 bits: no plane has bits of both. */
  static final int HALF = 32;

  /** Most bits of a plane. */
  private static final int MOST_BITS = 16;

  /** The mask of the bits in the word. */
  long mask() {
    return -1L >>> (64 - bits) << shift;
  }

  boolean isCoded() {
    return kind == Kind.FEW || kind == Kind.MANY;
  }

  /** Bits of the next plane of a raw field whose bits from {@code top} on have theirs: planes come from the highest bits down. */
  static int planeBits(int top, int bottom) {
    int within = top - Math.max(bottom, (top - 1) / HALF * HALF);
    return Math.min(MOST_BITS, Integer.highestOneBit(within));
  }
}
