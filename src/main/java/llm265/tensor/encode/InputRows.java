package llm265.tensor.encode;

import java.util.Arrays;
import llm265.moments.InputMoments;
import llm265.tensor.TensorFraming;
import llm265.tensor.feedback.DampedMoments;
import llm265.tensor.feedback.FeedbackFactor;

/**
 * A matrix as a plane whose rows are inputs, so that later rows can make up for the errors of earlier ones.
 *
 * @param framing its tiles hold all inputs of some outputs, if they can
 * @param moments of the inputs, damped for a rate
 * @param weights of each input's squared errors, given that later inputs make up for them
 */
record InputRows(TensorFraming framing, DampedMoments moments, float[] weights) {
  /** What the first penalty is, as a share of the mean square of inputs. */
  private static final double FIRST_PENALTY = 0.01;

  private static final int ROUNDS = 2;

  /** The framing of the plane; null without moments, and where rows of tiles cannot be inputs. */
  static TensorFraming framing(InputMoments moments, long[] shape) {
    if (moments == null || shape.length != 2) {
      return null;
    }
    int n = moments.size();
    TensorFraming view = TensorFraming.of(shape);
    boolean transposed = shape[1] == n;
    if (!transposed && shape[0] != n || view.viewColumns() != shape[1] || view.values() % view.viewColumns() != 0) {
      return null;
    }
    TensorFraming framing = view.ofWholeColumns(transposed);
    return framing != null ? framing : transposed ? view.transpose() : view;
  }

  /**
   * The plane of a tensor that has a {@link #framing}.
   *
   * @param block inputs that are coded together
   * @param bits about so many per value
   */
  static InputRows of(InputMoments moments, long[] shape, int block, double bits) {
    TensorFraming framing = framing(moments, shape);
    double mean = 0;
    for (int i = 0; i < moments.size(); i++) {
      mean += moments.second()[i * moments.size() + i] / moments.size();
    }
    InputRows rows = of(framing, new DampedMoments(moments, FIRST_PENALTY * mean, block));
    for (int round = 0; round < ROUNDS; round++) {
      // The errors of weights are their variance less 6 dB a bit, weighted by what they count for.
      double penalty = rows.meanWeight() * StrictMath.pow(2, -2 * bits);
      rows = of(framing, new DampedMoments(moments, penalty, block));
    }
    return rows;
  }

  /** In the order of the inputs, tile after tile: as they are coded, unless rows are sorted. */
  private static InputRows of(TensorFraming framing, DampedMoments moments) {
    int n = moments.moments().size();
    float[] weights = new float[n];
    int height = framing.tileHeight();
    for (int first = 0; first < n; first += height) {
      int[] order = new int[height];
      for (int i = 0; i < height; i++) {
        order[i] = first + i < n ? first + i : -1;
      }
      float[] scales = new float[height];
      Arrays.fill(scales, 1);
      double[] ofTile = FeedbackFactor.of(moments, order, scales).weights();
      for (int i = 0; i < height && first + i < n; i++) {
        weights[first + i] = (float) ofTile[i];
      }
    }
    return new InputRows(framing, moments, weights);
  }

  /** The geometric mean: with the step that each input has by its weight, errors are as if all had this one. */
  private double meanWeight() {
    double sum = 0;
    for (float weight : weights) {
      sum += StrictMath.log(Math.max(weight, Float.MIN_NORMAL));
    }
    return StrictMath.exp(sum / weights.length);
  }
}
