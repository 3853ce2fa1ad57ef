package llm265.tensor.analysis;

import llm265.parallel.Workers;
import llm265.tensor.tools.ChannelScales;
import llm265.tensor.tools.Channels;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;

/**
 * What the squared error of a value counts for, by the input channel that the value is multiplied with: the mean square of that
 * channel's inputs makes the weighted error of a matrix that of its outputs.
 *
 * <p>Channels are the last dimension, as in {@code y = W x} with W of {@code outputs x inputs}; or the first, where only that has
 * as many, as in the transposed weights of some frameworks; or, of three dimensions and more, the last for each index of the
 * first by itself, as for the experts of a mixture.
 */
public final class ChannelWeights {
  /** Values summed by one task: fixed, so that sums do not depend on the number of threads. */
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
   * @param weights one a channel, finite and not negative; may be 0. Those of each expert behind those of the one before it
   * @throws IllegalArgumentException if one of them is not, or if they are as many as neither the last nor the first dimension
   *     has, nor both together
   */
  public static ChannelWeights of(float[] weights, long... shape) {
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0 && weights[i] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("weight " + i + " is " + weights[i] + ", not a finite number of 0 or more");
      }
    }
    return new ChannelWeights(weights.clone(), Channels.of(weights.length, shape));
  }

  /** Scales with which coding at equal distortion minimizes the weighted error; null if all weights are the same. */
  public ChannelScales scales() {
    return weights.length == 0 || weights.length > ScaleClasses.MOST_LINES ? null : ChannelScales.of(weights, channels);
  }

  /** Weight of a value, by its index in the tensor. */
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

  /** Weights, and weighted deviations and squared deviations from a centre, of finite values. */
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
