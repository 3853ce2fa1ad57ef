package llm265.moments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import llm265.baseline.Synthetic;
import org.junit.jupiter.api.Test;

class InverseFactorTest {
  @Test
  void factorIsThatOfTheInverse() {
    int n = 24;
    double[] h = Synthetic.moments(n, 2).second();
    float[] u = InverseFactor.of(h, n, 0);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double product = 0;
        for (int k = 0; k < n; k++) {
          double inverse = 0;
          for (int m = 0; m <= Math.min(i, k); m++) {
            inverse += (double) u[m * n + i] * u[m * n + k];
          }
          product += inverse * h[k * n + j];
        }
        assertThat(product).isCloseTo(i == j ? 1 : 0, within(2e-3));
        assertThat(j >= i || u[i * n + j] == 0).isTrue();
      }
    }
  }

  @Test
  void workedExample() {
    // H = (4 2; 2 5), H^-1 = (5 -2; -2 4) / 16, U = (sqrt 5 / 4, -2 / (4 sqrt 5); 0, sqrt(1/5)).
    float[] u = InverseFactor.of(new double[] {4, 2, 2, 5}, 2, 0);
    assertThat(u).containsExactly(
        new float[] {(float) (Math.sqrt(5) / 4), (float) (-0.5 / Math.sqrt(5)), 0, (float) Math.sqrt(0.2)}, within(1e-7f));
  }

  @Test
  void dampingIsRaisedUntilItSuffices() {
    // Eigenvalues 3 and -1: 1 % of the mean is not enough, 1000 % is.
    float[] u = InverseFactor.of(new double[] {1, 2, 2, 1}, 2, 0.01);
    assertThat(u[3]).isEqualTo((float) (1 / Math.sqrt(11)));
    assertThatThrownBy(() -> InverseFactor.of(new double[] {1, 1e6, 1e6, 1}, 2, 0.01))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("positive semidefinite");
  }

  /** Panels and strips change no bit: each element is summed up in one order. */
  @Test
  void panelsSumUpInTheOrderOfThePlainMethod() {
    for (int n : new int[] {1, 63, 64, 65, 300, 577}) {
      double[] h = Synthetic.moments(n, 3).second();
      for (int i = 0; i < n; i++) {
        h[i * n + i] *= 1.001;
      }
      float[] plain = plain(h.clone(), n);
      assertThat(InverseFactor.of(h, n, 0)).isEqualTo(plain);
    }
  }

  private static float[] plain(double[] s, int n) {
    for (int k = n - 1; k >= 0; k--) {
      double pivot = Math.sqrt(s[k * n + k]);
      for (int i = 0; i <= k; i++) {
        s[k * n + i] /= pivot;
      }
      for (int j = 0; j < k; j++) {
        for (int i = 0; i <= j; i++) {
          s[j * n + i] -= s[k * n + j] * s[k * n + i];
        }
      }
    }
    double[] t = new double[n * n];
    for (int k = 0; k < n; k++) {
      for (int m = 0; m < k; m++) {
        for (int i = 0; i <= m; i++) {
          t[k * n + i] -= s[k * n + m] * t[m * n + i];
        }
      }
      t[k * n + k] = 1;
      for (int i = 0; i <= k; i++) {
        t[k * n + i] *= 1 / s[k * n + k];
      }
    }
    float[] u = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = i; j < n; j++) {
        u[i * n + j] = (float) t[j * n + i];
      }
    }
    return u;
  }
}
