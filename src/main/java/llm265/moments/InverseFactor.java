package llm265.moments;

/**
 * The upper triangular U with H^-1 = U^T U, for a symmetric positive definite H: what GPTQ's feedback works with.
 *
 * <p>H = S^T S with S lower triangular, by Cholesky's method from the last row up. Then U^T = S^-1. So the inverse of H itself,
 * which the original computes in between, is never needed.
 */
public final class InverseFactor {
  private static final double MAX_DAMPING = 1e3;

  private InverseFactor() {}

  /**
   * U of H + damping * mean(diagonal) * I. While that is not positive definite, the damping is multiplied by 10.
   *
   * @param h {@code n} x {@code n}, symmetric; not changed
   * @return {@code n} x {@code n}, row-major, with zeros below the diagonal
   */
  public static float[] of(double[] h, int n, double damping) {
    double mean = 0;
    for (int i = 0; i < n; i++) {
      mean += h[i * n + i] / n;
    }
    for (double raised = damping; raised <= MAX_DAMPING; raised *= 10) {
      double[] s = h.clone();
      for (int i = 0; i < n; i++) {
        s[i * n + i] += raised * mean;
      }
      if (factorize(s, n, raised * mean / 2)) {
        return transposed(inverse(s, n), n);
      }
    }
    throw new IllegalArgumentException("the second moments of " + n + " inputs are far from positive semidefinite");
  }

  /** Makes S of H, in its lower triangle. No pivot of a semidefinite H is below what the damping adds. */
  private static boolean factorize(double[] h, int n, double leastPivot) {
    for (int k = n - 1; k >= 0; k--) {
      double square = h[k * n + k];
      if (!(square > 0 && square >= leastPivot && square < Double.POSITIVE_INFINITY)) {
        return false;
      }
      double pivot = Math.sqrt(square);
      for (int i = 0; i <= k; i++) {
        h[k * n + i] /= pivot;
      }
      for (int j = 0; j < k; j++) {
        Vectors.addScaled(h, j * n, h, k * n, j + 1, -h[k * n + j]);
      }
    }
    return true;
  }

  /** The inverse of a lower triangular matrix. */
  private static double[] inverse(double[] s, int n) {
    double[] t = new double[n * n];
    for (int k = 0; k < n; k++) {
      for (int m = 0; m < k; m++) {
        Vectors.addScaled(t, k * n, t, m * n, m + 1, -s[k * n + m]);
      }
      double reciprocal = 1 / s[k * n + k];
      for (int i = 0; i < k; i++) {
        t[k * n + i] *= reciprocal;
      }
      t[k * n + k] = reciprocal;
    }
    return t;
  }

  private static float[] transposed(double[] t, int n) {
    float[] u = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = i; j < n; j++) {
        u[i * n + j] = (float) t[j * n + i];
      }
    }
    return u;
  }
}
