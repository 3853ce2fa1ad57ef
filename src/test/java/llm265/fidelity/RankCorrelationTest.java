package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankCorrelationTest {
  @Test
  void onlyTheOrderCounts() {
    assertThat(RankCorrelation.of(new double[] {1, 2, 3}, new double[] {-5, 0, 1e9})).isCloseTo(1, within(1e-15));
    assertThat(RankCorrelation.of(new double[] {1, 2, 3}, new double[] {3, 2, 1})).isCloseTo(-1, within(1e-15));
    // 1 - 6 * (0 + 1 + 1 + 0) / (4 * 15)
    assertThat(RankCorrelation.of(new double[] {1, 2, 3, 4}, new double[] {1, 3, 2, 4})).isCloseTo(0.8, within(1e-15));
  }

  @Test
  void equalValuesShareTheirRanks() {
    // Ranks 0, 1.5, 1.5, 3 against 0, 2, 1, 3: 4.5 / sqrt(4.5 * 5).
    assertThat(RankCorrelation.of(new double[] {1, 2, 2, 4}, new double[] {1, 3, 2, 4}))
        .isCloseTo(0.9486832980505138, within(1e-15));
  }

  @Test
  void valuesThatAreAllEqualHaveNone() {
    assertThat(RankCorrelation.of(new double[] {1, 1}, new double[] {1, 2})).isNaN();
  }
}
