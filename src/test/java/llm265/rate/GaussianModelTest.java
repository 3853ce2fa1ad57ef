package llm265.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GaussianModelTest {
  /** What 1024x1024 Gaussian values were measured to come to with Intra_16x16 DC prediction. */
  @ParameterizedTest
  @CsvSource({"1, 4.39", "1.5, 7.21", "2, 10.14", "3, 15.94", "4, 21.50"})
  void agreesWithWhatTheEncoderReaches(double bits, double snr) {
    assertThat(GaussianModel.snr(GaussianModel.log2RatioForBits(bits))).isCloseTo(snr, within(0.2));
  }

  @Property(tries = 200)
  void inversesInvert(@ForAll @DoubleRange(min = -7, max = 2.2) double log2Ratio) {
    assertThat(GaussianModel.log2RatioForBits(GaussianModel.bits(log2Ratio))).isCloseTo(log2Ratio, within(1e-6));
    assertThat(GaussianModel.log2RatioForSnr(GaussianModel.snr(log2Ratio))).isCloseTo(log2Ratio, within(1e-6));
  }

  @Property(tries = 200)
  void rateAndQualityFallAsTheStepGrows(
      @ForAll @DoubleRange(min = -12, max = 2.9) double a, @ForAll @DoubleRange(min = 0.01, max = 1) double more) {
    assertThat(GaussianModel.bits(a + more)).isLessThan(GaussianModel.bits(a));
    assertThat(GaussianModel.snr(a + more)).isLessThan(GaussianModel.snr(a));
  }

  @ParameterizedTest
  @CsvSource({"-5", "0", "0.001", "30"})
  void targetsOutOfReachGiveFiniteSteps(double target) {
    assertThat(GaussianModel.log2RatioForBits(target)).isBetween(-50.0, 50.0);
    assertThat(GaussianModel.log2RatioForSnr(target)).isBetween(-50.0, 50.0);
  }
}
