package llm265.tensor.analysis;

import llm265.parallel.Workers;
import llm265.tensor.tools.ChannelScales;
import llm265.tensor.tools.Channels;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;

/**
 * The weight of a value's squared error, given by the input channel that the value is multiplied with. With the mean square of
 * each channel's inputs as its weight, the weighted error of a matrix is the error of its outputs.
 *
 * <p>Channels are the last dimension, as in {@code y = W x} with W of {@code outputs x inputs}. They are the first dimension if
 * only that one has as many, as in the transposed weights of some frameworks. With three or more dimensions they may be the
 * last dimension for each index of the first, as for the experts of a mixture.
 */
public final class ChannelWeights {
  /** Number of values that one task sums; fixed, so that sums do not depend on the number of threads. */
  private static final int BLOCK = 1 << 18;

  private static final int ROW = 1 << 12;

  private final float[] weights;
  private final Channels channels;

  private ChannelWeights(float[] weights, Channels channels) {
    this.weights = weights;
    this.channels = channels;
  }

  /**
   * Weights for a shape.
   *
   * @param weights one per channel, finite and not negative; may be 0. Those of each expert follow those of the one before
   * @throws IllegalArgumentException if a weight is not, or if their number fits neither the last dimension, nor the first,
   *     nor both together
   */
  public static ChannelWeights of(float[] weights, long... shape) {
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0 && weights[i] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("weight " + i + " is " + weights[i] + ", not a finite number of 0 or more");
      }
    }
    return new ChannelWeights(weights.clone(), Channels.of(weights.length, shape));
  }

  /** Scales with which coding at equal distortion minimizes the weighted error; null if all weights are equal. */
  public ChannelScales scales() {
    return weights.length == 0 || weights.length > ScaleClasses.MOST_LINES ? null : ChannelScales.of(weights, channels);
  }

  /** Weight of a value, given by its index in the tensor. */
  public float of(long index) {
    return weights[channels.of(index)];
  }

  /** Mean weight of a tensor's values. */
  public double mean() {
    double sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    return weights.length == 0 ? 0 : sum / weights.length;
  }

  /** Weighted sum of the squared deviations of the finite values from their weighted mean. */
  public double signal(TensorElements elements, long values, float centre, Workers workers) {
    double[] total = new double[3];
    workers.forEachInOrder(
        Math.toIntExact(Math.ceilDiv(values, BLOCK)),
        block -> sums(elements, (long) block * BLOCK, Math.min(values, (block + 1L) * BLOCK), centre),
        (block, sums) -> {
          for (int i = 0; i < total.length; i++) {
            total[i] += sums[i];
          }
        });
    return total[0] > 0 ? Math.max(0, total[2] - total[1] * total[1] / total[0]) : 0;
  }

  /** Sums of weights, and of weighted deviations and squared deviations from a centre, over finite values. */
  private double[] sums(TensorElements elements, long first, long end, float centre) {
    float[] row = new float[ROW];
    double[] sums = new double[3];
    for (long at = first; at < end; at += ROW) {
      int count = (int) Math.min(ROW, end - at);
      elements.read(at, row, 0, count);
      for (int i = 0; i < count; i++) {
        if (Float.isFinite(row[i])) {
          double weight = of(at + i);
          double deviation = (double) row[i] - centre;
          sums[0] += weight;
          sums[1] += weight * deviation;
          sums[2] += weight * deviation * deviation;
        }
      }
    }
    return sums;
  }
}
