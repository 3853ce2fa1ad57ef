package llm265.trinity;

import java.util.Arrays;
import llm265.numeric.AliasBuckets;

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

  private void divideBuckets(int quantizer) {
    int[] counts = new int[Alphabet.TOKENS];
    Arrays.setAll(counts, t -> frequencies.count(quantizer, t));
    AliasBuckets.divide(counts, BUCKET_SLOTS, (token, filled, giver, giversFirst, ownFirst) -> {
      int bucket = 2 * token + quantizer;
      decoder[bucket] = filled;
      decoder[BUCKETS + bucket] = word(quantizer, giver, giversFirst);
      decoder[2 * BUCKETS + bucket] = word(quantizer, token, ownFirst - filled);
    });
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
}
