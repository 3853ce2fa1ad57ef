package llm265.runtime.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PrincipalAxesTest {
  private static final int N = 9;
  private static final int TOKENS = 400;

  private final float[] rows = RandomRows.correlated(TOKENS, N, 4);
  private final ChannelMoments moments = new ChannelMoments(N);

  PrincipalAxesTest() {
    moments.add(rows, 0, TOKENS);
  }

  private static double[] weights() {
    ChannelMoments weights = new ChannelMoments(N);
    weights.add(RandomRows.correlated(50, N, 8), 0, 50);
    return weights.second();
  }

  private void requireUncorrelated(CoefficientModel model) {
    float[] coefficients = rows.clone();
    model.transform().forward(coefficients, 0, TOKENS, 0);
    ChannelMoments after = new ChannelMoments(N);
    after.add(coefficients, 0, TOKENS);
    double[] covariance = after.covariance();
    for (int i = 0; i < N; i++) {
      assertThat(after.means()[i]).isCloseTo(model.means()[i], within(1e-3));
      for (int j = 0; j < N; j++) {
        double expected = i == j ? model.deviations()[i] * model.deviations()[i] : 0;
        assertThat(covariance[i * N + j]).isCloseTo(expected, within(1e-4 * covariance[0]));
      }
    }
    model.transform().inverse(coefficients, 0, TOKENS, 0);
    assertThat(coefficients).containsExactly(rows, within(2e-4f));
  }

  @Test
  void coefficientsAreUncorrelatedAndHaveTheDeviations() {
    requireUncorrelated(PrincipalAxes.of(moments, null, 0, 1).model());
    requireUncorrelated(PrincipalAxes.of(moments, weights(), 1, 1).model());
    requireUncorrelated(PrincipalAxes.of(moments, weights(), 0.5, 3).model());
  }

  @Test
  void errorsOfCoefficientsCountAsTheWeightsSay() {
    double[] weights = weights();
    double trace = 0;
    for (int i = 0; i < N; i++) {
      trace += weights[i * N + i] / N;
    }
    float[] error = RandomRows.gauss(N, 6);
    double expected = 0;
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        expected += error[i] * weights[i * N + j] / trace * error[j];
      }
    }
    PrincipalAxes.of(moments, weights, 1, 2).model().transform().forward(error, 0, 1, 0);
    double squares = 0;
    for (float coefficient : error) {
      squares += coefficient * coefficient;
    }
    assertThat(squares).isCloseTo(4 * expected, within(0.02 * expected));
  }

  @Test
  void fewTokensAreNotBelievedInAll() {
    ChannelMoments few = new ChannelMoments(N);
    few.add(RandomRows.gauss(4 * N, 3), 0, 4);
    PrincipalAxes believed = PrincipalAxes.of(few, null, 0, 1);
    PrincipalAxes doubted = PrincipalAxes.ofFew(few, 0.01);
    // Four tokens span three directions; in the others channels vary, too.
    assertThat(believed.deviations()[N - 1]).isLessThan(1e-3f);
    assertThat(doubted.deviations()[N - 1]).isGreaterThan(0.1f);
    assertThat(doubted.deviations()[0]).isLessThan(believed.deviations()[0]);
  }
}
