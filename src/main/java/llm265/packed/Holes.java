package llm265.packed;

import java.util.Arrays;

/**
 * Symbols that are taken out of blocks, because each block has them about once: the place of such a symbol takes fewer bits than
 * the symbol does among others. SPEC.md, "Planes".
 *
 * @param count 0, 1 or 2: holes of a block
 * @param isEither whether the one hole is any of both symbols
 * @param first the symbol of the first hole
 * @param second the symbol of the second, or the other one of the first
 */
record Holes(int count, boolean isEither, int first, int second) {
  static final Holes NONE = new Holes(0, false, 0, 0);

  /** Numbers of places: as many as a byte has. */
  static final int MOST_PLACES = 256;

  static final int PLACE_BITS = 8;

  /** Whether places in such blocks are bytes. */
  boolean fit(int block) {
    return count == 0 || (block << (isEither ? 1 : 0)) < MOST_PLACES;
  }

  /** The place that says that a block has no such symbol. */
  int none(int block) {
    return isEither ? 2 * block : block;
  }

  /**
   * Takes the first symbol of a hole out of a block.
   *
   * @param block symbols of blocks but the last one, by which places are numbered
   * @return its place
   */
  int take(int hole, byte[] symbols, int at, int length, int block) {
    int one = hole == 0 ? first : second;
    int other = isEither ? second : one;
    for (int i = 0; i < length; i++) {
      int symbol = symbols[at + i] & 0xFF;
      if (symbol == one || symbol == other) {
        System.arraycopy(symbols, at + i + 1, symbols, at + i, length - i - 1);
        return !isEither ? i : symbol == one ? 2 * i : 2 * i + 1;
      }
    }
    return none(block);
  }

  /** The symbol at a place of a hole. */
  byte symbol(int hole, int place) {
    return (byte) (hole == 0 && (!isEither || (place & 1) == 0) ? first : second);
  }

  /** The index in the block of a place. */
  int index(int place) {
    return isEither ? place >> 1 : place;
  }

  /** Room for places of a hole, with some more behind. */
  static byte[] room(byte[] places, int count) {
    return places.length < count ? Arrays.copyOf(places, Math.max(2 * places.length, count)) : places;
  }
}
