package llm265.trinity;

import java.util.List;

/**
 * What an encoder looks up, for laws by class: words by quantizer and magnitude, slots by token, costs. Thread-safe.
 *
 * <p>A word: bits 0 to 11 the frequency, 12 to 23 the first index of the token's slots among those of its quantizer, bit 24 set
 * for the escape, from bit 25 on the raw bits above the sign behind a one; 0 there where there is not even a sign.
 */
public final class EncoderTables {
  public static final int FIRST_SHIFT = 12;
  public static final int ESCAPE_SHIFT = 24;
  private static final int SUFFIX_SHIFT = 25;

  /** Slots of a class. */
  public static final int SLOTS = 2 * TokenTables.SLOTS;

  private final int length;
  private final int[] symbols;
  private final double[] bits;
  private final List<TokenTables> classes;
  private int[] slots;
  private double costsLambda;
  private float[] costs;

  EncoderTables(List<TokenTables> classes) {
    this.classes = classes;
    length = classes.stream().allMatch(tables -> tables.frequencies().alphabet() == Alphabet.NARROW)
        ? ChunkKernels.NARROW_LENGTH : ChunkKernels.WIDE_LENGTH;
    symbols = new int[classes.size() * 2 * length];
    bits = new double[symbols.length];
    for (int i = 0; i < classes.size(); i++) {
      TokenTables tables = classes.get(i);
      for (int q = 0; q < 2; q++) {
        for (int k = 0; k < length; k++) {
          symbols[(2 * i + q) * length + k] = symbol(tables, q, k);
          bits[(2 * i + q) * length + k] = tables.frequencies().bits(q, k);
        }
      }
    }
  }

  private static int symbol(TokenTables tables, int quantizer, int magnitude) {
    TokenFrequencies frequencies = tables.frequencies();
    int token = frequencies.token(quantizer, magnitude);
    int rawBits = frequencies.alphabet().rawBits(token);
    boolean escape = token == Alphabet.ESCAPE;
    int above = escape ? 0 : magnitude - frequencies.alphabet().base(token);
    int suffix = rawBits == 0 ? 0 : (1 << (rawBits - 1)) + above;
    return frequencies.count(quantizer, token)
        | (tables.first(quantizer, token) << FIRST_SHIFT)
        | (escape ? 1 << ESCAPE_SHIFT : 0)
        | (suffix << SUFFIX_SHIFT);
  }

  /** Raw bits of a symbol, its sign included. */
  static int rawBits(int symbol) {
    return 32 - Integer.numberOfLeadingZeros(symbol >>> SUFFIX_SHIFT);
  }

  /** Magnitudes that have an element of their own. */
  int length() {
    return length;
  }

  int[] symbols() {
    return symbols;
  }

  /** The slots of each class's tokens: made when they are first wanted, which a search alone does not. */
  synchronized int[] slots() {
    if (slots == null) {
      int[] all = new int[classes.size() * SLOTS];
      for (int i = 0; i < classes.size(); i++) {
        classes.get(i).copySlots(all, i * SLOTS);
      }
      slots = all;
    }
    return slots;
  }

  /** Costs of magnitudes: their bits times {@code lambda}. Not to be changed: every chunk of a tensor asks for the same. */
  synchronized float[] costs(double lambda) {
    if (costs == null || costsLambda != lambda) {
      float[] all = new float[bits.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = (float) (lambda * bits[i]);
      }
      costs = all;
      costsLambda = lambda;
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

  /** The state that stands for what {@code state} stands for, and a code; unsigned. */
  static int push(int state, int symbol, int code, int[] slots, int table) {
    int z = (state << rawBits(symbol)) + raw(symbol, code);
    int frequency = symbol & (TokenTables.SLOTS - 1);
    int quotient = Integer.divideUnsigned(z, frequency);
    return (quotient << TokenTables.SLOT_BITS) + slots[table + first(symbol, code) + z - quotient * frequency];
  }

  /** The same of a state that may become larger than 32 bits. */
  static long push(long state, int symbol, int code, int[] slots, int table) {
    long z = (state << rawBits(symbol)) + raw(symbol, code);
    int frequency = symbol & (TokenTables.SLOTS - 1);
    return z / frequency * TokenTables.SLOTS + slots[table + first(symbol, code) + (int) (z % frequency)];
  }

  private static int raw(int symbol, int code) {
    int suffix = symbol >>> SUFFIX_SHIFT;
    int sign = (code >> 1) & 1;
    return (2 * suffix + sign) & ((1 << rawBits(symbol)) - 1);
  }

  private static int first(int symbol, int code) {
    return (code & 1) * TokenTables.SLOTS + ((symbol >>> FIRST_SHIFT) & (TokenTables.SLOTS - 1));
  }
}
