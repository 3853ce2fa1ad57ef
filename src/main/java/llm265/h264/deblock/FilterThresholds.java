package llm265.h264.deblock;

/** 8.7.2.2 Derivation process for the thresholds for each block edge, with Tables 8-16 and 8-17. */
final class FilterThresholds {
  /** The thresholds of an edge take three elements: alpha, beta, and tC0, which is {@link #STRONG} for bS = 4. */
  static final int ALPHA = 0;
  static final int BETA = 1;
  static final int TC0 = 2;
  static final int COUNT = 3;

  /** Stands for tC0: bS is 4, and tC0 is not used. */
  static final int STRONG = -1;

  /** Table 8-16: alpha' by indexA. */
  private static final int[] ALPHA_OF_INDEX_A = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 5, 6, 7, 8, 9, 10, 12, 13,
    15, 17, 20, 22, 25, 28, 32, 36, 40, 45, 50, 56, 63, 71, 80, 90, 101, 113, 127, 144, 162, 182, 203, 226, 255, 255
  };

  /** Table 8-16: beta' by indexB. */
  private static final int[] BETA_OF_INDEX_B = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4,
    6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18, 18
  };

  /** Table 8-17: t'C0 by indexA for bS = 3, the only value below 4 between intra macroblocks. */
  private static final int[] TC0_OF_INDEX_A = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 6, 6, 7, 8, 9, 10, 11, 13, 14, 16, 18, 20, 23, 25
  };

  private FilterThresholds() {}

  /**
   * Derives the thresholds of an edge.
   *
   * @param qPav average of the quantization parameters on its two sides (8-461)
   * @param bS 3 or 4
   * @param thresholds receives three elements at {@code at}
   */
  static void derive(
      int qPav, DeblockingParameters slice, int bS, int bitDepth, int[] thresholds, int at) {
    int indexA = Math.max(0, Math.min(51, qPav + slice.filterOffsetA()));
    int indexB = Math.max(0, Math.min(51, qPav + slice.filterOffsetB()));
    thresholds[at + ALPHA] = ALPHA_OF_INDEX_A[indexA] << (bitDepth - 8);
    thresholds[at + BETA] = BETA_OF_INDEX_B[indexB] << (bitDepth - 8);
    thresholds[at + TC0] = bS == 4 ? STRONG : TC0_OF_INDEX_A[indexA] << (bitDepth - 8);
  }
}
