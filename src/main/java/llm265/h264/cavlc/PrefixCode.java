package llm265.h264.cavlc;

import java.util.Arrays;
import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.RbspReader;

/**
 * A table of variable-length codes of at most 16 bits (9.2.1, 9.2.3), prepared for reading.
 *
 * <p>In the codes of the standard few bits follow the first 1. So the number of leading zeros and those bits form the index.
 */
final class PrefixCode {
  private static final int LONGEST = 16;
  private static final int LENGTH_BITS = 5;

  private final String name;
  private final String clause;
  private final int suffixBits;
  /** {@code value << LENGTH_BITS | length}, indexed by leading zeros and suffix; 0 if there is no code. */
  private final short[] entries;

  /**
   * Builds the table.
   *
   * @param name syntax element, for errors
   * @param codes code words as strings of 0 and 1, indexed by value; null for a value without one
   */
  PrefixCode(String name, String clause, String[] codes) {
    this.name = name;
    this.clause = clause;
    int longestSuffix = 0;
    for (String code : codes) {
      if (code != null && code.indexOf('1') >= 0) {
        longestSuffix = Math.max(longestSuffix, code.length() - 1 - code.indexOf('1'));
      }
    }
    suffixBits = longestSuffix;
    entries = new short[(LONGEST + 1) << suffixBits];
    for (int value = 0; value < codes.length; value++) {
      if (codes[value] != null) {
        enter(codes[value], value);
      }
    }
  }

  private void enter(String code, int value) {
    short entry = (short) ((value << LENGTH_BITS) | code.length());
    int leadingZeros = code.indexOf('1');
    if (leadingZeros < 0) {
      // Whatever follows it belongs to the next code.
      Arrays.fill(entries, code.length() << suffixBits, entries.length, entry);
      return;
    }
    int free = suffixBits - (code.length() - 1 - leadingZeros);
    int first = (leadingZeros << suffixBits)
        | (Integer.parseInt("0" + code.substring(leadingZeros + 1), 2) << free);
    Arrays.fill(entries, first, first + (1 << free), entry);
  }

  /**
   * Reads a code.
   *
   * @return its value
   * @throws MalformedStreamException if no code begins with these bits, or the data ends within it
   */
  int read(RbspReader reader) {
    int word = reader.peekInt(LONGEST);
    int leadingZeros = Integer.numberOfLeadingZeros(word) - LONGEST;
    int suffix = ((word << (leadingZeros + 1)) & 0xFFFF) >> (LONGEST - suffixBits);
    int entry = entries[(leadingZeros << suffixBits) | suffix];
    if (entry == 0) {
      throw new MalformedStreamException(name, clause, "the bits are not a code");
    }
    int value = entry >> LENGTH_BITS;
    reader.readCode(entry & ((1 << LENGTH_BITS) - 1), name, value);
    return value;
  }
}
