package llm265.moments;

/**
 * The upper triangular U with H^-1 = U^T U, for a symmetric positive definite H: what GPTQ's feedback works with.
 *
 * <p>H = S^T S with S lower triangular, by Cholesky's method from the last row up. Then U^T = S^-1. So the inverse of H itself,
 * which the original computes in between, is never needed.
 */
public final class InverseFactor {
  private static final double MAX_DAMPING = 1e3;

  /** Rows that are taken from others together, and how much of each: a cache of a core holds both. */
  private static final int PANEL = 64;

  private static final int STRIP = 256;

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

  /**
   * Makes S of H, in its lower triangle. No pivot of a semidefinite H is below what the damping adds. Each element is summed up
   * from the last row to its own, whatever the panels.
   */
  private static boolean factorize(double[] h, int n, double leastPivot) {
    for (int end = n; end > 0; end -= PANEL) {
      int first = Math.max(0, end - PANEL);
      for (int k = end - 1; k >= first; k--) {
        double square = h[k * n + k];
        if (!(square > 0 && square >= leastPivot && square < Double.POSITIVE_INFINITY)) {
          return false;
        }
        double pivot = Math.sqrt(square);
        for (int i = 0; i <= k; i++) {
          h[k * n + i] /= pivot;
        }
        for (int j = first; j < k; j++) {
          Vectors.addScaled(h, j * n, h, k * n, j + 1, -h[k * n + j]);
        }
      }
      double[] factors = new double[PANEL];
      for (int from = 0; from < first; from += STRIP) {
        for (int j = from; j < first; j++) {
          for (int k = first; k < end; k++) {
            factors[end - 1 - k] = -h[k * n + j];
          }
          Vectors.addRows(h, j * n + from, h, (end - 1) * n + from, -n, Math.min(STRIP, j + 1 - from), factors, end - first);
        }
      }
    }
    return true;
  }

  /** The inverse of a lower triangular matrix. */
  private static double[] inverse(double[] s, int n) {
    double[] t = new double[n * n];
    double[] factors = new double[PANEL];
    for (int first = 0; first < n; first += PANEL) {
      int end = Math.min(n, first + PANEL);
      for (int from = 0; from < first; from += STRIP) {
        for (int above = from / PANEL * PANEL; above < first; above += PANEL) {
          for (int k = first; k < end; k++) {
            for (int m = above; m < above + PANEL; m++) {
              factors[m - above] = -s[k * n + m];
            }
            // Rows above end at their diagonals; zeros behind change nothing.
            int count = Math.min(STRIP, above + PANEL - from);
            Vectors.addRows(t, k * n + from, t, above * n + from, n, count, factors, PANEL);
          }
        }
      }
      for (int k = first; k < end; k++) {
        for (int m = first; m < k; m++) {
          Vectors.addScaled(t, k * n, t, m * n, m + 1, -s[k * n + m]);
        }
        double reciprocal = 1 / s[k * n + k];
        for (int i = 0; i < k; i++) {
          t[k * n + i] *= reciprocal;
        }
        t[k * n + k] = reciprocal;
      }
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
