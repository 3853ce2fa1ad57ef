package llm265.bench;

import java.util.Arrays;
import llm265.numeric.Logarithms;

/** Applies textbook quantizers to data, and measures their bits and their error. */
public final class TextbookQuantizers {
  private static final int GROUP = 128;
  private static final int SCALE_BITS = 16;
  private static final int LLOYD_ROUNDS = 200;
  private static final int SEARCH_STEPS = 40;

  private TextbookQuantizers() {}

  /** Mean squared deviation from the mean. */
  public static double variance(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / values.length;
    return squares / values.length - mean * mean;
  }

  /** Signal-to-noise ratio in dB. */
  public static double snr(double variance, double squaredError) {
    return squaredError == 0 ? Double.POSITIVE_INFINITY : 10 * StrictMath.log10(variance / squaredError);
  }

  /** Signal-to-noise ratio in dB of decoded values. */
  public static double snr(float[] values, float[] decoded) {
    double error = 0;
    for (int i = 0; i < values.length; i++) {
      error += StrictMath.pow((double) values[i] - decoded[i], 2);
    }
    return snr(variance(values), error / values.length);
  }

  /** RTN: symmetric rounding to 2^bits - 1 levels; each group of 128 values has a 16-bit scale from its greatest magnitude. */
  public static RatePoint roundToNearest(float[] values, int bits) {
    int greatest = Math.max(1, (1 << (bits - 1)) - 1);
    double error = 0;
    for (int first = 0; first < values.length; first += GROUP) {
      int end = Math.min(values.length, first + GROUP);
      float limit = 0;
      for (int i = first; i < end; i++) {
        limit = Math.max(limit, Math.abs(values[i]));
      }
      double scale = limit == 0 ? 1 : (double) limit / greatest;
      for (int i = first; i < end; i++) {
        error += StrictMath.pow(values[i] - scale * Math.rint(values[i] / scale), 2);
      }
    }
    return new RatePoint(bits + (double) SCALE_BITS / GROUP, snr(variance(values), error / values.length));
  }

  /** Lloyd-Max: the best 2^bits values for this data, at a fixed rate; 32 bits are counted for each of them. */
  public static RatePoint lloydMax(float[] values, int bits) {
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] sums = new double[sorted.length + 1];
    double[] squares = new double[sorted.length + 1];
    for (int i = 0; i < sorted.length; i++) {
      sums[i + 1] = sums[i] + sorted[i];
      squares[i + 1] = squares[i] + (double) sorted[i] * sorted[i];
    }
    int levels = 1 << bits;
    double[] points = new double[levels];
    for (int k = 0; k < levels; k++) {
      points[k] = sorted[(int) ((2L * k + 1) * sorted.length / (2L * levels))];
    }
    double error = 0;
    for (int round = 0; round < LLOYD_ROUNDS; round++) {
      error = 0;
      int from = 0;
      for (int k = 0; k < levels; k++) {
        int to = k == levels - 1 ? sorted.length : upperBound(sorted, (points[k] + points[k + 1]) / 2);
        int n = to - from;
        if (n > 0) {
          points[k] = (sums[to] - sums[from]) / n;
          error += squares[to] - squares[from] - n * points[k] * points[k];
        }
        from = Math.max(from, to);
      }
    }
    return new RatePoint(bits + 32.0 * levels / values.length, snr(variance(values), error / values.length));
  }

  private static int upperBound(float[] sorted, double limit) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= limit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * ECSQ: uniform steps, centroids as reconstruction, and an ideal coder of the levels, which are assumed independent. The
   * dead zone is the usual one of half a step; a search finds the step.
   *
   * @param bits wanted entropy
   */
  public static RatePoint entropyCoded(float[] values, double bits) {
    return search(values, point -> point.bits() > bits);
  }

  /** Like {@link #entropyCoded}, but at a quality: the bits that a uniform quantizer and an ideal coder need for it. */
  static RatePoint entropyCodedAt(float[] values, double snr) {
    return search(values, point -> point.snr() > snr);
  }

  private interface TooFine {
    boolean test(RatePoint point);
  }

  private static RatePoint search(float[] values, TooFine tooFine) {
    double deviation = Math.sqrt(variance(values));
    double low = deviation / 4096;
    double high = 16 * deviation;
    RatePoint point = new RatePoint(0, 0);
    for (int i = 0; i < SEARCH_STEPS && deviation > 0; i++) {
      double step = Math.sqrt(low * high);
      point = uniform(values, step);
      if (tooFine.test(point)) {
        low = step;
      } else {
        high = step;
      }
    }
    return point;
  }

  private static RatePoint uniform(float[] values, double step) {
    int half = 1 << 16;
    long[] counts = new long[2 * half + 1];
    double[] sums = new double[counts.length];
    double squares = 0;
    for (float value : values) {
      int level = (int) Math.clamp(Math.rint(value / step), -half, half) + half;
      counts[level]++;
      sums[level] += value;
      squares += (double) value * value;
    }
    double entropy = 0;
    double kept = 0;
    for (int level = 0; level < counts.length; level++) {
      if (counts[level] > 0) {
        entropy -= counts[level] * Logarithms.log2((double) counts[level] / values.length);
        kept += sums[level] * sums[level] / counts[level];
      }
    }
    return new RatePoint(entropy / values.length, snr(variance(values), (squares - kept) / values.length));
  }
}
