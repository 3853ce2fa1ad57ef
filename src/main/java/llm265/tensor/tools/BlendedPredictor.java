package llm265.tensor.tools;

import java.util.Arrays;

/**
 * A mean of several predictions of a number, in which those count most that have been best nearby. SPEC.md, "Predicted values".
 */
final class BlendedPredictor {
  static final int COUNT = 5;

  /** Binary logarithm of the weight of the prediction that has been best. */
  private static final int WEIGHT_BITS = 16;

  private static final int LEAST_ERROR = 1;

  private final long[] candidates = new long[COUNT];
  private long[][] errors;
  private long[][] errorsAbove;

  BlendedPredictor(int columns) {
    errors = new long[COUNT][columns];
    errorsAbove = new long[COUNT][columns];
  }

  void begin() {
    for (int i = 0; i < COUNT; i++) {
      Arrays.fill(errors[i], 0);
      Arrays.fill(errorsAbove[i], 0);
    }
  }

  /** Sets one of the predictions of the number at hand. */
  void set(int i, long candidate) {
    candidates[i] = candidate;
  }

  /** The mean of the predictions that are set, at column {@code x}. */
  long mean(int x, int last) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < COUNT; i++) {
      best = Math.min(best, error(i, x, last));
    }
    long first = candidates[0];
    long sum = 0;
    long weights = 0;
    for (int i = 0; i < COUNT; i++) {
      long share = (best << WEIGHT_BITS) / error(i, x, last);
      long weight = share * share >> WEIGHT_BITS;
      weights += weight;
      sum += weight * (candidates[i] - first);
    }
    return first + Math.floorDiv(sum + (weights >> 1), weights);
  }

  /** How far off a prediction has been nearby. */
  private long error(int i, int x, int last) {
    long[] above = errorsAbove[i];
    long w = x > 0 ? errors[i][x - 1] + above[x - 1] : above[x];
    return w + above[x] + above[Math.min(x + 1, last)] + LEAST_ERROR;
  }

  /** Tells what the number at column {@code x} is. */
  void keep(int x, long number) {
    for (int i = 0; i < COUNT; i++) {
      errors[i][x] = Math.abs(number - candidates[i]);
    }
  }

  void nextRow() {
    long[][] free = errorsAbove;
    errorsAbove = errors;
    errors = free;
  }
}
