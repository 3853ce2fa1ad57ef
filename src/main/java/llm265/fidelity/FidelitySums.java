package llm265.fidelity;

import java.util.Arrays;
import llm265.lm.math.MatrixKernels;

/**
 * Collects what two models predict, and sums it up. Exponentials are those of {@link MatrixKernels}, off by some 1e-7;
 * differences of logits are exact and sums in binary64. So divergences are off by less than 1e-6, and the same on every machine.
 * Used by one thread at a time.
 */
final class FidelitySums {
  private double[] losses = new double[1024];
  private double[] excesses = new double[1024];
  private double[] divergences = new double[1024];
  private float[] powers = {};
  private float[] powersOfOther = {};
  private int count;
  private long agreed;

  /**
   * Takes a prediction.
   *
   * @param original logits of the original
   * @param other as many of the model that is compared with it
   * @param token the one that came
   */
  void add(float[] original, float[] other, int token) {
    reserve(original.length);
    int bestOfOriginal = greatest(original);
    int best = greatest(other);
    float top = original[bestOfOriginal];
    float topOfOther = other[best];
    powers(original, top, powers);
    powers(other, topOfOther, powersOfOther);
    double sum = 0;
    double sumOfOther = 0;
    double weighted = 0;
    for (int i = 0; i < original.length; i++) {
      sum += powers[i];
      sumOfOther += powersOfOther[i];
      weighted += powers[i] * ((double) original[i] - other[i]);
    }
    double log = top + StrictMath.log(sum);
    double logOfOther = topOfOther + StrictMath.log(sumOfOther);
    losses[count] = logOfOther - other[token];
    excesses[count] = losses[count] - (log - original[token]);
    // A divergence is never negative, but its rounded sum may be.
    divergences[count] = Math.max(0, weighted / sum - log + logOfOther);
    agreed += best == bestOfOriginal ? 1 : 0;
    count++;
  }

  private void reserve(int vocabulary) {
    if (powers.length != vocabulary) {
      powers = new float[vocabulary];
      powersOfOther = new float[vocabulary];
    }
    if (count == losses.length) {
      losses = Arrays.copyOf(losses, 2 * count);
      excesses = Arrays.copyOf(excesses, 2 * count);
      divergences = Arrays.copyOf(divergences, 2 * count);
    }
  }

  private static int greatest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  /** {@code e^(logit - top)}; the difference is rounded where it is large, and its power small. */
  private static void powers(float[] logits, float top, float[] powers) {
    for (int i = 0; i < logits.length; i++) {
      powers[i] = logits[i] - top;
    }
    MatrixKernels.ACTIVE.exponentials(powers, 0, powers.length);
  }

  /** @throws IllegalStateException if there have been no predictions */
  Fidelity result() {
    if (count == 0) {
      throw new IllegalStateException("no predictions");
    }
    double[] sorted = Arrays.copyOf(divergences, count);
    Arrays.sort(sorted);
    // The least one that is not exceeded by 99 % or more.
    int rank = (int) ((99L * count + 99) / 100);
    return new Fidelity(
        count, mean(losses), error(losses), mean(excesses), error(excesses), mean(divergences), error(divergences),
        sorted[rank - 1], (double) agreed / count);
  }

  private double mean(double[] values) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i];
    }
    return sum / count;
  }

  private double error(double[] values) {
    double mean = mean(values);
    double squares = 0;
    for (int i = 0; i < count; i++) {
      squares += (values[i] - mean) * (values[i] - mean);
    }
    return count < 2 ? 0 : Math.sqrt(squares / (count - 1) / count);
  }
}
