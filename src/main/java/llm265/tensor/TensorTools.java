package llm265.tensor;

/**
 * Which of the tensor layer's own tools an encoder may use. Decoders read from the stream what was used.
 *
 * @param signPatterns number of sign patterns to choose from for each macroblock: 1 for none, else a power of two up to
 *     {@link SignPatterns#MAX_COUNT}
 */
public record TensorTools(int signPatterns) {
  /** None of them. */
  public static final TensorTools NONE = new TensorTools(1);

  public TensorTools {
    if (signPatterns < 1 || signPatterns > SignPatterns.MAX_COUNT || Integer.bitCount(signPatterns) != 1) {
      throw new IllegalArgumentException(signPatterns + " sign patterns");
    }
  }
}
