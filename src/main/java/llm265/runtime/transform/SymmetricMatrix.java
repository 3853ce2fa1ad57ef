package llm265.runtime.transform;

import java.util.Arrays;

/**
 * Eigenvalues and eigenvectors of symmetric matrices, {@code A = V^T diag(values) V}: Householder's reflections make a matrix
 * tridiagonal, and the implicit QL algorithm diagonal (Bowdler, Martin, Reinsch and Wilkinson, Handbook for Automatic Computation
 * II, 1971: tred2 and tql2). Nothing but sums, products and square roots in one order, so that results are the same on every
 * machine.
 */
final class SymmetricMatrix {
  private static final double EPSILON = StrictMath.pow(2, -52);

  /** Column by column, so that its rows are the eigenvectors in the end. */
  private final double[] rows;
  private final int n;
  private final double[] diagonal;
  private final double[] beside;

  /**
   * Eigenvalues in descending order, and their vectors.
   *
   * @param vectors a row for each value, orthonormal; the greatest element of each is positive
   */
  record Eigen(double[] values, double[] vectors) {
    int size() {
      return values.length;
    }

    /** {@code V^T diag(values^power) V}, with values that are not less than a share of the greatest. */
    double[] power(double power, double least) {
      int n = size();
      double floor = Math.max(least * values[0], Double.MIN_NORMAL);
      double[] result = new double[n * n];
      for (int k = 0; k < n; k++) {
        double value = StrictMath.pow(Math.max(values[k], floor), power);
        for (int i = 0; i < n; i++) {
          double factor = value * vectors[k * n + i];
          for (int j = 0; j < n; j++) {
            result[i * n + j] += factor * vectors[k * n + j];
          }
        }
      }
      return result;
    }
  }

  /** @param matrix {@code n x n}, symmetric; not changed */
  static Eigen eigen(double[] matrix, int n) {
    SymmetricMatrix work = new SymmetricMatrix(matrix.clone(), n);
    work.tridiagonalize();
    work.accumulate();
    work.diagonalize();
    return sorted(work.diagonal, work.rows, n);
  }

  private SymmetricMatrix(double[] rows, int n) {
    this.rows = rows;
    this.n = n;
    diagonal = new double[n];
    beside = new double[n];
  }

  /** A reflection for each column from the last on; row j of {@code rows} is column j of the matrix. */
  private void tridiagonalize() {
    for (int j = 0; j < n; j++) {
      diagonal[j] = rows[j * n + n - 1];
    }
    for (int i = n - 1; i > 0; i--) {
      double scale = 0;
      double h = 0;
      for (int k = 0; k < i; k++) {
        scale += Math.abs(diagonal[k]);
      }
      if (scale == 0) {
        beside[i] = diagonal[i - 1];
        for (int j = 0; j < i; j++) {
          diagonal[j] = rows[j * n + i - 1];
          rows[j * n + i] = 0;
          rows[i * n + j] = 0;
        }
      } else {
        h = reflect(i, scale);
      }
      diagonal[i] = h;
    }
  }

  private double reflect(int i, double scale) {
    double h = 0;
    for (int k = 0; k < i; k++) {
      diagonal[k] /= scale;
      h += diagonal[k] * diagonal[k];
    }
    double f = diagonal[i - 1];
    double g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
    beside[i] = scale * g;
    h -= f * g;
    diagonal[i - 1] = f - g;
    Arrays.fill(beside, 0, i, 0);
    for (int j = 0; j < i; j++) {
      f = diagonal[j];
      rows[i * n + j] = f;
      g = beside[j] + rows[j * n + j] * f;
      for (int k = j + 1; k < i; k++) {
        g += rows[j * n + k] * diagonal[k];
        beside[k] += rows[j * n + k] * f;
      }
      beside[j] = g;
    }
    f = 0;
    for (int j = 0; j < i; j++) {
      beside[j] /= h;
      f += beside[j] * diagonal[j];
    }
    double half = f / (h + h);
    for (int j = 0; j < i; j++) {
      beside[j] -= half * diagonal[j];
    }
    for (int j = 0; j < i; j++) {
      f = diagonal[j];
      g = beside[j];
      for (int k = j; k < i; k++) {
        rows[j * n + k] -= f * beside[k] + g * diagonal[k];
      }
      diagonal[j] = rows[j * n + i - 1];
      rows[j * n + i] = 0;
    }
    return h;
  }

