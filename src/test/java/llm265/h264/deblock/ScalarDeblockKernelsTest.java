package llm265.h264.deblock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScalarDeblockKernelsTest {
  private static final int STRIDE = 32;
  private static final int OFFSET = 8 * STRIDE + 8;
  /** alpha 40, beta 10, tC0 4 inside; bS = 4 with the same alpha and beta on the edge of the macroblock. */
  private static final int[] THRESHOLDS = {40, 10, FilterThresholds.STRONG, 40, 10, 4};

  private final DeblockKernels kernels = new ScalarDeblockKernels();

  /** A plane in which every row, or column, is p3 p2 p1 p0 | q0 q1 q2 q3 around the edge before {@code position}. */
  private static short[] planeWithEdge(int position, boolean verticalEdge, int... line) {
    short[] samples = new short[32 * STRIDE];
    for (int i = 0; i < 32; i++) {
      for (int k = 0; k < 8; k++) {
        int across = position + 4 + k;
        samples[verticalEdge ? i * STRIDE + across : across * STRIDE + i] = (short) line[k];
      }
    }
    return samples;
  }

  private static int[] lineAt(short[] samples, int position, boolean verticalEdge, int along) {
    int[] line = new int[8];
    for (int k = 0; k < 8; k++) {
      int across = position + 4 + k;
      line[k] = samples[verticalEdge ? along * STRIDE + across : across * STRIDE + along];
    }
    return line;
  }

  private int[] filterLuma(int edge, boolean verticalEdge, int... line) {
    short[] samples = planeWithEdge(4 * edge, verticalEdge, line);
    kernels.filterLuma(
        samples, OFFSET, verticalEdge ? 1 : STRIDE, verticalEdge ? STRIDE : 1, 1 << edge, THRESHOLDS, 255, null);
    assertThat(lineAt(samples, 4 * edge, verticalEdge, 7)).as("before the edge's first sample").isEqualTo(line);
    assertThat(lineAt(samples, 4 * edge, verticalEdge, 24)).as("after its last").isEqualTo(line);
    int[] filtered = lineAt(samples, 4 * edge, verticalEdge, 8);
    for (int along = 9; along < 24; along++) {
      assertThat(lineAt(samples, 4 * edge, verticalEdge, along)).isEqualTo(filtered);
    }
    return filtered;
  }

  private int[] filterChroma(int edge, int length, int... line) {
    short[] samples = planeWithEdge(4 * edge, true, line);
    kernels.filterChroma(samples, OFFSET, 1, STRIDE, length, 1 << edge, THRESHOLDS, 255);
    assertThat(lineAt(samples, 4 * edge, true, 7)).isEqualTo(line);
    assertThat(lineAt(samples, 4 * edge, true, 8 + length)).isEqualTo(line);
    assertThat(lineAt(samples, 4 * edge, true, 7 + length)).isEqualTo(lineAt(samples, 4 * edge, true, 8));
    return lineAt(samples, 4 * edge, true, 8);
  }

  @Test
  void aSmallStepOnAMacroblockEdgeIsSmoothedOverThreeSamplesEachSide() {
    // |p0 - q0| = 8 < (40 >> 2) + 2 and both sides flat
    int[] line = {100, 100, 100, 100, 108, 108, 108, 108};
    int[] expected = {100, 101, 102, 103, 105, 106, 107, 108};
    assertThat(filterLuma(0, true, line)).isEqualTo(expected);
    assertThat(filterLuma(0, false, line)).isEqualTo(expected);
  }

  @Test
  void aLargerStepOnAMacroblockEdgeChangesOneSampleEachSide() {
    // |p0 - q0| = 20: p0' = (2 * 100 + 100 + 120 + 2) >> 2
    assertThat(filterLuma(0, true, 100, 100, 100, 100, 120, 120, 120, 120))
        .containsExactly(100, 100, 100, 105, 115, 120, 120, 120);
  }

  @Test
  void theSidesOfAStrongEdgeAreJudgedApart() {
    // |p2 - p0| = 12 is not below beta: only p0 changes there
    assertThat(filterLuma(0, true, 90, 88, 94, 100, 104, 104, 104, 104))
        .containsExactly(90, 88, 94, 98, 102, 103, 104, 104);
  }

  @Test
  void aStepInsideAMacroblockIsMovedByAtMostTc() {
    // delta = (4 * 20 - 20 + 4) >> 3 = 8, limited to tC0 + 2 = 6; p1 moves by (100 + 110 - 200) >> 1 = 5, limited to 4
    int[] line = {100, 100, 100, 100, 120, 120, 120, 120};
    int[] expected = {100, 100, 104, 106, 114, 116, 120, 120};
    for (int edge = 1; edge < 4; edge++) {
      assertThat(filterLuma(edge, true, line)).isEqualTo(expected);
      assertThat(filterLuma(edge, false, line)).isEqualTo(expected);
    }
  }

  @Test
  void roughSidesInsideAMacroblockTightenTheLimitAndKeepTheirSecondSample() {
    // |p2 - p0| = 14: tC = tC0 + 1, and p1 stays
    assertThat(filterLuma(1, true, 86, 86, 100, 100, 120, 120, 120, 120))
        .containsExactly(86, 86, 100, 105, 115, 116, 120, 120);
  }

  @Test
  void alphaAndBetaForbidFilteringRealEdges() {
    int[][] lines = {
      {100, 100, 100, 100, 140, 140, 140, 140}, // |p0 - q0| = alpha
      {100, 100, 110, 100, 101, 101, 101, 101}, // |p1 - p0| = beta
      {100, 100, 100, 100, 101, 111, 101, 101} // |q1 - q0| = beta
    };
    for (int[] line : lines) {
      for (int edge = 0; edge < 2; edge++) {
        assertThat(filterLuma(edge, true, line)).isEqualTo(line);
        assertThat(filterChroma(edge, 8, line)).isEqualTo(line);
      }
    }
  }

  @Test
  void chromaEdgesChangeOneSampleEachSide() {
    int[] line = {100, 100, 100, 100, 108, 108, 108, 108};
    assertThat(filterChroma(0, 8, line)).containsExactly(100, 100, 100, 102, 106, 108, 108, 108);
    // delta = (32 - 8 + 4) >> 3 = 3 within tC0 + 1
    assertThat(filterChroma(1, 16, line)).containsExactly(100, 100, 100, 103, 105, 108, 108, 108);
  }

  @Test
  void filteredSamplesStayInRange() {
    int[] thresholds = {255, 18, FilterThresholds.STRONG, 255, 18, 25};
    short[] samples = planeWithEdge(4, true, 17, 17, 17, 0, 0, 0, 0, 0);
    short[] inverted = planeWithEdge(4, true, 238, 238, 238, 255, 255, 255, 255, 255);
    kernels.filterChroma(samples, OFFSET, 1, STRIDE, 8, 2, thresholds, 255);
    kernels.filterChroma(inverted, OFFSET, 1, STRIDE, 8, 2, thresholds, 255);
    // delta = (0 + 17 + 4) >> 3 = 2: q0 would be -2; the other way round (0 - 17 + 4) >> 3 = -2, q0 257
    assertThat(lineAt(samples, 4, true, 8)).containsExactly(17, 17, 17, 2, 0, 0, 0, 0);
    assertThat(lineAt(inverted, 4, true, 8)).containsExactly(238, 238, 238, 253, 255, 255, 255, 255);
  }

  @Test
  void edgesAreFilteredInOrderEachOnTheResultOfTheOneBefore() {
    short[] all = new short[32 * STRIDE];
    for (int i = 0; i < all.length; i++) {
      all[i] = (short) (100 + (i % STRIDE / 4 * 7) % 13);
    }
    short[] oneByOne = all.clone();
    kernels.filterLuma(all, OFFSET, 1, STRIDE, 15, THRESHOLDS, 255, null);
    for (int edge = 0; edge < 4; edge++) {
      kernels.filterLuma(oneByOne, OFFSET, 1, STRIDE, 1 << edge, THRESHOLDS, 255, null);
    }
    assertThat(all).isEqualTo(oneByOne);
  }

  @Test
  void zeroThresholdsChangeNothing() {
    short[] samples = new short[32 * STRIDE];
    Arrays.fill(samples, (short) 50);
    short[] before = samples.clone();
    kernels.filterLuma(samples, OFFSET, 1, STRIDE, 15, new int[6], 255, null);
    kernels.filterChroma(samples, OFFSET, 1, STRIDE, 8, 3, new int[6], 255);
    assertThat(samples).isEqualTo(before);
  }
}
