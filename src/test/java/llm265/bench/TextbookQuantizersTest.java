package llm265.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TextbookQuantizersTest {
  private static final float[] GAUSS = Source.synthetic("gauss:1048576", 1).values();
  private static final float[] LAPLACE = Source.synthetic("laplace:1048576", 1).values();

  @Test
  void idealScalarQuantizerOfGaussianDataIsAQuarterBitAboveTheBound() {
    assertThat(TextbookQuantizers.entropyCoded(GAUSS, 2).gap()).isCloseTo(0.254, within(0.004));
    assertThat(TextbookQuantizers.entropyCoded(GAUSS, 3).gap()).isCloseTo(0.255, within(0.004));
    assertThat(TextbookQuantizers.entropyCoded(GAUSS, 3).bits()).isCloseTo(3, within(1e-4));
    assertThat(TextbookQuantizers.entropyCodedAt(GAUSS, 16.53).bits()).isCloseTo(3, within(0.01));
  }

  @Test
  void idealScalarQuantizerOfLaplacianDataComesToTheKnownGaps() {
    assertThat(TextbookQuantizers.entropyCoded(LAPLACE, 3).gap()).isCloseTo(0.14, within(0.01));
    assertThat(TextbookQuantizers.entropyCoded(LAPLACE, 4).gap()).isCloseTo(0.148, within(0.01));
  }

  @Test
  void lloydMaxComesToTheKnownQualities() {
    assertThat(TextbookQuantizers.lloydMax(GAUSS, 1).snr()).isCloseTo(4.40, within(0.02));
    assertThat(TextbookQuantizers.lloydMax(GAUSS, 2).snr()).isCloseTo(9.30, within(0.02));
    assertThat(TextbookQuantizers.lloydMax(GAUSS, 4).snr()).isCloseTo(20.22, within(0.05));
  }

  @Test
  void roundingToNearestCountsItsScales() {
    RatePoint point = TextbookQuantizers.roundToNearest(GAUSS, 4);
    assertThat(point.bits()).isEqualTo(4.125);
    assertThat(point.snr()).isBetween(18.0, 19.5);
    float[] whole = {7, -3, 0, 5};
    assertThat(TextbookQuantizers.roundToNearest(whole, 4).snr()).isInfinite();
  }

  @Test
  void sourcesAreOfTheirVariances() {
    assertThat(TextbookQuantizers.variance(GAUSS)).isCloseTo(1, within(0.01));
    assertThat(TextbookQuantizers.variance(LAPLACE)).isCloseTo(1, within(0.02));
    Source columns = Source.synthetic("scaled-columns:524288", 3);
    // E exp(2 * 0.5 g) = exp(0.5): the bound that knows the scales is 0.25 log2(e) bits lower.
    assertThat(columns.boundBits()).isCloseTo(0.36, within(0.05));
    assertThat(Source.isSynthetic("gauss:1000")).isTrue();
    assertThat(Source.isSynthetic("gauss:")).isFalse();
    assertThat(Source.isSynthetic("model.safetensors")).isFalse();
  }
}
