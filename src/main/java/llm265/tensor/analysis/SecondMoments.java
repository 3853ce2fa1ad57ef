package llm265.tensor.analysis;

import java.util.Arrays;
import java.util.Random;
import llm265.parallel.Workers;
import llm265.tensor.tools.RotationKernels;
import llm265.tensor.values.TensorKernels;

/**
 * The strongest axes of vectors' second moments, by subspace iteration, without the matrix of the moments. All sums are made in
 * one order.
 */
final class SecondMoments {
  /**
   * Number of vectors, or of elements of all vectors, that a thread takes at a time, and of those that are multiplied with
   * them at a time; they stay in the cache.
   */
  private static final int BLOCK = 64;

  private static final RotationKernels KERNELS = RotationKernels.ACTIVE;

  private final float[] vectors;
  private final int n;
  private final int count;
  private final Workers workers;

  /**
   * @param vectors vectors of n elements, one after the other
   */
  SecondMoments(float[] vectors, int n, Workers workers) {
    this.vectors = vectors;
    this.n = n;
    this.workers = workers;
    count = vectors.length / n;
  }

  /**
   * The strongest axes, orthonormal, in order of energy.
   *
   * @param iterations the more, the nearer axes are to the strongest ones
   * @param energies receives the mean squares of the vectors' coordinates on the axes; its length is the number of axes
   */
  double[][] strongestAxes(int iterations, double[] energies) {
    return diagonalized(axes(energies.length, iterations), energies);
  }

  /** Orthonormal axes, which each iteration turns towards those of the strongest energies. */
  private double[][] axes(int size, int iterations) {
    Random random = new Random(265);
    double[][] axes = new double[size][n];
    for (double[] axis : axes) {
      for (int i = 0; i < n; i++) {
        axis[i] = random.nextDouble() - 0.5;
      }
    }
    orthonormalize(axes, 1);
    for (int iteration = 1; iteration <= iterations; iteration++) {
      axes = multiplied(axes);
      orthonormalize(axes, iteration == iterations ? 2 : 1);
    }
    return axes;
  }

  /** The matrix of second moments times each axis, without forming the matrix. */
  private double[][] multiplied(double[][] axes) {
    int size = axes.length;
    int width = Math.ceilDiv(size, RotationKernels.WIDTH) * RotationKernels.WIDTH;
    // Transposed, so that a vector multiplies elements of many axes.
    float[] byElement = new float[n * width];
    for (int a = 0; a < size; a++) {
      for (int i = 0; i < n; i++) {
        byElement[i * width + a] = (float) axes[a][i];
      }
    }
    float[] dots = new float[count * width];
    inBlocks(count, (from, to) -> addDots(byElement, width, from, to, dots));
    float[] sums = new float[n * width];
    inBlocks(n, (from, to) -> addProducts(dots, width, from, to, sums));
    double[][] result = new double[size][n];
    for (int a = 0; a < size; a++) {
      for (int i = 0; i < n; i++) {
        result[a][i] = sums[i * width + a] / (double) count;
      }
    }
    return result;
  }

  private interface Block {
    void work(int from, int to);
  }

  /** Runs blocks that share no sum, so that no sum depends on the number of threads. */
  private void inBlocks(int size, Block block) {
    workers.forEachInOrder(
        Math.ceilDiv(size, BLOCK),
        number -> {
          block.work(number * BLOCK, Math.min(size, (number + 1) * BLOCK));
          return true;
        },
        (number, done) -> { });
  }

  /** The products of some vectors with each axis. */
  private void addDots(float[] byElement, int width, int from, int to, float[] dots) {
    // In an array of this thread's own: in mode checked, kernels compare whole arrays that they write to.
    float[] own = new float[(to - from) * width];
    for (int i = 0; i < n; i += BLOCK) {
      KERNELS.addProducts(vectors, from * n + i, n, 1, to - from, Math.min(BLOCK, n - i), byElement, i * width, width, own, 0);
    }
    System.arraycopy(own, 0, dots, from * width, own.length);
  }

