package llm265.fidelity;

import java.util.Arrays;

/** Spearman's rank correlation: Pearson's correlation of ranks, equal values sharing the mean of theirs. */
final class RankCorrelation {
  private RankCorrelation() {}

  /**
   * The correlation of two lists of the same length.
   *
   * @return -1 to 1; NaN if all values of a list are equal, or there are fewer than 2
   */
  static double of(double[] a, double[] b) {
    double[] ranksOfA = ranks(a);
    double[] ranksOfB = ranks(b);
    // The mean of all ranks, whether some are shared or not.
    double mean = (a.length - 1) / 2.0;
    double product = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      double da = ranksOfA[i] - mean;
      double db = ranksOfB[i] - mean;
      product += da * db;
      squaresOfA += da * da;
      squaresOfB += db * db;
    }
    return product / Math.sqrt(squaresOfA * squaresOfB);
  }

  private static double[] ranks(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] shared = new double[sorted.length];
    for (int first = 0; first < sorted.length; ) {
      int end = first + 1;
      while (end < sorted.length && sorted[end] == sorted[first]) {
        end++;
      }
      Arrays.fill(shared, first, end, (first + end - 1) / 2.0);
      first = end;
    }
    double[] ranks = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      ranks[i] = shared[Arrays.binarySearch(sorted, values[i])];
    }
    return ranks;
  }
}
