package llm265.tensor.feedback;

import java.util.Arrays;
import llm265.moments.InputMoments;
import llm265.moments.InverseFactor;

/**
 * What blocks of {@link #BLOCK} inputs hand on, in the order in which they are coded. With H the damped second moments in that
 * order and H^-1 = U^T U, U upper triangular, the error D of a block, {@code inputs x outputs}, adds {@code |E|^2} to the squared
 * error of the outputs, where {@code E = U_BB^-T D}, if {@code U_BR^T E} is taken from all later inputs R. That is GPTQ's
 * feedback (Frantar et al., arXiv 2210.17323) by blocks: the Schur complement of what is coded.
 *
 * <p>Immutable; takes the memory of half of H.
 */
public final class FeedbackFactor {
  /** Inputs of a block: the rows of a macroblock. */
  public static final int BLOCK = 16;

  /** Elements of a block of the factor. */
  static final int ELEMENTS = BLOCK * BLOCK;

  /** Share of each input's mean square that is added to it: moments of few tokens are not to be trusted too far. */
  private static final double DAMPING = 0.01;

  private final int blocks;
  /** {@code U_BB^-T} of each block, row by row. */
  private final float[] own;
  /** {@code U_BR} of each pair of a block and a later one, row by row. */
  private final float[][] later;
  private final double[] weights;

  private FeedbackFactor(int blocks, float[] own, float[][] later, double[] weights) {
    this.blocks = blocks;
    this.own = own;
    this.later = later;
    this.weights = weights;
  }

  /**
   * The factor of some inputs.
   *
   * @param order the input of each row that is coded, a multiple of {@link #BLOCK} of them; less than 0 for rows of padding
   * @param scales by row, padding apart: what the weights of an input are multiplied with before they are coded; more than 0
   */
  public static FeedbackFactor of(DampedMoments damped, int[] order, float[] scales) {
    InputMoments moments = damped.moments();
    int n = order.length;
    double[] deviations = deviations(moments, order, damped.penalty());
    double[] correlations = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        correlations[i * n + j] = i == j ? 1 : order[i] < 0 || order[j] < 0 ? 0
            : moments.second()[order[i] * moments.size() + order[j]] / (deviations[i] * deviations[j]);
      }
    }
    float[] u = InverseFactor.of(correlations, n, DAMPING);
    for (int i = 0; i < n; i++) {
      for (int j = i; j < n; j++) {
        u[i * n + j] *= (float) (scales[j] / deviations[j]);
      }
    }
    return of(u, n);
  }

  /**
   * The root mean square of each row's input, with the penalty. One that was always 0 says nothing of what its errors will count
   * for, so it stands for the median of the others; padding has no part in anything.
   */
  private static double[] deviations(InputMoments moments, int[] order, double penalty) {
    double usual = median(moments);
    double[] deviations = new double[order.length];
    for (int i = 0; i < order.length; i++) {
      double square = order[i] < 0 ? 0 : moments.second()[order[i] * moments.size() + order[i]];
      deviations[i] = Math.sqrt((square > 0 ? square : usual) + penalty);
    }
    return deviations;
  }

  private static double median(InputMoments moments) {
    int n = moments.size();
    double[] squares = new double[n];
    int count = 0;
    for (int i = 0; i < n; i++) {
      squares[count] = moments.second()[i * n + i];
      count += squares[count] > 0 ? 1 : 0;
    }
    Arrays.sort(squares, 0, count);
    return count == 0 ? 1 : squares[count / 2];
  }

  private static FeedbackFactor of(float[] u, int n) {
    int blocks = n / BLOCK;
    float[] own = new float[n * BLOCK];
    float[][] later = new float[blocks][];
    double[] weights = new double[n];
    for (int b = 0; b < blocks; b++) {
      double[] inverse = inverse(u, n, b * BLOCK);
      for (int i = 0; i < BLOCK; i++) {
        for (int j = 0; j < BLOCK; j++) {
          own[b * ELEMENTS + i * BLOCK + j] = (float) inverse[j * BLOCK + i];
          weights[b * BLOCK + i] += inverse[i * BLOCK + j] * inverse[i * BLOCK + j];
        }
      }
      later[b] = new float[(blocks - b - 1) * ELEMENTS];
      for (int r = b + 1; r < blocks; r++) {
        for (int k = 0; k < BLOCK; k++) {
          System.arraycopy(u, (b * BLOCK + k) * n + r * BLOCK, later[b], (r - b - 1) * ELEMENTS + k * BLOCK, BLOCK);
        }
      }
    }
    return new FeedbackFactor(blocks, own, later, weights);
  }

  /** The inverse of an upper triangular block on the diagonal. */
  private static double[] inverse(float[] u, int n, int first) {
    double[] inverse = new double[ELEMENTS];
    for (int j = 0; j < BLOCK; j++) {
      for (int i = j; i >= 0; i--) {
        double sum = i == j ? 1 : 0;
        for (int k = i + 1; k <= j; k++) {
          sum -= u[(first + i) * n + first + k] * inverse[k * BLOCK + j];
        }
        inverse[i * BLOCK + j] = sum / u[(first + i) * n + first + i];
      }
    }
    return inverse;
  }

  int blocks() {
    return blocks;
  }

  float[] own() {
    return own;
  }

  float[] later(int block) {
    return later[block];
  }

  /** By row: what a squared error counts for in the squared error of the outputs, if errors of a block are not correlated. */
  public double[] weights() {
    return weights.clone();
  }
}
