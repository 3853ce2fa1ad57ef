package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FidelitySumsTest {
  private static final double LN2 = 0.6931471805599453;
  private static final double CLOSE = 2e-7;

  /** Probabilities 1/2, 1/4, 1/4. */
  private static final float[] P = {(float) LN2, 0, 0};

  /** Probabilities 1/4, 1/2, 1/4. */
  private static final float[] Q = {0, (float) LN2, 0};

  @Test
  void twoPredictionsByHand() {
    FidelitySums sums = new FidelitySums();
    // Token 1 has 1/4 and 1/2; 1/2 log 2 + 1/4 log 1/2 + 1/4 log 1 = (log 2) / 4.
    sums.add(P, Q, 1);
    // The same probabilities; token 0 has 1/2.
    sums.add(P, new float[] {(float) LN2 + 5, 5, 5}, 0);
    Fidelity fidelity = sums.result();

    assertThat(fidelity.tokens()).isEqualTo(2);
    assertThat(fidelity.loss()).isCloseTo(LN2, within(CLOSE));
    assertThat(fidelity.lossError()).isCloseTo(0, within(CLOSE));
    assertThat(fidelity.perplexity()).isCloseTo(2, within(1e-6));
    // -log 2 and 0, whose standard deviation is (log 2) / sqrt 2.
    assertThat(fidelity.excess()).isCloseTo(-LN2 / 2, within(CLOSE));
    assertThat(fidelity.excessError()).isCloseTo(LN2 / 2, within(CLOSE));
    assertThat(fidelity.divergence()).isCloseTo(LN2 / 8, within(CLOSE));
    assertThat(fidelity.divergenceError()).isCloseTo(LN2 / 8, within(CLOSE));
    assertThat(fidelity.divergence99()).isCloseTo(LN2 / 4, within(CLOSE));
    assertThat(fidelity.agreement()).isEqualTo(0.5);
  }

  @Test
  void aModelDoesNotDivergeFromItself() {
    FidelitySums sums = new FidelitySums();
    float[] logits = logits(new Random(1), 1000, 5);
    sums.add(logits, logits, 3);
    Fidelity fidelity = sums.result();
    assertThat(fidelity.excess()).isZero();
    assertThat(fidelity.divergence()).isZero();
    assertThat(fidelity.agreement()).isEqualTo(1);
    assertThat(fidelity.lossError()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"60, true", "99, true", "100, false", "200, false"})
  void ninetyNinePercentDoNotExceedTheNinetyNinth(int tokens, boolean isTheGreatest) {
    FidelitySums sums = new FidelitySums();
    for (int i = 0; i < tokens; i++) {
      sums.add(P, i == 7 ? Q : P, 0);
    }
    assertThat(sums.result().divergence99()).isCloseTo(isTheGreatest ? LN2 / 4 : 0, within(CLOSE));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-3, 0.1, 3})
  void figuresAreThoseOfTheDefinitionForALargeVocabulary(double noise) {
    Random random = new Random(2);
    for (double spread : new double[] {0.5, 4, 20}) {
      float[] original = logits(random, 50_000, spread);
      float[] other = original.clone();
      for (int i = 0; i < other.length; i++) {
        other[i] += (float) (noise * random.nextGaussian());
      }
      FidelitySums sums = new FidelitySums();
      sums.add(original, other, 77);
      double log = logSum(original);
      double logOfOther = logSum(other);
      double divergence = 0;
      for (int i = 0; i < original.length; i++) {
        divergence += StrictMath.exp(original[i] - log) * ((original[i] - log) - (other[i] - logOfOther));
      }
      assertThat(sums.result().divergence()).isCloseTo(divergence, within(1e-6));
      assertThat(sums.result().loss()).isCloseTo(logOfOther - other[77], within(1e-6));
    }
  }

  private static float[] logits(Random random, int count, double spread) {
    float[] logits = new float[count];
    for (int i = 0; i < count; i++) {
      logits[i] = (float) (spread * random.nextGaussian());
    }
    return logits;
  }

  private static double logSum(float[] logits) {
    double sum = 0;
    for (float logit : logits) {
      sum += StrictMath.exp(logit);
    }
    return StrictMath.log(sum);
  }

  @Test
  void nothingHasNoFigures() {
    assertThatIllegalStateException().isThrownBy(() -> new FidelitySums().result());
  }
}
