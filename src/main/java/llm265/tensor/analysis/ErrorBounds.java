package llm265.tensor.analysis;

/**
 * What errors there may be, and what they count for.
 *
 * @param maxError values whose error would be greater are kept exactly; infinite for no bound
 * @param weights of the values' channels; null where all count the same
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