  /** The product of all reflections. */
  private void accumulate() {
    for (int i = 0; i < n - 1; i++) {
      rows[i * n + n - 1] = rows[i * n + i];
      rows[i * n + i] = 1;
      double h = diagonal[i + 1];
      if (h != 0) {
        for (int k = 0; k <= i; k++) {
          diagonal[k] = rows[(i + 1) * n + k] / h;
        }
        for (int j = 0; j <= i; j++) {
          double g = 0;
          for (int k = 0; k <= i; k++) {
            g += rows[(i + 1) * n + k] * rows[j * n + k];
          }
          for (int k = 0; k <= i; k++) {
            rows[j * n + k] -= g * diagonal[k];
          }
        }
      }
      for (int k = 0; k <= i; k++) {
        rows[(i + 1) * n + k] = 0;
      }
    }
    for (int j = 0; j < n; j++) {
      diagonal[j] = rows[j * n + n - 1];
      rows[j * n + n - 1] = 0;
    }
    rows[n * n - 1] = 1;
    beside[0] = 0;
  }

  /** The implicit QL algorithm. */
  private void diagonalize() {
    System.arraycopy(beside, 1, beside, 0, n - 1);
    beside[n - 1] = 0;
    double shift = 0;
    double greatest = 0;
    for (int l = 0; l < n; l++) {
      greatest = Math.max(greatest, Math.abs(diagonal[l]) + Math.abs(beside[l]));
      int m = l;
      while (m < n - 1 && Math.abs(beside[m]) > EPSILON * greatest) {
        m++;
      }
      if (m > l) {
        do {
          shift += sweep(l, m);
        } while (Math.abs(beside[l]) > EPSILON * greatest);
      }
      diagonal[l] += shift;
      beside[l] = 0;
    }
  }

  /** One step on the block from l to m; returns by how much it shifted the rest. */
  private double sweep(int l, int m) {
    double g = diagonal[l];
    double p = (diagonal[l + 1] - g) / (2 * beside[l]);
    double r = length(p, 1);
    r = p < 0 ? -r : r;
    diagonal[l] = beside[l] / (p + r);
    diagonal[l + 1] = beside[l] * (p + r);
    double next = diagonal[l + 1];
    double h = g - diagonal[l];
    for (int i = l + 2; i < n; i++) {
      diagonal[i] -= h;
    }
    p = diagonal[m];
    double c = 1;
    double c2 = 1;
    double c3 = 1;
    double second = beside[l + 1];
    double s = 0;
    double s2 = 0;
    for (int i = m - 1; i >= l; i--) {
      c3 = c2;
      c2 = c;
      s2 = s;
      double own = c * beside[i];
      double high = c * p;
      r = length(p, beside[i]);
      beside[i + 1] = s * r;
      s = beside[i] / r;
      c = p / r;
      p = c * diagonal[i] - s * own;
      diagonal[i + 1] = high + s * (c * own + s * diagonal[i]);
      turnRows(i, c, s);
    }
    p = -s * s2 * c3 * second * beside[l] / next;
    beside[l] = s * p;
    diagonal[l] = c * p;
    return h;
  }

  private void turnRows(int i, double c, double s) {
    int low = i * n;
    int high = low + n;
    for (int k = 0; k < n; k++) {
      double x = rows[high + k];
      double y = rows[low + k];
      rows[high + k] = s * y + c * x;
      rows[low + k] = c * y - s * x;
    }
  }

  private static double length(double x, double y) {
    return Math.sqrt(x * x + y * y);
  }

  private static Eigen sorted(double[] diagonal, double[] vectors, int n) {
    boolean[] taken = new boolean[n];
    double[] values = new double[n];
    double[] rows = new double[n * n];
    for (int k = 0; k < n; k++) {
      int best = -1;
      for (int i = 0; i < n; i++) {
        if (!taken[i] && (best < 0 || diagonal[i] > diagonal[best])) {
          best = i;
        }
      }
      taken[best] = true;
      values[k] = diagonal[best];
      int greatest = 0;
      for (int i = 1; i < n; i++) {
        greatest = Math.abs(vectors[best * n + i]) > Math.abs(vectors[best * n + greatest]) ? i : greatest;
      }
      double sign = vectors[best * n + greatest] < 0 ? -1 : 1;
      for (int i = 0; i < n; i++) {
        rows[k * n + i] = sign * vectors[best * n + i];
      }
    }
    return new Eigen(values, rows);
  }

  /** {@code x y}, both {@code n x n}. */
  static double[] product(double[] x, double[] y, int n) {
    double[] result = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < n; k++) {
        double factor = x[i * n + k];
        for (int j = 0; j < n; j++) {
          result[i * n + j] += factor * y[k * n + j];
        }
      }
    }
    return result;
  }
}
