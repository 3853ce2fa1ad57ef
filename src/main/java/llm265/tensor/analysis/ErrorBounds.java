package llm265.tensor.analysis;

/**
 * The bound on errors, and their weights.
 *
 * @param maxError values with a greater error are kept exactly; infinite for no bound
 * @param weights weights of the values' channels; null if all count the same
 */
public record ErrorBounds(double maxError, ChannelWeights weights) {
  public static final ErrorBounds NONE = new ErrorBounds(Double.POSITIVE_INFINITY, null);

  public ErrorBounds withMaxError(double newMaxError) {
    return new ErrorBounds(newMaxError, weights);
  }

  public ErrorBounds with(ChannelWeights newWeights) {
    return new ErrorBounds(maxError, newWeights);
  }
}
