package llm265.lm;

import java.util.Arrays;
import java.util.Random;

/**
 * Chooses tokens by their logits: the most likely one, or one by chance with the probabilities of a softmax. The same seed makes
 * the same choices on every machine. Used by one thread at a time.
 */
public final class TokenSampler {
  private final double temperature;
  private final double mass;
  private final Random random;

  /**
   * A sampler.
   *
   * @param temperature what logits are divided by; 0 for the most likely token
   * @param mass of the most likely tokens, which one is chosen from: the fewest that together have this probability; above 0, at
   *     most 1
   * @param seed of the choices
   */
  public TokenSampler(double temperature, double mass, long seed) {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature " + temperature + " is not 0 or more");
    }
    if (!(mass > 0 && mass <= 1)) {
      throw new IllegalArgumentException("a probability of " + mass + " is not above 0 and at most 1");
    }
    this.temperature = temperature;
    this.mass = mass;
    this.random = new Random(seed);
  }

  /** The next token. Of tokens that are equally likely the first counts as more so. */
  public int next(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    if (temperature == 0) {
      return best;
    }
    double[] weights = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      weights[i] = StrictMath.exp(((double) logits[i] - logits[best]) / temperature);
      sum += weights[i];
    }
    int[] order = mass < 1 ? byWeight(weights) : null;
    if (mass < 1) {
      sum = keptWeight(weights, order, sum);
    }
    double rest = random.nextDouble() * sum;
    for (int i = 0; i < weights.length; i++) {
      int token = order == null ? i : order[i];
      rest -= weights[token];
      if (rest < 0) {
        return token;
      }
    }
    return best;
  }

  /** The least sum of the first weights that reaches the share. */
  private double keptWeight(double[] weights, int[] order, double sum) {
    double kept = 0;
    for (int i = 0; i < order.length && kept < mass * sum; i++) {
      kept += weights[order[i]];
    }
    return kept;
  }

  private static int[] byWeight(double[] weights) {
    // A weight is at most 1, so the bits of floats are in the order of their values.
    long[] keys = new long[weights.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = ((long) -Float.floatToIntBits((float) weights[i]) << 32) | i;
    }
    Arrays.sort(keys);
    return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
  }
}
