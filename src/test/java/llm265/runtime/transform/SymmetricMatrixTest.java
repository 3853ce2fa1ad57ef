package llm265.runtime.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SymmetricMatrixTest {
  @Test
  void valuesOfASmallMatrixAreTheKnownOnes() {
    SymmetricMatrix.Eigen eigen = SymmetricMatrix.eigen(new double[] {1, 2, 2, 1}, 2);
    double half = Math.sqrt(0.5);
    assertThat(eigen.values()).containsExactly(new double[] {3, -1}, within(1e-12));
    assertThat(eigen.vectors()).containsExactly(new double[] {half, half, half, -half}, within(1e-12));
  }

  @Test
  void vectorsMakeTheMatrixAgain() {
    int n = 23;
    float[] rows = RandomRows.correlated(100, n, 1);
    ChannelMoments moments = new ChannelMoments(n);
    moments.add(rows, 0, 100);
    double[] matrix = moments.covariance();
    SymmetricMatrix.Eigen eigen = SymmetricMatrix.eigen(matrix, n);
    assertThat(eigen.power(1, 0)).containsExactly(matrix, within(1e-9));
    double[] root = eigen.power(0.5, 0);
    assertThat(SymmetricMatrix.product(root, root, n)).containsExactly(matrix, within(1e-9));
    double[] unit = SymmetricMatrix.product(eigen.power(-1, 0), matrix, n);
    for (int i = 0; i < n * n; i++) {
      assertThat(unit[i]).isCloseTo(i % (n + 1) == 0 ? 1 : 0, within(1e-5));
    }
    for (int i = 1; i < n; i++) {
      assertThat(eigen.values()[i]).isLessThanOrEqualTo(eigen.values()[i - 1]);
    }
  }

  @Test
  void powersKeepAShareOfTheGreatestValue() {
    SymmetricMatrix.Eigen eigen = SymmetricMatrix.eigen(new double[] {4, 0, 0, 0}, 2);
    assertThat(eigen.power(-1, 0.25)).containsExactly(new double[] {0.25, 0, 0, 1}, within(1e-12));
  }
}
