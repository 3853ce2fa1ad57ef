package llm265.tensor.feedback;

import java.util.Arrays;
import llm265.moments.InputMoments;
import llm265.moments.InverseFactor;

/**
 * What blocks of inputs hand on, in the order in which they are coded. With H the damped second moments in that order and H^-1 =
 * U^T U, U upper triangular, the error D of a block, {@code inputs x outputs}, adds {@code |E|^2} to the squared error of the
 * outputs, where {@code E = U_BB^-T D}, if {@code U_BR^T E} is taken from all later inputs R. That is GPTQ's feedback (Frantar et
 * al., arXiv 2210.17323) by blocks: the Schur complement of what is coded.
 *
 * <p>Bands of {@link #BAND} inputs hand on to later bands all at once, whatever the blocks in them. Immutable; takes the memory
 * of half of H.
 */
public final class FeedbackFactor {
  /** Inputs of a band, and of a block at most: the rows of a macroblock. */
  public static final int BAND = 16;

  /** Elements of the factor for two bands. */
  static final int ELEMENTS = BAND * BAND;

  /** Share of each input's mean square that is added to it: moments of few tokens are not to be trusted too far. */
  private static final double DAMPING = 0.01;

  private final int bands;
  private final int block;
  /** {@code U_BB^-T} of the blocks of each band, row by row; zeros between blocks. */
  private final float[] own;
  /** {@code U_BB} of each band, row by row. */
  private final float[] within;
  /** {@code U_BR} of each pair of a band and a later one, row by row. */
  private final float[][] later;
  private final double[] weights;

  private FeedbackFactor(int bands, int block, float[] own, float[] within, float[][] later, double[] weights) {
    this.bands = bands;
    this.block = block;
    this.own = own;
    this.within = within;
    this.later = later;
    this.weights = weights;
  }

  /**
   * The factor of some inputs.
   *
   * @param order the input of each row that is coded, a multiple of {@link #BAND} of them; less than 0 for rows of padding
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
    return of(u, n, damped.block());
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

  private static FeedbackFactor of(float[] u, int n, int block) {
    int bands = n / BAND;
    float[] own = new float[n * BAND];
    float[] within = new float[n * BAND];
    float[][] later = new float[bands][];
    double[] weights = new double[n];
    for (int first = 0; first < n; first += block) {
      invert(u, n, first, block, own, weights);
    }
    for (int b = 0; b < bands; b++) {
      later[b] = new float[(bands - b - 1) * ELEMENTS];
      for (int k = 0; k < BAND; k++) {
        int row = (b * BAND + k) * n;
        System.arraycopy(u, row + b * BAND, within, b * ELEMENTS + k * BAND, BAND);
        for (int r = b + 1; r < bands; r++) {
          System.arraycopy(u, row + r * BAND, later[b], (r - b - 1) * ELEMENTS + k * BAND, BAND);
        }
      }
    }
    return new FeedbackFactor(bands, block, own, within, later, weights);
  }

  /** The inverse of an upper triangular block on the diagonal, transposed, and the weights of its rows. */
  private static void invert(float[] u, int n, int first, int block, float[] own, double[] weights) {
    double[] inverse = new double[block * block];
    for (int j = 0; j < block; j++) {
      for (int i = j; i >= 0; i--) {
        double sum = i == j ? 1 : 0;
        for (int k = i + 1; k <= j; k++) {
          sum -= u[(first + i) * n + first + k] * inverse[k * block + j];
        }
        inverse[i * block + j] = sum / u[(first + i) * n + first + i];
      }
    }
    int column = first % BAND;
    for (int i = 0; i < block; i++) {
      for (int j = 0; j < block; j++) {
        own[(first + i) * BAND + column + j] = (float) inverse[j * block + i];
        weights[first + i] += inverse[i * block + j] * inverse[i * block + j];
      }
    }
  }

  int bands() {
    return bands;
  }

  /** Inputs of a block. */
  public int block() {
    return block;
  }

  float[] own() {
    return own;
  }

  float[] within() {
    return within;
  }

  float[] later(int band) {
    return later[band];
  }

  /** By row: what a squared error counts for in the squared error of the outputs, if errors of a block are not correlated. */
  public double[] weights() {
    return weights.clone();
  }
}
