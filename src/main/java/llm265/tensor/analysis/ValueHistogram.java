package llm265.tensor.analysis;

import llm265.tensor.values.TensorKernels;

/**
 * Counts of deviations from a centre, in bins of a sixteenth of an octave on either side of zero.
 *
 * <p>Counts are integers, so that they do not depend on the order in which blocks of values are merged.
 */
final class ValueHistogram {
  /** Sign, exponent and four bits of mantissa of a binary32. */
  private static final int DROPPED_BITS = 19;

  /** Bins of one sign, those of infinity and NaN included. */
  static final int MAGNITUDES = 1 << 12;

  /** Number of values whose bins are found together. */
  private static final int PIECE = 1 << 10;

  /** Counts of every other value are separate, since an increment waits for the one before it if that was of the same bin. */
  private final long[] counts = new long[2 * MAGNITUDES];
  private final long[] otherCounts = new long[2 * MAGNITUDES];
  /** Bins of the values that are being counted. */
  private final int[] bins = new int[PIECE];

  /** Counts a row of values; values that are not finite have their own bins. */
  void add(float[] values, int offset, int count, float centre) {
    for (int i = 0; i < count; i += PIECE) {
      int here = Math.min(PIECE, count - i);
      TensorKernels.ACTIVE.bins(values, offset + i, here, centre, DROPPED_BITS, bins);
      add(here);
    }
  }

  private void add(int count) {
    for (int i = count & 1; i < count; i += 2) {
      counts[bins[i]]++;
      otherCounts[bins[i + 1]]++;
    }
    if ((count & 1) != 0) {
      counts[bins[0]]++;
    }
  }

  void add(ValueHistogram other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.count(i);
    }
  }

  private long count(int bin) {
    return counts[bin] + otherCounts[bin];
  }

  /** Number of positive (or zero) deviations in the bin of a magnitude. */
  long positive(int magnitude) {
    return count(magnitude);
  }

  long negative(int magnitude) {
    return count(MAGNITUDES + magnitude);
  }

  /** Least magnitude of a bin. */
  static double lowerEdge(int magnitude) {
    return Float.intBitsToFloat(magnitude << DROPPED_BITS);
  }

  /** The middle of a bin; the first bin, of the least denormals and zero, stands for zero. */
  static double middle(int magnitude) {
    return magnitude == 0 ? 0 : Float.intBitsToFloat((magnitude << DROPPED_BITS) + (1 << (DROPPED_BITS - 1)));
  }

  /** The bin of infinite deviations; those of NaN follow. */
  static int infinity() {
    return Float.floatToRawIntBits(Float.POSITIVE_INFINITY) >>> DROPPED_BITS;
  }
}
