package llm265.tensor.analysis;

import llm265.numeric.Logarithms;
import llm265.parallel.Workers;
import llm265.tensor.tools.Rotation;
import llm265.tensor.values.TensorKernels;

/**
 * Finds those principal axes in an excerpt of vectors that are so much stronger than the rest that sending them to the decoder
 * pays.
 *
 * <p>Each of the strongest axes of the vectors' second moments gets its own coordinate, with energies l1 >= l2 >= .... The values
 * of the n coordinates then take {@code mean(1/2 log2 energy)} bits less than before, as for Gaussian values at equal
 * distortion. Each axis costs n elements of a vector. All sums are made in one order.
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

  /** The most bits per value that the axes may cost. */
  private static final double MAX_COST = 0.25;

  private final float[] vectors;
  private final int n;
  private final int count;
  private final SecondMoments moments;

  /**
   * @param vectors {@code count} vectors of n elements, one after the other
   */
  public PrincipalAxes(float[] vectors, int n, Workers workers) {
    this.vectors = vectors;
    this.n = n;
    count = vectors.length / n;
    moments = new SecondMoments(vectors, n, workers);
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
    int affordable = (int) (MAX_COST * values / (n * AxisReflections.ELEMENT_BITS));
    int wanted = Math.min(Math.min(most, affordable), n / 2);
    if (wanted < 1 || count < 2 * wanted) {
      return null;
    }
    if (!hasStrongAxis()) {
      return null;
    }
    int size = Math.min(wanted + SPARE, Math.min(n, count));
    double[] energies = new double[size];
    double[][] axes = moments.strongestAxes(ITERATIONS, energies);
    int best = best(axes, energies, wanted, values, distortion);
    return best == 0 ? null : new Rotation(AxisReflections.of(axes, best));
  }

  private boolean hasStrongAxis() {
    double[] sums = new double[2 * TensorKernels.LANES];
    TensorKernels.ACTIVE.moments(vectors, 0, vectors.length, 0, sums, new float[2]);
    double squares = TensorKernels.total(sums, TensorKernels.LANES);
    double[] energies = new double[GLANCE_AXES];
    moments.strongestAxes(GLANCE_ITERATIONS, energies);
    double edge = 1 + Math.sqrt((double) n / count);
    return energies[0] > STANDS_OUT * edge * edge * squares / ((double) n * count);
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
      taken[AxisReflections.pivot(axes[a], taken)] = true;
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
      double saved = (before - after) / n - (a + 1) * n * AxisReflections.ELEMENT_BITS / values;
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
}
