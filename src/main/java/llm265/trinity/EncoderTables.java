package llm265.trinity;

import java.util.List;

/**
 * What an encoder looks up, for laws by class: words by quantizer and magnitude, slots by token, costs.
 *
 * <p>A word: bits 0 to 11 the frequency, 12 to 24 the first index of the token's slots, 25 to 27 its raw bits, bit 28 set for the
 * escape, from bit 32 on the least magnitude of the token.
 */
final class EncoderTables {
  static final int FIRST_SHIFT = 12;
  static final int FIRST_MASK = (1 << 13) - 1;
  static final int RAW_BITS_SHIFT = 25;
  static final int ESCAPE_SHIFT = 28;
  static final int BASE_SHIFT = 32;

  /** Slots of a class. */
  static final int SLOTS = 2 * TokenTables.SLOTS;

  private final int length;
  private final long[] symbols;
  private final int[] slots;
  private final double[] bits;

  EncoderTables(List<TokenTables> classes) {
    length = classes.stream().allMatch(tables -> tables.frequencies().alphabet() == Alphabet.NARROW)
        ? ChunkKernels.NARROW_LENGTH : ChunkKernels.WIDE_LENGTH;
    symbols = new long[classes.size() * 2 * length];
    slots = new int[classes.size() * SLOTS];
    bits = new double[symbols.length];
    for (int i = 0; i < classes.size(); i++) {
      TokenTables tables = classes.get(i);
      tables.copySlots(slots, i * SLOTS);
      for (int q = 0; q < 2; q++) {
        for (int k = 0; k < length; k++) {
          symbols[(2 * i + q) * length + k] = symbol(tables, q, k);
          bits[(2 * i + q) * length + k] = tables.bits(q, k);
        }
      }
    }
  }

  private static long symbol(TokenTables tables, int quantizer, int magnitude) {
    TokenFrequencies frequencies = tables.frequencies();
    int token = frequencies.token(quantizer, magnitude);
    boolean escape = token == Alphabet.ESCAPE;
    return frequencies.count(quantizer, token)
        | (long) tables.first(quantizer, token) << FIRST_SHIFT
        | (long) frequencies.alphabet().rawBits(token) << RAW_BITS_SHIFT
        | (escape ? 1L << ESCAPE_SHIFT : (long) frequencies.alphabet().base(token) << BASE_SHIFT);
  }

  /** Magnitudes that have an element of their own. */
  int length() {
    return length;
  }

  long[] symbols() {
    return symbols;
  }

  int[] slots() {
    return slots;
  }

  /** Costs of magnitudes: their bits times {@code lambda}. */
  float[] costs(double lambda) {
    float[] costs = new float[bits.length];
    for (int i = 0; i < costs.length; i++) {
      costs[i] = (float) (lambda * bits[i]);
    }
    return costs;
  }

  /** What codes take, in bits, entropy coder and raw bits together. */
  double bits(int[] codes, int count, byte[] classes) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += bits[index(codes[i], classes == null ? 0 : classes[i], length)];
    }
    return sum;
  }

  /** Index of a code's element in tables by class, quantizer and magnitude. */
  static int index(int code, int valueClass, int length) {
    return (2 * valueClass + (code & 1)) * length + Math.min(code >>> 2, length - 1);
  }

  /** The state that says what {@code state} says, and a code. */
  static long push(long state, long symbol, int code, int[] slots, int table) {
    boolean escape = (symbol >> ESCAPE_SHIFT & 1) != 0;
    int rawBits = (int) (symbol >> RAW_BITS_SHIFT) & 7;
    int above = escape ? 0 : (code >>> 2) - (int) (symbol >> BASE_SHIFT);
    int raw = rawBits == 0 ? 0 : above << 1 | code >> 1 & 1;
    long z = state << rawBits | raw;
    int frequency = (int) symbol & (TokenTables.SLOTS - 1);
    int first = (int) (symbol >> FIRST_SHIFT) & FIRST_MASK;
    return z / frequency << TokenTables.SLOT_BITS | slots[table + first + (int) (z % frequency)];
  }
}
