package llm265.lm.layer;

/** Receives the logits of one position after the other. */
public interface LogitsSink {
  /**
   * Takes the logits of a position.
   *
   * @param position of the token that has been seen last: the logits are those of the token after it, or, in an encoder, of
   *     the token there
   * @param logits one for each token of the vocabulary; the array is used again for the next position
   */
  void accept(int position, float[] logits);
}
