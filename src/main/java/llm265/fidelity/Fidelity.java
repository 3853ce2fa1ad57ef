package llm265.fidelity;

/**
 * How a model's predictions compare with those of another, token by token. Logarithms are natural.
 *
 * @param tokens number of predictions
 * @param loss mean negative log-likelihood of the text's tokens
 * @param lossError standard error of that mean, for tokens that are independent
 * @param excess mean of the loss less that of the original
 * @param excessError standard error of that mean, paired by token
 * @param divergence mean Kullback-Leibler divergence from the original, {@code sum p log(p / q)} with p the original's
 * @param divergenceError standard error of that mean
 * @param divergence99 the divergence that 99 % of the tokens do not exceed
 * @param agreement share of the tokens for which both find the same one the most likely
 */
public record Fidelity(
    long tokens, double loss, double lossError, double excess, double excessError, double divergence, double divergenceError,
    double divergence99, double agreement) {
  /** e to the mean loss. */
  public double perplexity() {
    return StrictMath.exp(loss);
  }

  /** Standard error of the perplexity. */
  public double perplexityError() {
    return perplexity() * lossError;
  }
}
