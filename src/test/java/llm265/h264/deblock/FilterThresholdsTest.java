package llm265.h264.deblock;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FilterThresholdsTest {
  private static int[] derive(int qPav, int offsetA, int offsetB, int bS, int bitDepth) {
    int[] thresholds = new int[4];
    FilterThresholds.derive(
        qPav, new DeblockingParameters(0, offsetA, offsetB, 0, 0), bS, bitDepth, thresholds, 1);
    return new int[] {thresholds[1], thresholds[2], thresholds[3]};
  }

  @Test
  void valuesOfTables816And817() {
    assertThat(derive(15, 0, 0, 3, 8)).containsExactly(0, 0, 0);
    assertThat(derive(16, 0, 0, 3, 8)).containsExactly(4, 2, 0);
    assertThat(derive(17, 0, 0, 3, 8)).containsExactly(4, 2, 1);
    assertThat(derive(26, 0, 0, 3, 8)).containsExactly(15, 6, 1);
    assertThat(derive(27, 0, 0, 3, 8)).containsExactly(17, 6, 2);
    assertThat(derive(37, 0, 0, 3, 8)).containsExactly(56, 11, 5);
    assertThat(derive(45, 0, 0, 3, 8)).containsExactly(144, 15, 13);
    assertThat(derive(51, 0, 0, 3, 8)).containsExactly(255, 18, 25);
  }

  @Test
  void offsetsMoveTheIndicesApartAndAreClipped() {
    assertThat(derive(26, 6, -6, 3, 8)).containsExactly(32, 3, 3);
    assertThat(derive(50, 12, 12, 3, 8)).containsExactly(255, 18, 25);
    assertThat(derive(-12, -12, -12, 3, 8)).containsExactly(0, 0, 0);
  }

  @Test
  void strongEdgesHaveNoTc0() {
    assertThat(derive(30, 0, 0, 4, 8)).containsExactly(25, 8, FilterThresholds.STRONG);
  }

  @Test
  void thresholdsGrowWithTheBitDepth() {
    assertThat(derive(37, 0, 0, 3, 10)).containsExactly(224, 44, 20);
  }
}
