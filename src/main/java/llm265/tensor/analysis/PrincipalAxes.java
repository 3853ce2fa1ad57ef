package llm265.tensor.analysis;

import java.util.Arrays;
import java.util.Random;
import llm265.numeric.Logarithms;
import llm265.parallel.Workers;
import llm265.tensor.tools.Rotation;
import llm265.tensor.tools.RotationKernels;
import llm265.tensor.values.TensorKernels;

/**
 * Finds those principal axes in an excerpt of vectors that are so much stronger than the rest that sending them to the decoder
 * pays.
 *
 * <p>Subspace iteration gives the strongest axes of the vectors' second moments. Each axis gets its own coordinate, with energies
 * l1 >= l2 >= .... The values of the n coordinates then take {@code mean(1/2 log2 energy)} bits less than before, as for
 * Gaussian values at equal distortion. Each axis costs n elements of a vector. All sums are made in one order.
 */
public final class PrincipalAxes {
  /** Additional axes make the iteration converge faster. */
  private static final int SPARE = 8;

  private static final int ITERATIONS = 4;

  /** The number of axes and iterations that show whether there is anything to find. */
  private static final int GLANCE_AXES = 3;
  private static final int GLANCE_ITERATIONS = 2;

  /** How far the strongest axis must exceed noise, whose strongest axis has (1 + root(n / count))^2 times the mean energy. */
  private static final double STANDS_OUT = 1.1;

  /** Root mean square of the elements of a reflection's vector, except its pivot. */
  private static final double ELEMENT = 12;

  /** Number of bits that an element of such a vector takes. */
  private static final double ELEMENT_BITS = 6;

  /** The most bits per value that the axes may cost. */
  private static final double MAX_COST = 0.25;

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
   * @param vectors {@code count} vectors of n elements, one after the other
   */
  public PrincipalAxes(float[] vectors, int n, Workers workers) {
    this.vectors = vectors;
    this.n = n;
    this.workers = workers;
    count = vectors.length / n;
  }

  /**
   * The rotation that saves most.
   *
   * @param most greatest number of reflections
   * @param values number of values that share its cost
   * @param distortion expected mean squared error: energies below it save nothing
   * @return null if none saves anything
   */
  public Rotation rotation(int most, double values, double distortion) {
    int affordable = (int) (MAX_COST * values / (n * ELEMENT_BITS));
    int wanted = Math.min(Math.min(most, affordable), n / 2);
    if (wanted < 1 || count < 2 * wanted) {
      return null;
    }
    if (!hasStrongAxis()) {
      return null;
    }
    int size = Math.min(wanted + SPARE, Math.min(n, count));
    double[] energies = new double[size];
    double[][] axes = diagonalized(axes(size, ITERATIONS), energies);
    int best = best(axes, energies, wanted, values, distortion);
    return best == 0 ? null : new Rotation(reflections(axes, best));
  }

  private boolean hasStrongAxis() {
    double[] sums = new double[2 * TensorKernels.LANES];
    TensorKernels.ACTIVE.moments(vectors, 0, vectors.length, 0, sums, new float[2]);
    double squares = TensorKernels.total(sums, TensorKernels.LANES);
    double[] energies = new double[GLANCE_AXES];
    diagonalized(axes(GLANCE_AXES, GLANCE_ITERATIONS), energies);
    double edge = 1 + Math.sqrt((double) n / count);
    return energies[0] > STANDS_OUT * edge * edge * squares / ((double) n * count);
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
  private static double dot(double[] a, double[] b) {
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

  /** The number of axes that saves most; 0 if none saves anything. */
  private int best(double[][] axes, double[] energies, int most, double values, double distortion) {
    double[] rest = new double[n];
    for (int v = 0; v < count; v++) {
      for (int i = 0; i < n; i++) {
        double element = vectors[v * n + i];
        rest[i] += element * element;
      }
    }
    double before = 0;
    for (int i = 0; i < n; i++) {
      rest[i] /= count;
      before += bits(rest[i], distortion);
    }
    boolean[] taken = new boolean[n];
    double onAxes = 0;
    int best = 0;
    double mostSaved = 0;
    for (int a = 0; a < most; a++) {
      taken[pivot(axes[a], taken)] = true;
      onAxes += bits(energies[a], distortion);
      double left = 0;
      double leftOnPivots = 0;
      for (int i = 0; i < n; i++) {
        rest[i] = Math.max(0, rest[i] - energies[a] * axes[a][i] * axes[a][i]);
        left += taken[i] ? 0 : rest[i];
        leftOnPivots += taken[i] ? rest[i] : 0;
      }
      // What is left on the pivots goes to the other coordinates, in proportion to their energy.
      double share = left > 0 ? 1 + leftOnPivots / left : 1;
      double after = onAxes;
      for (int i = 0; i < n; i++) {
        after += taken[i] ? 0 : bits(share * rest[i], distortion);
      }
      double saved = (before - after) / n - (a + 1) * n * ELEMENT_BITS / values;
      if (saved > mostSaved) {
        mostSaved = saved;
        best = a + 1;
      }
    }
    return best;
  }

  private static double bits(double energy, double distortion) {
    return 0.5 * Logarithms.log2(Math.max(energy, distortion));
  }

  /** The free coordinate that is nearest to an axis. */
  private static int pivot(double[] axis, boolean[] taken) {
    int pivot = -1;
    for (int i = 0; i < axis.length; i++) {
      if (!taken[i] && (pivot < 0 || Math.abs(axis[i]) > Math.abs(axis[pivot]))) {
        pivot = i;
      }
    }
    return pivot;
  }

  /** Vectors whose reflections, one after the other, map each axis to its pivot. */
  private static short[][] reflections(double[][] axes, int number) {
    int n = axes[0].length;
    short[][] vectors = new short[number][];
    boolean[] taken = new boolean[n];
    for (int a = 0; a < number; a++) {
      double[] vector = axes[a].clone();
      for (int b = 0; b < a; b++) {
        reflect(vector, vectors[b]);
      }
      for (int i = 0; i < n; i++) {
        vector[i] = taken[i] ? 0 : vector[i];
      }
      int pivot = pivot(vector, taken);
      taken[pivot] = true;
      double length = Math.sqrt(dot(vector, vector));
      vector[pivot] += vector[pivot] < 0 ? -length : length;
      vectors[a] = rounded(vector, pivot);
    }
    return vectors;
  }

  private static void reflect(double[] x, short[] vector) {
    double dot = 0;
    double square = 0;
    for (int i = 0; i < x.length; i++) {
      dot += vector[i] * x[i];
      square += vector[i] * vector[i];
    }
    for (int i = 0; i < x.length; i++) {
      x[i] -= 2 * dot / square * vector[i];
    }
  }

  private static short[] rounded(double[] vector, int pivot) {
    double squares = 0;
    for (int i = 0; i < vector.length; i++) {
      squares += i == pivot ? 0 : vector[i] * vector[i];
    }
    double rms = Math.sqrt(squares / vector.length);
    double greatest = Rotation.GREATEST / Math.abs(vector[pivot]);
    double scale = rms * greatest < ELEMENT ? greatest : ELEMENT / rms;
    short[] result = new short[vector.length];
    for (int i = 0; i < vector.length; i++) {
      result[i] = (short) StrictMath.rint(scale * vector[i]);
    }
    return result;
  }
}
