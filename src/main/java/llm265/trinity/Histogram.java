package llm265.trinity;

/** How often each magnitude of each quantizer occurs, by class: what laws are fitted to. */
public final class Histogram {
  /** Greater magnitudes are counted as this one. */
  static final int GREATEST = ChunkKernels.WIDE_LENGTH - 1;

  private final long[][] counts;

  public Histogram(int classes) {
    counts = new long[classes][2 * (GREATEST + 1)];
  }

  void add(int valueClass, int quantizer, int magnitude) {
    counts[valueClass][quantizer * (GREATEST + 1) + Math.min(magnitude, GREATEST)]++;
  }

  long count(int valueClass, int quantizer, int magnitude) {
    return counts[valueClass][quantizer * (GREATEST + 1) + magnitude];
  }

  /** Number of values of a class. */
  public long values(int valueClass) {
    long sum = 0;
    for (long count : counts[valueClass]) {
      sum += count;
    }
    return sum;
  }
}
