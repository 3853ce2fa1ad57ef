package llm265.packed;

import java.util.Arrays;

/**
 * Divides items, which have symbols, among classes with frequencies of their own so that all take the fewest bits: each item goes
 * to the class in which it takes the fewest, and classes become what their items are, in turns.
 */
final class ClassSearch {
  private static final int[] CLASS_COUNTS = {2, 4, 8, 16};

  /** Classes at most of symbols of eight bits, whose frequencies take many bytes. */
  private static final int MOST_OF_MANY = 8;

  /** Symbols that are told apart here; neighbours count as one where there are more. */
  private static final int BINS = 64;

  private static final int ROUNDS = 3;

  /** Items that classes are learnt from. */
  private static final int LEARNT = 512;

  /** What a class has of every symbol before it has any. */
  private static final double PRIOR = 0.05;

  /** Bits of a frequency in a table, about. */
  private static final double FREQUENCY_BITS = 7;

  private static final double INVERSE = 1 / StrictMath.log(2);

  /** Items that ways to begin are tried on. */
  private static final int TRIED = 256;

  /** Part of a symbol's bits from which on symbols count as noise, in which no classes are sought. */
  private static final double NOISE = 0.995;

  private static final double[] BITS = bitsOfFrequencies();

  private final int items;
  private final int bins;
  private final int[] histograms;
  private final int[] totals;
  private final boolean isExplicit;
  private final double tableBits;
  private final boolean isMany;

  /** Classes of items, numbered from 0 on. */
  record Classes(int count, byte[] of) {}

  /**
   * @param symbols of the plane
   * @param itemOf item of each block; null where blocks are items, {@code group} of them each
   * @param isExplicit whether items' classes take bits
   */
  ClassSearch(byte[] symbols, int[] starts, int[] itemOf, int group, int items, boolean isExplicit) {
    this.items = items;
    this.isExplicit = isExplicit;
    int blocks = starts.length - 1;
    int[] bin = bins(symbols, starts[blocks]);
    int different = bin[256];
    bins = Math.min(BINS, different);
    isMany = different > BINS;
    tableBits = different * FREQUENCY_BITS + Byte.SIZE;
    histograms = new int[items * bins];
    totals = new int[items];
    for (int b = 0; b < blocks; b++) {
      int item = itemOf == null ? b / group : itemOf[b];
      int at = item * bins;
      for (int i = starts[b]; i < starts[b + 1]; i++) {
        histograms[at + bin[symbols[i] & 0xFF]]++;
      }
      totals[item] += starts[b + 1] - starts[b];
    }
  }

  /** Bits of a symbol of some frequency, 1 to 4096. */
  static double bits(int frequency) {
    return BITS[frequency];
  }

  private static double[] bitsOfFrequencies() {
    double[] bits = new double[4097];
    for (int f = 1; f <= 4096; f++) {
      bits[f] = 12 - logarithm(f);
    }
    return bits;
  }

  private static double logarithm(double x) {
    return StrictMath.log(x) * INVERSE;
  }

  /** The bin of each symbol, in order, and the number of symbols that occur. */
  private static int[] bins(byte[] symbols, int count) {
    int[] bin = new int[257];
    for (int i = 0; i < count; i++) {
      bin[symbols[i] & 0xFF] = 1;
    }
    int different = 0;
    for (int s = 0; s < 256; s++) {
      int occurs = bin[s];
      bin[s] = different;
      different += occurs;
    }
    for (int s = 0; s < 256 && different > BINS; s++) {
      bin[s] = bin[s] * BINS / different;
    }
    bin[256] = different;
    return bin;
  }

  /** The best classes, or one. */
  Classes search() {
    byte[] one = new byte[items];
    double least = cost(one, 1, 1);
    Classes best = new Classes(1, one);
    if (isNoise(least)) {
      return best;
    }
    double[] means = means();
    double[] spreads = spreads(means);
    int way = bestWay(means, spreads);
    for (int count : CLASS_COUNTS) {
      if (count > items || isMany && count > MOST_OF_MANY) {
        break;
      }
      byte[] classes = begin(way, count, means, spreads);
      double bits = refine(classes, count);
      if (bits < least) {
        least = bits;
        best = new Classes(count, classes);
      } else if (best.count > 1) {
        break;
      }
    }
    return best;
  }

  /** Whether all symbols are as frequent as each other. */
  private boolean isNoise(double bits) {
    long all = 0;
    for (int total : totals) {
      all += total;
    }
    return isExplicit && bits - tableBits > NOISE * all * logarithm(bins);
  }

  /** The way of beginning that is best with four classes. */
  private int bestWay(double[] means, double[] spreads) {
    int best = 0;
    double least = Double.MAX_VALUE;
    int stride = Math.max(1, items / TRIED);
    for (int way = 0; way < 3 && items >= 4; way++) {
      byte[] classes = begin(way, 4, means, spreads);
      assign(classes, 4, costs(classes, 4, stride), stride);
      double bits = cost(classes, 4, stride);
      if (bits < least) {
        least = bits;
        best = way;
      }
    }
    return best;
  }

