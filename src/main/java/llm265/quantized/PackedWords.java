package llm265.quantized;

import java.lang.foreign.MemorySegment;
import llm265.dtype.LittleEndian;

/**
 * Unsigned codes in 32-bit words, the first one in the lowest bits. Dense codes of 3, 5, 6 or 7 bits may lie in two words; else a
 * word has the 32/bits codes that fit, and its highest bits are 0. For 1, 2, 4 and 8 bits both are the same.
 *
 * @param bits of a code, 1 to 8
 * @param isDense whether codes go on over the end of a word
 */
record PackedWords(int bits, boolean isDense) {
  /** Words that codes take. */
  long words(long codes) {
    return isDense ? ScaleLayout.ceil(codes * bits, Integer.SIZE) : ScaleLayout.ceil(codes, Integer.SIZE / bits);
  }

  /**
   * The code with a number.
   *
   * @param data words
   * @param first the index in {@code data} of the word that has code 0
   * @param stride from a word to the next one of the same codes
   */
  int code(MemorySegment data, long first, long stride, long number) {
    int mask = (1 << bits) - 1;
    if (!isDense) {
      int inWord = Integer.SIZE / bits;
      int shift = (int) (number % inWord) * bits;
      return (data.get(LittleEndian.INT, 4 * (first + number / inWord * stride)) >>> shift) & mask;
    }
    long position = number * bits;
    long word = first + position / Integer.SIZE * stride;
    int shift = (int) (position % Integer.SIZE);
    int low = data.get(LittleEndian.INT, 4 * word) >>> shift;
    if (shift + bits <= Integer.SIZE) {
      return low & mask;
    }
    int high = data.get(LittleEndian.INT, 4 * (word + stride)) << (Integer.SIZE - shift);
    return (low | high) & mask;
  }
}
