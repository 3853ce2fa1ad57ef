package llm265.runtime.exchange;

/**
 * How Adam makes an update of an average gradient a: m = b1 m + (1 - b1) a, v = b2 v + (1 - b2) a^2, and the weights lose
 * lr (m / (sqrt(v) + eps) + wd w).
 *
 * @param beta1 b1
 * @param beta2 b2
 * @param epsilon eps
 * @param weightDecay wd
 * @param clip norm of all of a that is not exceeded; infinite for none
 * @param biasCorrection whether m and v are divided by 1 - b1^t and 1 - b2^t in the update
 */
public record AdamSettings(
    double beta1, double beta2, double epsilon, double weightDecay, double clip, boolean biasCorrection) {
  /** What small language models are trained with. */
  public static final AdamSettings DEFAULT = new AdamSettings(0.9, 0.99, 1e-8, 0, 1, true);

  /** The same as 1-bit Adam has it: nothing is clipped, no bias corrected. */
  public static final AdamSettings PLAIN = new AdamSettings(0.9, 0.99, 1e-8, 0, Double.POSITIVE_INFINITY, false);
}