  /** Adds up the products of all vectors with those dot products, for some elements. */
  private void addProducts(float[] dots, int width, int from, int to, float[] sums) {
    float[] own = new float[(to - from) * width];
    for (int v = 0; v < count; v += BLOCK) {
      KERNELS.addProducts(vectors, v * n + from, 1, n, to - from, Math.min(BLOCK, count - v), dots, v * width, width, own, 0);
    }
    System.arraycopy(own, 0, sums, from * width, own.length);
  }

  /** Gram-Schmidt; twice at the end, since one pass leaves something of the stronger axes in the weaker ones. */
  private static void orthonormalize(double[][] axes, int passes) {
    for (int a = 0; a < axes.length; a++) {
      for (int pass = 0; pass < passes; pass++) {
        for (int b = 0; b < a; b++) {
          double dot = dot(axes[a], axes[b]);
          for (int i = 0; i < axes[a].length; i++) {
            axes[a][i] -= dot * axes[b][i];
          }
        }
        double length = Math.sqrt(dot(axes[a], axes[a]));
        if (length < 1e-150) {
          Arrays.fill(axes[a], 0);
          axes[a][a] = 1;
          continue;
        }
        for (int i = 0; i < axes[a].length; i++) {
          axes[a][i] /= length;
        }
      }
    }
  }

  /** Uses eight lanes, since an addition waits for the one before it in its lane. */
  static double dot(double[] a, double[] b) {
    int whole = a.length & -TensorKernels.LANES;
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    double s7 = 0;
    for (int i = 0; i < whole; i += TensorKernels.LANES) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
      s4 += a[i + 4] * b[i + 4];
      s5 += a[i + 5] * b[i + 5];
      s6 += a[i + 6] * b[i + 6];
      s7 += a[i + 7] * b[i + 7];
    }
    double sum = ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
    for (int i = whole; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /**
   * Axes of the same subspace whose products with the second moments vanish, by Jacobi's rotations. They are in order of
   * energy, which is stored in {@code energies}.
   */
  private double[][] diagonalized(double[][] axes, double[] energies) {
    int size = axes.length;
    double[][] products = multiplied(axes);
    double[][] moments = new double[size][size];
    for (int a = 0; a < size; a++) {
      for (int b = 0; b < size; b++) {
        moments[a][b] = 0.5 * (dot(axes[a], products[b]) + dot(axes[b], products[a]));
      }
    }
    for (int sweep = 0; sweep < 12; sweep++) {
      for (int a = 0; a < size; a++) {
        for (int b = a + 1; b < size; b++) {
          rotate(moments, axes, a, b);
        }
      }
    }
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(moments[b][b], moments[a][a]));
    double[][] sorted = new double[size][];
    Arrays.setAll(sorted, i -> axes[order[i]]);
    Arrays.setAll(energies, i -> moments[order[i]][order[i]]);
    return sorted;
  }

  /** One rotation that makes moments[a][b] vanish. */
  private static void rotate(double[][] moments, double[][] axes, int a, int b) {
    double product = moments[a][b];
    if (Math.abs(product) <= 1e-14 * Math.sqrt(Math.abs(moments[a][a] * moments[b][b])) || product == 0) {
      return;
    }
    double theta = (moments[b][b] - moments[a][a]) / (2 * product);
    double t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    for (int k = 0; k < moments.length; k++) {
      double ka = moments[k][a];
      double kb = moments[k][b];
      moments[k][a] = c * ka - s * kb;
      moments[k][b] = s * ka + c * kb;
    }
    for (int k = 0; k < moments.length; k++) {
      double ak = moments[a][k];
      double bk = moments[b][k];
      moments[a][k] = c * ak - s * bk;
      moments[b][k] = s * ak + c * bk;
    }
    for (int i = 0; i < axes[a].length; i++) {
      double ai = axes[a][i];
      double bi = axes[b][i];
      axes[a][i] = c * ai - s * bi;
      axes[b][i] = s * ai + c * bi;
    }
  }
}
