package llm265.data.symbol;

import llm265.numeric.AliasBuckets;

/** What coding with some frequencies takes: words of slots, alias tables of the small alphabet, and their inverse. */
public final class SymbolTables {
  private static final int BUCKET_SLOTS = 1 << DataKernels.BUCKET_BITS;

  private final int[] counts;
  private final boolean isFew;

  public SymbolTables(Frequencies frequencies, boolean isFew) {
    counts = frequencies.counts();
    this.isFew = isFew;
  }

  /** The words of slots for {@link DataKernels#decodeMany}, or all tables for {@link DataKernels#decodeFew}. */
  public int[] decoder() {
    if (isFew) {
      return aliases();
    }
    int[] words = new int[DataKernels.SLOTS];
    int slot = 0;
    for (int s = 0; s < counts.length; s++) {
      fill(words, slot, counts[s], 0, counts[s], s);
      slot += counts[s];
    }
    return words;
  }

  /** Words of slots of a symbol that lie one behind the other, from one of them on. */
  private static void fill(int[] words, int at, int count, int place, int frequency, int symbol) {
    int first = (symbol << DataKernels.SYMBOL_SHIFT) | frequency;
    for (int i = 0; i < count; i++) {
      words[at + i] = first + ((place + i) << DataKernels.PLACE_SHIFT);
    }
  }

  /** Tokens are the symbols that occur, in order. */
  private int[] aliases() {
    int[] tables = new int[DataKernels.FEW_SLOTS + DataKernels.SLOTS];
    int[] frequencies = new int[DataKernels.FEW];
    int tokens = 0;
    for (int s = 0; s < counts.length; s++) {
      if (counts[s] > 0) {
        tables[DataKernels.VALUES + tokens] = s;
        frequencies[tokens++] = counts[s];
      }
    }
    AliasBuckets.divide(frequencies, BUCKET_SLOTS, (bucket, filled, giver, giversFirst, ownFirst) -> {
      tables[bucket] = filled;
      putWord(tables, DataKernels.BEFORE + bucket, giver, giversFirst);
      fillBucket(tables, bucket, 0, filled, giver, giversFirst);
      putWord(tables, DataKernels.BEHIND + bucket, bucket, ownFirst - filled);
      fillBucket(tables, bucket, filled, BUCKET_SLOTS - filled, bucket, ownFirst);
    });
    return tables;
  }

  private void putWord(int[] tables, int at, int token, int adjustment) {
    tables[at] = (adjustment << DataKernels.ADJUSTMENT_SHIFT)
        | (counts[tables[DataKernels.VALUES + token]] << DataKernels.FREQUENCY_SHIFT)
        | token;
  }

  private void fillBucket(int[] tables, int bucket, int from, int count, int token, int place) {
    int symbol = tables[DataKernels.VALUES + token];
    fill(tables, DataKernels.FEW_SLOTS + bucket * BUCKET_SLOTS + from, count, place, counts[symbol], symbol);
  }

  /** For {@link DataKernels#encode}: frequencies and first numbers by symbol. */
  public int[] codes() {
    int[] codes = new int[256];
    int first = 0;
    for (int s = 0; s < counts.length; s++) {
      codes[s] = (first << DataKernels.SLOT_BITS) | counts[s];
      first += counts[s];
    }
    return codes;
  }

  /** For {@link DataKernels#encode}: slots by number, or null for the large alphabet. */
  public int[] slots() {
    if (!isFew) {
      return null;
    }
    int[] tables = aliases();
    int[] codes = codes();
    int[] slots = new int[DataKernels.SLOTS];
    for (int slot = 0; slot < DataKernels.SLOTS; slot++) {
      int word = tables[DataKernels.FEW_SLOTS + slot];
      int place = (word >>> DataKernels.PLACE_SHIFT) & (DataKernels.SLOTS - 1);
      slots[(codes[word >>> DataKernels.SYMBOL_SHIFT] >>> DataKernels.SLOT_BITS) + place] = slot;
    }
    return slots;
  }
}
