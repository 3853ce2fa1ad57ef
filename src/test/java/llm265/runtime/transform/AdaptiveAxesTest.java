package llm265.runtime.transform;

import static org.assertj.core.api.Assertions.assertThat;

import llm265.lm.layer.RotaryEmbedding;
import llm265.runtime.transform.RotaryTransform.Pairing;
import org.junit.jupiter.api.Test;

class AdaptiveAxesTest {
  private static final int SIZE = 8;
  private static final float[] FREQUENCIES = RotaryTransform.frequencies(100, SIZE);
  private static final KvGeometry GEOMETRY = new KvGeometry(1, 2, SIZE, 2, FREQUENCIES, Pairing.HALVES);

  private static float[] keys(int tokens, int first) {
    float[] rows = RandomRows.correlated(tokens, 2 * SIZE, 5);
    new RotaryEmbedding(FREQUENCIES).apply(rows, tokens, 2, SIZE, first);
    return rows;
  }

  private static double logDeviations(CoefficientModel model) {
    double sum = 0;
    for (float deviation : model.deviations()) {
      sum += StrictMath.log(deviation);
    }
    return sum;
  }

  @Test
  void keysAreLearntBeforeTheirRotaryEmbedding() {
    float[] rows = keys(256, 0);
    ChannelTransform unrotated = GEOMETRY.unrotated(new IdentityTransform(2 * SIZE));
    AdaptiveAxes asKeys = new AdaptiveAxes(2 * SIZE, unrotated, null);
    AdaptiveAxes asValues = new AdaptiveAxes(2 * SIZE, null, null);
    asValues.add(rows, 256);
    unrotated.forward(rows, 0, 256, 0);
    asKeys.add(rows, 256);
    CoefficientModel model = asKeys.learn(1e-3);
    assertThat(logDeviations(model)).isLessThan(logDeviations(asValues.learn(1e-3)) - 3);
    // What comes later has the deviations that were learnt.
    float[] later = keys(300, 256);
    model.transform().forward(later, 0, 300, 256);
    ChannelMoments moments = new ChannelMoments(2 * SIZE);
    moments.add(later, 0, 300);
    assertThat(Math.sqrt(moments.covariance()[0])).isBetween(0.8 * model.deviations()[0], 1.25 * model.deviations()[0]);
  }
}
