package llm265.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class QuantizerPointTest {
  @Test
  void stepsAreTheStandards() {
    assertThat(QuantizerPoint.step(0)).isEqualTo(0.625);
    assertThat(QuantizerPoint.step(4)).isEqualTo(1);
    assertThat(QuantizerPoint.step(28)).isEqualTo(16);
    assertThat(QuantizerPoint.step(51)).isEqualTo(224);
  }

  @Property(tries = 200)
  void ratioIsExactAndDeviationNearTheOneAimedAt(
      @ForAll @DoubleRange(min = -4, max = 2) double log2Ratio, @ForAll @DoubleRange(min = 20, max = 48) double aim) {
    QuantizerPoint point = QuantizerPoint.of(log2Ratio, aim);

    assertThat(point.log2Ratio()).isCloseTo(log2Ratio, within(1e-9));
    // Steps of two neighbouring QPs are at most a factor 1.19 apart.
    assertThat(point.levelDeviation() / aim).isBetween(1 / 1.1, 1.1);
  }

  @Test
  void ratiosOutOfReachGiveTheLastQp() {
    assertThat(QuantizerPoint.of(-20, 28).qp()).isZero();
    assertThat(QuantizerPoint.of(20, 28).qp()).isEqualTo(51);
    assertThat(QuantizerPoint.of(-20, 28).levelDeviation()).isCloseTo(28 * Math.pow(2, 0.25), within(1e-9));
  }

  @Test
  void theLastQpGoesOnWithSmallerDeviations() {
    assertThat(QuantizerPoint.of(5, 28).qp()).isEqualTo(51);
    assertThat(QuantizerPoint.of(5, 28).log2Ratio()).isCloseTo(5, within(1e-9));
    assertThat(QuantizerPoint.of(20, 28).levelDeviation()).isCloseTo(28 / 32.0, within(1e-9));
  }

  @Test
  void smallMovesKeepTheQp() {
    QuantizerPoint point = QuantizerPoint.of(-0.5, 28);

    assertThat(point.moved(-0.4, 28, 0).qp()).isEqualTo(point.qp());
    assertThat(point.moved(-0.4, 28, 0).log2Ratio()).isCloseTo(-0.4, within(1e-9));
    assertThat(point.moved(0.5, 28, 0).qp()).isEqualTo(point.qp() + 6);
  }

  @Test
  void impossiblePointsAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new QuantizerPoint(52, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new QuantizerPoint(0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new QuantizerPoint(0, Double.NaN));
  }
}
