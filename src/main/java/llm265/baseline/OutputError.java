package llm265.baseline;

import java.util.Arrays;
import llm265.moments.InputMoments;
import llm265.moments.Vectors;
import llm265.parallel.Workers;

/**
 * The objective of calibrated methods: the mean over tokens of |W x - W' x|^2. It is tr(D H D^T), with D = W - W' and H the
 * mean of x x^T.
 */
public final class OutputError {
  /** So many inputs are taken together: what they are added to is then read and written less often. */
  private static final int UNROLLED = 4;

  private OutputError() {}

  /**
   * The mean squared error of a layer's output, summed over outputs.
   *
   * @param layer the layer as it was
   * @param weights what it became, {@code out} x {@code in}
   */
  public static double of(Layer layer, float[] weights, InputMoments moments, Workers workers) {
    double[] errors = new double[layer.out()];
    RowChunks.forEach(workers, layer.out(), (first, end) ->
        ofRows(layer.weights(), weights, layer.in(), moments.second(), first, end, errors));
    double sum = 0;
    for (double error : errors) {
      sum += error;
    }
    return sum;
  }

  private static void ofRows(float[] exact, float[] coded, int n, double[] second, int first, int end, double[] errors) {
    // H is symmetric: d H d = sum of d_j (H_jj d_j + 2 y_j), with y_j = sum of d_i H_ij over i below j.
    double[] d = new double[(end - first) * n];
    double[] y = new double[d.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = (double) exact[first * n + i] - coded[first * n + i];
    }
    int whole = n / UNROLLED * UNROLLED;
    for (int i = 0; i < whole; i += UNROLLED) {
      for (int row = 0; row < d.length; row += n) {
        addInputs(y, d, row, second, i, n);
      }
    }
    for (int i = whole; i < n; i++) {
      for (int row = 0; row < d.length; row += n) {
        Vectors.addScaled(y, row + i + 1, second, i * n + i + 1, n - i - 1, d[row + i]);
      }
    }
    for (int row = first; row < end; row++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        double error = d[(row - first) * n + i];
        sum += error * (second[i * n + i] * error + 2 * y[(row - first) * n + i]);
      }
      errors[row] = sum;
    }
  }

  /** y_j += d_i H_ij for four inputs i and all j above them. */
  private static void addInputs(double[] y, double[] d, int row, double[] second, int i, int n) {
    for (int k = 0; k < UNROLLED - 1; k++) {
      Vectors.addScaled(y, row + i + k + 1, second, (i + k) * n + i + k + 1, UNROLLED - 1 - k, d[row + i + k]);
    }
    double d0 = d[row + i];
    double d1 = d[row + i + 1];
    double d2 = d[row + i + 2];
    double d3 = d[row + i + 3];
    int b = i * n;
    for (int j = i + UNROLLED; j < n; j++) {
      y[row + j] += (d0 * second[b + j] + d1 * second[b + n + j]) + (d2 * second[b + 2 * n + j] + d3 * second[b + 3 * n + j]);
    }
  }

  /**
   * d H d^T of a few inputs.
   *
   * @param d errors of inputs {@code first} to {@code first + count - 1}
   * @param n number of inputs
   * @param work of {@code count} numbers or more
   */
  static double ofInputs(double[] d, int first, int count, double[] second, int n, double[] work) {
    Arrays.fill(work, 0, count, 0);
    for (int i = 0; i < count; i++) {
      if (d[i] != 0) {
        Vectors.addScaled(work, 0, second, (first + i) * n + first, count, d[i]);
      }
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += d[i] * work[i];
    }
    return sum;
  }
}
