package llm265.lm.token;

/** What turns a piece of text into tokens of a vocabulary. Safe for use by many threads. */
interface TokenModel {
  /**
   * Appends the ids of a piece.
   *
   * @param piece not empty
   * @throws IllegalArgumentException if the vocabulary lacks what the piece needs, and a token for what is unknown
   */
  void tokenize(String piece, IdList ids);

  Vocabulary vocabulary();
}