  private byte[] begin(int way, int count, double[] means, double[] spreads) {
    return way == 0 ? parts(means, count) : way == 1 ? parts(spreads, count) : grid(means, spreads, count);
  }

  private double[] means() {
    double[] means = new double[items];
    for (int i = 0; i < items; i++) {
      long sum = 0;
      for (int s = 0; s < bins; s++) {
        sum += (long) s * histograms[i * bins + s];
      }
      means[i] = totals[i] == 0 ? 0 : (double) sum / totals[i];
    }
    return means;
  }

  private double[] spreads(double[] means) {
    double[] spreads = new double[items];
    for (int i = 0; i < items; i++) {
      double sum = 0;
      for (int s = 0; s < bins; s++) {
        double d = s - means[i];
        sum += d * d * histograms[i * bins + s];
      }
      spreads[i] = totals[i] == 0 ? 0 : sum / totals[i];
    }
    return spreads;
  }

  /** Classes of about as many symbols each, by a number of the items. */
  private byte[] parts(double[] by, int count) {
    Integer[] order = new Integer[items];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> by[a] != by[b] ? Double.compare(by[a], by[b]) : Integer.compare(a, b));
    long all = 0;
    for (int total : totals) {
      all += total;
    }
    byte[] classes = new byte[items];
    long before = 0;
    for (int item : order) {
      classes[item] = (byte) Math.min(count - 1, before * count / Math.max(1, all));
      before += totals[item];
    }
    return classes;
  }

  private byte[] grid(double[] means, double[] spreads, int count) {
    int ofMeans = count == 2 ? 1 : count / 2;
    byte[] classes = parts(means, ofMeans);
    byte[] other = parts(spreads, count / ofMeans);
    for (int i = 0; i < items; i++) {
      classes[i] = (byte) (classes[i] * (count / ofMeans) + other[i]);
    }
    return classes;
  }

  /** Improves classes in place; returns what all takes, in bits. */
  private double refine(byte[] classes, int count) {
    int stride = Math.max(1, items / LEARNT);
    for (int round = 0; round < ROUNDS; round++) {
      assign(classes, count, costs(classes, count, stride), stride);
    }
    if (stride > 1) {
      assign(classes, count, costs(classes, count, stride), 1);
    }
    return cost(classes, count, 1);
  }

  /** What a symbol takes in each class, by bin and class, and then what naming a class takes. */
  private double[] costs(byte[] classes, int count, int stride) {
    double[] sums = new double[(bins + 1) * count];
    Arrays.fill(sums, PRIOR);
    double[] all = new double[count];
    double named = 0;
    for (int i = 0; i < items; i += stride) {
      for (int s = 0; s < bins; s++) {
        sums[s * count + classes[i]] += histograms[i * bins + s];
      }
      sums[bins * count + classes[i]]++;
      named++;
    }
    for (int s = 0; s < bins; s++) {
      for (int c = 0; c < count; c++) {
        all[c] += sums[s * count + c];
      }
    }
    for (int s = 0; s < bins; s++) {
      for (int c = 0; c < count; c++) {
        sums[s * count + c] = logarithm(all[c] / sums[s * count + c]);
      }
    }
    for (int c = 0; c < count; c++) {
      double share = logarithm((named + count * PRIOR) / sums[bins * count + c]);
      sums[bins * count + c] = isExplicit ? share : 0;
    }
    return sums;
  }

  private void assign(byte[] classes, int count, double[] costs, int stride) {
    double[] bits = new double[count];
    for (int i = 0; i < items; i += stride) {
      System.arraycopy(costs, bins * count, bits, 0, count);
      for (int s = 0; s < bins; s++) {
        int n = histograms[i * bins + s];
        if (n > 0) {
          for (int c = 0; c < count; c++) {
            bits[c] += n * costs[s * count + c];
          }
        }
      }
      int best = 0;
      for (int c = 1; c < count; c++) {
        best = bits[c] < bits[best] ? c : best;
      }
      classes[i] = (byte) best;
    }
  }

  /** What all takes with the classes of every {@code stride}-th item, in bits. */
  private double cost(byte[] classes, int count, int stride) {
    double[] costs = costs(classes, count, stride);
    double bits = 0;
    boolean[] isUsed = new boolean[count];
    for (int i = 0; i < items; i += stride) {
      for (int s = 0; s < bins; s++) {
        bits += histograms[i * bins + s] * costs[s * count + classes[i]];
      }
      bits += count == 1 ? 0 : costs[bins * count + classes[i]];
      isUsed[classes[i]] |= totals[i] > 0;
    }
    for (boolean used : isUsed) {
      bits += used ? tableBits : 0;
    }
    return bits + (count == 1 ? 0 : isExplicit ? 64 : 2.0 * items / 4);
  }
}
