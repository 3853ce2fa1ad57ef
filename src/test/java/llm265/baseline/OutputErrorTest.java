package llm265.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import llm265.moments.InputMoments;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;

class OutputErrorTest {
  /** Moments of three tokens, and what the layer makes of these tokens. */
  @Test
  void isTheMeanSquaredErrorOverTokens() {
    int n = 15;
    int out = 40;
    float[] tokens = Synthetic.gauss(3 * n, 1);
    double[] second = new double[n * n];
    for (int i = 0; i < n * n; i++) {
      for (int t = 0; t < 3; t++) {
        second[i] += tokens[t * n + i / n] * tokens[t * n + i % n] / 3.0;
      }
    }
    Layer layer = Synthetic.layer("layer", out, n, 2);
    float[] other = Synthetic.gauss(out * n, 3);
    double expected = 0;
    for (int t = 0; t < 3; t++) {
      for (int row = 0; row < out; row++) {
        double difference = 0;
        for (int c = 0; c < n; c++) {
          difference += ((double) layer.weights()[row * n + c] - other[row * n + c]) * tokens[t * n + c];
        }
        expected += difference * difference / 3;
      }
    }
    double error = OutputError.of(layer, other, new InputMoments(second, new double[n], 3), Workers.CALLER);
    assertThat(error).isCloseTo(expected, within(1e-4 * expected));
  }
}
