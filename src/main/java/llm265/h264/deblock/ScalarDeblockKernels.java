package llm265.h264.deblock;

/** The reference: 8.7.2 Filtering process for a set of samples across a horizontal or vertical block edge. */
public final class ScalarDeblockKernels implements DeblockKernels {
  @Override
  public void filterLuma(short[] samples, int offset, int across, int along, int edges, int[] thresholds, int maxSample,
      short[] scratch) {
    for (int edge = 0; edge < 4; edge++) {
      if (((edges >> edge) & 1) == 0) {
        continue;
      }
      int at = edge == 0 ? 0 : FilterThresholds.COUNT;
      filterLumaEdge(samples, offset + 4 * edge * across, across, along, 16, thresholds, at, maxSample);
    }
  }

  /** One edge of {@code length} samples, chromaStyleFilteringFlag = 0; its thresholds begin at {@code at}. */
  static void filterLumaEdge(
      short[] samples, int offset, int across, int along, int length, int[] thresholds, int at, int maxSample) {
    int alpha = thresholds[at + FilterThresholds.ALPHA];
    int beta = thresholds[at + FilterThresholds.BETA];
    int tC0 = thresholds[at + FilterThresholds.TC0];
    if (alpha == 0 || beta == 0) {
      return;
    }
    int q0 = offset;
    for (int k = 0; k < length; k++) {
      if (filterSamplesFlag(samples, q0, across, alpha, beta)) {
        if (tC0 == FilterThresholds.STRONG) {
          filterLumaStrong(samples, q0, across, alpha, beta);
        } else {
          filterLumaNormal(samples, q0, across, beta, tC0, maxSample);
        }
      }
      q0 += along;
    }
  }

  @Override
  public void filterChroma(
      short[] samples, int offset, int across, int along, int length, int edges, int[] thresholds, int maxSample) {
    for (int edge = 0; edge < 4; edge++) {
      if (((edges >> edge) & 1) == 0) {
        continue;
      }
      int at = edge == 0 ? 0 : FilterThresholds.COUNT;
      filterChromaEdge(samples, offset + 4 * edge * across, across, along, length, thresholds, at, maxSample);
    }
  }

  /** One edge of {@code length} samples, chromaStyleFilteringFlag = 1; its thresholds begin at {@code at}. */
  static void filterChromaEdge(
      short[] samples, int offset, int across, int along, int length, int[] thresholds, int at, int maxSample) {
    int alpha = thresholds[at + FilterThresholds.ALPHA];
    int beta = thresholds[at + FilterThresholds.BETA];
    int tC0 = thresholds[at + FilterThresholds.TC0];
    if (alpha == 0 || beta == 0) {
      return;
    }
    int q0 = offset;
    for (int k = 0; k < length; k++) {
      if (filterSamplesFlag(samples, q0, across, alpha, beta)) {
        if (tC0 == FilterThresholds.STRONG) {
          filterChromaStrong(samples, q0, across);
        } else {
          filterNearest(samples, q0, across, tC0 + 1, maxSample);
        }
      }
      q0 += along;
    }
  }

  /** (8-468), given that bS is not 0. */
  private static boolean filterSamplesFlag(short[] samples, int at, int across, int alpha, int beta) {
    int p0 = samples[at - across];
    int q0 = samples[at];
    return Math.abs(p0 - q0) < alpha
        && Math.abs(samples[at - 2 * across] - p0) < beta
        && Math.abs(samples[at + across] - q0) < beta;
  }

  /** 8.7.2.3 Filtering process for edges with bS less than 4, luma. */
  private static void filterLumaNormal(short[] samples, int at, int across, int beta, int tC0, int maxSample) {
    int p2 = samples[at - 3 * across];
    int p1 = samples[at - 2 * across];
    int p0 = samples[at - across];
    int q0 = samples[at];
    int q1 = samples[at + across];
    int q2 = samples[at + 2 * across];
    int tC = tC0;
    if (Math.abs(p2 - p0) < beta) {
      tC++;
      samples[at - 2 * across] = (short) (p1 + clip3(-tC0, tC0, (p2 + ((p0 + q0 + 1) >> 1) - 2 * p1) >> 1));
    }
    if (Math.abs(q2 - q0) < beta) {
      tC++;
      samples[at + across] = (short) (q1 + clip3(-tC0, tC0, (q2 + ((p0 + q0 + 1) >> 1) - 2 * q1) >> 1));
    }
    int delta = clip3(-tC, tC, (4 * (q0 - p0) + (p1 - q1) + 4) >> 3);
    samples[at - across] = (short) clip3(0, maxSample, p0 + delta);
    samples[at] = (short) clip3(0, maxSample, q0 - delta);
  }

  /** 8.7.2.3 for chroma: p0 and q0 alone change. */
  private static void filterNearest(short[] samples, int at, int across, int tC, int maxSample) {
    int p0 = samples[at - across];
    int q0 = samples[at];
    int delta = clip3(-tC, tC, (4 * (q0 - p0) + (samples[at - 2 * across] - samples[at + across]) + 4) >> 3);
    samples[at - across] = (short) clip3(0, maxSample, p0 + delta);
    samples[at] = (short) clip3(0, maxSample, q0 - delta);
  }

  /** 8.7.2.4 Filtering process for edges with bS equal to 4, luma. */
  private static void filterLumaStrong(short[] samples, int at, int across, int alpha, int beta) {
    int p2 = samples[at - 3 * across];
    int p1 = samples[at - 2 * across];
    int p0 = samples[at - across];
    int q0 = samples[at];
    int q1 = samples[at + across];
    int q2 = samples[at + 2 * across];
    boolean smallGap = Math.abs(p0 - q0) < (alpha >> 2) + 2;
    if (smallGap && Math.abs(p2 - p0) < beta) {
      int p3 = samples[at - 4 * across];
      samples[at - across] = (short) ((p2 + 2 * p1 + 2 * p0 + 2 * q0 + q1 + 4) >> 3);
      samples[at - 2 * across] = (short) ((p2 + p1 + p0 + q0 + 2) >> 2);
      samples[at - 3 * across] = (short) ((2 * p3 + 3 * p2 + p1 + p0 + q0 + 4) >> 3);
    } else {
      samples[at - across] = (short) ((2 * p1 + p0 + q1 + 2) >> 2);
    }
    if (smallGap && Math.abs(q2 - q0) < beta) {
      int q3 = samples[at + 3 * across];
      samples[at] = (short) ((p1 + 2 * p0 + 2 * q0 + 2 * q1 + q2 + 4) >> 3);
      samples[at + across] = (short) ((p0 + q0 + q1 + q2 + 2) >> 2);
      samples[at + 2 * across] = (short) ((2 * q3 + 3 * q2 + q1 + q0 + p0 + 4) >> 3);
    } else {
      samples[at] = (short) ((2 * q1 + q0 + p1 + 2) >> 2);
    }
  }

  /** 8.7.2.4 for chroma. */
  private static void filterChromaStrong(short[] samples, int at, int across) {
    int p1 = samples[at - 2 * across];
    int p0 = samples[at - across];
    int q0 = samples[at];
    int q1 = samples[at + across];
    samples[at - across] = (short) ((2 * p1 + p0 + q1 + 2) >> 2);
    samples[at] = (short) ((2 * q1 + q0 + p1 + 2) >> 2);
  }

  private static int clip3(int low, int high, int value) {
    return Math.max(low, Math.min(high, value));
  }
}
