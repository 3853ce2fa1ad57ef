package llm265.lm.token;

/**
 * Whole words: a piece is a token or is unknown.
 *
 * @param unknown the token for what is unknown
 */
record WordLevelModel(Vocabulary vocabulary, String unknown) implements TokenModel {
  static WordLevelModel read(Part part) {
    return new WordLevelModel(Vocabulary.read(part), part.text("unk_token"));
  }

  @Override
  public void tokenize(String piece, IdList ids) {
    int id = vocabulary.id(piece);
    ids.add(id != Vocabulary.NONE ? id : vocabulary.unknownId(unknown));
  }
}
