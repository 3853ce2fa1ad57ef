package llm265.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenSamplerTest {
  /** Probabilities .5, .25, .15, .1 at temperature 1. */
  private static final float[] LOGITS = {
    3 + (float) StrictMath.log(0.15), 3 + (float) StrictMath.log(0.5), 3 + (float) StrictMath.log(0.1),
    3 + (float) StrictMath.log(0.25)
  };

  private static double[] shares(TokenSampler sampler, int draws) {
    double[] shares = new double[LOGITS.length];
    IntStream.range(0, draws).forEach(i -> shares[sampler.next(LOGITS)] += 1.0 / draws);
    return shares;
  }

  @Test
  void drawsByTheProbabilitiesOfASoftmax() {
    assertThat(shares(new TokenSampler(1, 1, 3), 20_000)).containsExactly(new double[] {0.15, 0.5, 0.1, 0.25}, within(0.01));
  }

  @Test
  void aTemperatureOfTwoTakesRootsOfTheProbabilities() {
    double sum = Math.sqrt(0.15) + Math.sqrt(0.5) + Math.sqrt(0.1) + Math.sqrt(0.25);

    assertThat(shares(new TokenSampler(2, 1, 3), 20_000)).containsExactly(
        new double[] {Math.sqrt(0.15) / sum, Math.sqrt(0.5) / sum, Math.sqrt(0.1) / sum, Math.sqrt(0.25) / sum}, within(0.01));
  }

  @ParameterizedTest
  @CsvSource({"0.4, 0, 1, 0, 0", "0.6, 0, 0.6667, 0, 0.3333", "0.8, 0.1667, 0.5556, 0, 0.2778"})
  void drawsFromTheFewestTokensOfAProbability(double mass, double first, double second, double third, double fourth) {
    assertThat(shares(new TokenSampler(1, mass, 3), 20_000))
        .containsExactly(new double[] {first, second, third, fourth}, within(0.01));
  }

  @Test
  void atTemperatureZeroTheFirstOfTheMostLikelyIsTaken() {
    assertThat(new TokenSampler(0, 1, 1).next(new float[] {1, 4, 4, 2})).isEqualTo(1);
  }

  @Test
  void aSeedMakesTheSameChoices() {
    TokenSampler one = new TokenSampler(1, 0.9, 11);
    TokenSampler other = new TokenSampler(1, 0.9, 11);

    assertThat(IntStream.range(0, 50).map(i -> one.next(LOGITS)))
        .containsExactlyElementsOf(IntStream.range(0, 50).map(i -> other.next(LOGITS)).boxed().toList());
  }

  @Test
  void refusesWhatIsNoProbabilityOrTemperature() {
    assertThatThrownBy(() -> new TokenSampler(-1, 1, 1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("-1");
    assertThatThrownBy(() -> new TokenSampler(1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TokenSampler(Double.NaN, 1, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
