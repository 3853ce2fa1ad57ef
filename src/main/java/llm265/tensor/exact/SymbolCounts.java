package llm265.tensor.exact;

import java.util.Arrays;
import java.util.Comparator;
import llm265.numeric.Logarithms;
import llm265.tensor.tools.ExactPlane;

/** How often symbols occur, and what follows from it. */
final class SymbolCounts {
  static final int SYMBOLS = 1 << ExactPlane.MOST_BITS;

  /** Approximate ratio of the bits that CABAC takes to the entropy of the symbols. */
  private static final double CODING_LOSS = 1.045;

  private SymbolCounts() {}

  /** How often each symbol of a group of bits occurs. */
  static long[] of(long[] patterns, int count, long mask) {
    long[] counts = new long[SYMBOLS];
    add(patterns, count, mask, counts);
    return counts;
  }

  static void add(long[] patterns, int count, long mask, long[] counts) {
    for (int i = 0; i < count; i++) {
      counts[(int) Long.compress(patterns[i], mask)]++;
    }
  }

  /** The counts of symbols without their low bits. */
  static long[] dropLow(long[] counts, int bits) {
    long[] sums = new long[SYMBOLS];
    for (int symbol = 0; symbol < SYMBOLS; symbol++) {
      sums[symbol >> bits] += counts[symbol];
    }
    return sums;
  }

  /** Bits per value that symbols may take on pictures, with some of their low bits raw. */
  static double expectedBits(long[] counts, int dropped) {
    return CODING_LOSS * entropy(dropLow(counts, dropped)) + dropped;
  }

  private static double entropy(long[] counts) {
    double count = Arrays.stream(counts).sum();
    double bits = 0;
    for (long occurrences : counts) {
      bits -= occurrences == 0 ? 0 : occurrences / count * Logarithms.log2(occurrences / count);
    }
    return bits;
  }

  /**
   * The plane that sorts symbols by frequency. Two neighbouring ranks lie at about the same distance from the middle. The more
   * frequent of them takes the side that brings the mean back to the middle, where DC prediction of samples is best.
   */
  static ExactPlane plane(long mask, int rows, long[] counts) {
    Integer[] order = new Integer[1 << rows * Long.bitCount(mask)];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingLong(symbol -> -counts[symbol]));
    int count = 1;
    while (count < order.length && counts[order[count]] > 0) {
      count++;
    }
    byte[] symbols = new byte[count];
    for (int rank = 0; rank < count; rank++) {
      symbols[rank] = (byte) (int) order[rank];
    }
    long moment = 0;
    for (int rank = 1; rank + 1 < count; rank += 2) {
      long difference = (counts[order[rank]] - counts[order[rank + 1]]) * ((rank + 1) >> 1);
      if (moment > 0) {
        symbols[rank] = (byte) (int) order[rank + 1];
        symbols[rank + 1] = (byte) (int) order[rank];
      }
      moment += moment > 0 ? -difference : difference;
    }
    return new ExactPlane(mask, rows, symbols, 0);
  }
}
