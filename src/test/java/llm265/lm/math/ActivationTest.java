package llm265.lm.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Every function against its definition in binary64. */
class ActivationTest {
  private static void check(Activation activation, DoubleUnaryOperator exact) {
    float[] x = new float[4003];
    for (int i = 1; i < x.length - 1; i++) {
      x[i] = (i - 2001) / 150f;
    }
    float[] y = x.clone();
    activation.apply(y, 1, x.length - 2);
    assertThat(y[0]).isZero();
    for (int i = 1; i < x.length - 1; i++) {
      double wanted = exact.applyAsDouble(x[i]);
      assertThat((double) y[i]).as("%s of %s", activation, x[i]).isCloseTo(wanted, within(1e-6 + 5e-7 * Math.abs(wanted)));
    }
  }

  /** The integral of the density by its series. */
  private static double erf(double x) {
    if (Math.abs(x) > 5) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return sum * 2 / Math.sqrt(Math.PI);
  }

  @Test
  void rectifier() {
    check(Activation.RELU, x -> Math.max(0, x));
  }

  @Test
  void sigmoidLinearUnit() {
    check(Activation.SILU, x -> x / (1 + Math.exp(-x)));
  }

  @Test
  void gaussianErrorLinearUnit() {
    check(Activation.GELU, x -> x / 2 * (1 + erf(x / Math.sqrt(2))));
  }

  @Test
  void gaussianErrorLinearUnitByTanh() {
    check(Activation.GELU_TANH, x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
  }

  @Test
  void hyperbolicTangent() {
    check(Activation.TANH, Math::tanh);
  }
}
