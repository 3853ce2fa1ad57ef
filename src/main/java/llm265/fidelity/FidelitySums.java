package llm265.fidelity;

import java.util.Arrays;

/** Collects what two models predict, and sums it up. Used by one thread at a time. */
final class FidelitySums {
  private double[] losses = new double[1024];
  private double[] excesses = new double[1024];
  private double[] divergences = new double[1024];
  private int count;
  private long agreed;

  /**
   * Takes a prediction.
   *
   * @param original logits of the original
   * @param other those of the model that is compared with it
   * @param token the one that came
   */
  void add(float[] original, float[] other, int token) {
    if (count == losses.length) {
      losses = Arrays.copyOf(losses, 2 * count);
      excesses = Arrays.copyOf(excesses, 2 * count);
      divergences = Arrays.copyOf(divergences, 2 * count);
    }
    int bestOfOriginal = greatest(original);
    int best = greatest(other);
    double top = original[bestOfOriginal];
    double topOfOther = other[best];
    double sum = 0;
    double sumOfOther = 0;
    double weighted = 0;
    for (int i = 0; i < original.length; i++) {
      double power = StrictMath.exp(original[i] - top);
      sum += power;
      sumOfOther += StrictMath.exp(other[i] - topOfOther);
      weighted += power * ((double) original[i] - other[i]);
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

  private static int greatest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  Fidelity result() {
    double[] sorted = Arrays.copyOf(divergences, count);
    Arrays.sort(sorted);
    return new Fidelity(
        count, mean(losses), error(losses), mean(excesses), error(excesses), mean(divergences), error(divergences),
        sorted[(int) Math.min(count - 1L, Math.round(0.99 * (count - 1)))], (double) agreed / count);
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
