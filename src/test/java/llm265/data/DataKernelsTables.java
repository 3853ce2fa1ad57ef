package llm265.data;

import llm265.data.symbol.Frequencies;
import llm265.data.symbol.SymbolTables;

/** Tables of some symbols' frequencies, for tests of kernels. */
public record DataKernelsTables(int[] codes, int[] slots, int[] decoder) {
  /** Those of the first symbols, two of which are not the same. */
  public static DataKernelsTables of(byte[] symbols, int count, boolean isFew) {
    int[] occurrences = new int[256];
    for (int i = 0; i < count; i++) {
      occurrences[symbols[i] & 0xFF]++;
    }
    SymbolTables tables = new SymbolTables(Frequencies.of(occurrences), isFew);
    return new DataKernelsTables(tables.codes(), tables.slots(), tables.decoder());
  }
}
