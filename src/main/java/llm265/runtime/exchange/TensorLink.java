package llm265.runtime.exchange;

/** A link that tensors of one shape go over, one step after the other. Used by one thread at a time. */
public interface TensorLink {
  /**
   * Sends a tensor.
   *
   * @param values {@code rows x columns}, a row for each token; replaced by what the receiver gets
   * @return bits sent, every byte that the receiver needs counted
   */
  long send(float[] values, int rows, int columns);
}
