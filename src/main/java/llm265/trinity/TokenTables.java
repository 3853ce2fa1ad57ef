package llm265.trinity;

import java.util.Arrays;

/**
 * What coding with some frequencies takes: alias tables of 16 buckets of 256 slots for each quantizer, and their inverse.
 * SPEC.md, "Alias tables". Immutable.
 *
 * <p>A word of an alias table says all of a slot: bits 19 to 31 what is added to its place in the bucket to have its place among
 * the token's slots, signed; bits 7 to 18 the token's frequency, 4 to 6 its raw bits, 0 to 3 the token.
 */
public final class TokenTables {
  /** Buckets of both quantizers. */
  public static final int BUCKETS = 32;

  public static final int SLOT_BITS = TokenFrequencies.TOTAL_BITS;
  public static final int SLOTS = 1 << SLOT_BITS;
  public static final int BUCKET_BITS = 8;
  public static final int BUCKET_SLOTS = 1 << BUCKET_BITS;

  public static final int ADJUSTMENT_SHIFT = 19;
  public static final int FREQUENCY_SHIFT = 7;
  public static final int RAW_BITS_SHIFT = 4;

  /**
   * A law's part of the decoder's tables: places of the divisions, words before them, words behind them. In each the first bucket
   * of both quantizers comes first, then the second of both, and so on.
   */
  public static final int DECODER_LENGTH = 3 * BUCKETS;

  private final TokenFrequencies frequencies;
  private final int[] decoder = new int[DECODER_LENGTH];
  /** Slots of its quantizer's tokens before each token, by quantizer and token. */
  private final int[] firsts = new int[2 * Alphabet.TOKENS];

  TokenTables(TokenFrequencies frequencies) {
    this.frequencies = frequencies;
    for (int q = 0; q < 2; q++) {
      divideBuckets(q);
    }
    for (int i = 0; i < firsts.length; i++) {
      int token = i % Alphabet.TOKENS;
      firsts[i] = token == 0 ? 0 : firsts[i - 1] + frequencies.count(i / Alphabet.TOKENS, token - 1);
    }
  }

  private int word(int quantizer, int token, int adjustment) {
    return (adjustment << ADJUSTMENT_SHIFT)
        | (frequencies.count(quantizer, token) << FREQUENCY_SHIFT)
        | (frequencies.alphabet().rawBits(token) << RAW_BITS_SHIFT)
        | token;
  }

  /** Each bucket is a token's that fits into one, filled up by another's. */
  private void divideBuckets(int quantizer) {
    int[] left = new int[Alphabet.TOKENS];
    Arrays.setAll(left, t -> frequencies.count(quantizer, t));
    int[] given = new int[Alphabet.TOKENS];
    boolean[] done = new boolean[Alphabet.TOKENS];
    for (int i = 0; i < Alphabet.TOKENS; i++) {
      int under = first(left, done, true);
      int filled = BUCKET_SLOTS - left[under];
      int giver = filled > 0 ? first(left, done, false) : under;
      int bucket = 2 * under + quantizer;
      decoder[bucket] = filled;
      decoder[BUCKETS + bucket] = word(quantizer, giver, given[giver]);
      if (giver != under) {
        given[giver] += filled;
        left[giver] -= filled;
      }
      decoder[2 * BUCKETS + bucket] = word(quantizer, under, given[under] - filled);
      done[under] = true;
    }
  }

  /** The lowest token that is not done and has less than a bucket's slots, or more; any where there is none with less. */
  private static int first(int[] left, boolean[] done, boolean under) {
    int any = -1;
    for (int t = 0; t < left.length; t++) {
      if (!done[t] && (under ? left[t] < BUCKET_SLOTS : left[t] > BUCKET_SLOTS)) {
        return t;
      }
      any = any < 0 && !done[t] ? t : any;
    }
    return any;
  }

  /** The word of a slot, of tables from {@code at} on. */
  static int word(int[] decoder, int at, int quantizer, int slot) {
    int bucket = at + 2 * (slot >> BUCKET_BITS) + quantizer;
    // Which side of the division it is on is anybody's guess: no branch.
    int before = ((slot & (BUCKET_SLOTS - 1)) - decoder[bucket]) >> 31;
    return decoder[bucket + 2 * BUCKETS + (before & -BUCKETS)];
  }

  TokenFrequencies frequencies() {
    return frequencies;
  }

  /** Writes {@link #DECODER_LENGTH} numbers from {@code at} on. */
  void copyDecoder(int[] to, int at) {
    System.arraycopy(decoder, 0, to, at, DECODER_LENGTH);
  }

  /** Index of a token's first slot among those of its quantizer, token after token. */
  int first(int quantizer, int token) {
    return firsts[quantizer * Alphabet.TOKENS + token];
  }

  /** Writes the slots of each quantizer from {@code at} on, token after token. */
  void copySlots(int[] to, int at) {
    for (int q = 0; q < 2; q++) {
      for (int slot = 0; slot < SLOTS; slot++) {
        int word = word(decoder, 0, q, slot);
        int place = (slot & (BUCKET_SLOTS - 1)) + (word >> ADJUSTMENT_SHIFT);
        to[at + q * SLOTS + first(q, word & (Alphabet.TOKENS - 1)) + place] = slot;
      }
    }
  }

  /** What a magnitude costs with its sign, in bits. */
  double bits(int quantizer, int magnitude) {
    int token = frequencies.token(quantizer, magnitude);
    int count = frequencies.count(quantizer, token);
    double bits = SLOT_BITS - (double) BinaryLogarithm.log2(count) / (1 << BinaryLogarithm.FRACTION)
        + frequencies.alphabet().rawBits(token);
    return token == Alphabet.ESCAPE ? bits + 16 : bits;
  }
}
