package llm265.tensor.exact;

import llm265.numeric.Logarithms;

/** Finds macroblocks whose levels take more bits than their symbols have. */
final class NoisyMacroblocks {
  /** Bits per level that must be saved, since costs are guessed. */
  private static final double MARGIN = 0.3;

  /** From here on, levels have a suffix of bits that are as likely 0 as 1 (9.3.2.3). */
  private static final int PREFIX = 14;

  /** The entropy of a two-sided exponential law is log2(2 e) plus that of its mean magnitude. */
  private static final double LAW_BITS = 2.44;

  private static final double LEAST_MEAN = 0.05;

  private NoisyMacroblocks() {}

  /** Whether the 256 levels from {@code at} on take more than {@code bits} each. */
  static boolean isOne(short[] levels, int at, int bits) {
    int sum = 0;
    int suffixes = 0;
    for (int i = at; i < at + 256; i++) {
      int magnitude = Math.abs(levels[i]);
      sum += Math.min(magnitude, PREFIX);
      suffixes += magnitude > PREFIX ? 63 - 2 * Integer.numberOfLeadingZeros(magnitude - PREFIX) : 0;
    }
    double mean = Math.max(LEAST_MEAN, sum / 256.0);
    return suffixes / 256.0 + LAW_BITS + Logarithms.log2(mean) > bits + MARGIN;
  }
}
