package llm265.baseline.kv;

import java.util.Arrays;

/** Sizes and times of the pages of a method, over all sequences. Thread-safe. */
public final class PageStatistics {
  private static final int BYTES_OF_RAW = 2;

  private int[] sizes = new int[64];
  private int count;
  private long values;
  private long encodeNanos;
  private long decodeNanos;

  /** @param pageValues elements of keys or values that the page has */
  public synchronized void add(int bytes, long pageValues, long nanosToEncode, long nanosToDecode) {
    if (count == sizes.length) {
      sizes = Arrays.copyOf(sizes, 2 * count);
    }
    sizes[count++] = bytes;
    values += pageValues;
    encodeNanos += nanosToEncode;
    decodeNanos += nanosToDecode;
  }

  public synchronized int pages() {
    return count;
  }

  /** Mean size of a page in bytes. */
  public synchronized double meanBytes() {
    return Arrays.stream(sizes, 0, count).average().orElse(Double.NaN);
  }

  /** The size that 99 % of the pages do not exceed. */
  public synchronized double bytes99() {
    int[] sorted = Arrays.stream(sizes, 0, count).sorted().toArray();
    return count == 0 ? Double.NaN : sorted[(int) ((99L * count + 99) / 100) - 1];
  }

  /** Bytes of 16-bit elements that are encoded in a second by one thread. */
  public synchronized double encodeRate() {
    return rate(encodeNanos);
  }

  /** The same of decoding. */
  public synchronized double decodeRate() {
    return rate(decodeNanos);
  }

  private double rate(long nanos) {
    return nanos == 0 ? Double.NaN : 1e9 * BYTES_OF_RAW * values / nanos;
  }
}
