package llm265.data;

/** What coding with some frequencies takes: words of slots, alias tables of the small alphabet, and their inverse. */
final class SymbolTables {
  private static final int BUCKET_SLOTS = 1 << DataKernels.BUCKET_BITS;

  private final int[] counts;
  private final boolean isFew;

  SymbolTables(Frequencies frequencies, boolean isFew) {
    counts = frequencies.counts();
    this.isFew = isFew;
  }

  /** The words of slots for {@link DataKernels#decodeMany}, or all tables for {@link DataKernels#decodeFew}. */
  int[] decoder() {
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

  /** Each bucket is a token's that fits into one, filled up by another's. Tokens are the symbols that occur, in order. */
  private int[] aliases() {
    int[] tables = new int[DataKernels.FEW_SLOTS + DataKernels.SLOTS];
    int[] left = new int[DataKernels.FEW];
    int tokens = 0;
    for (int s = 0; s < counts.length; s++) {
      if (counts[s] > 0) {
        tables[DataKernels.VALUES + tokens] = s;
        left[tokens++] = counts[s];
      }
    }
    int[] given = new int[DataKernels.FEW];
    boolean[] done = new boolean[DataKernels.FEW];
    for (int i = 0; i < DataKernels.FEW; i++) {
      int under = first(left, done, true);
      int filled = BUCKET_SLOTS - left[under];
      int giver = filled > 0 ? first(left, done, false) : under;
      tables[under] = filled;
      putWord(tables, DataKernels.BEFORE + under, giver, given[giver]);
      fillBucket(tables, under, 0, filled, giver, given[giver]);
      if (giver != under) {
        given[giver] += filled;
        left[giver] -= filled;
      }
      putWord(tables, DataKernels.BEHIND + under, under, given[under] - filled);
      fillBucket(tables, under, filled, BUCKET_SLOTS - filled, under, given[under]);
      done[under] = true;
    }
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

  /** The lowest token that is not done and has less than a bucket's slots, or more; any where there is none. */
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

  /** For {@link DataKernels#encode}: frequencies and first numbers by symbol. */
  int[] codes() {
    int[] codes = new int[256];
    int first = 0;
    for (int s = 0; s < counts.length; s++) {
      codes[s] = (first << DataKernels.SLOT_BITS) | counts[s];
      first += counts[s];
    }
    return codes;
  }

  /** For {@link DataKernels#encode}: slots by number, or null for the large alphabet. */
  int[] slots() {
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
