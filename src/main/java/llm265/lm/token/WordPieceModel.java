package llm265.lm.token;

/**
 * WordPiece as BERT has it: the longest token that begins a word, then the longest that goes on, which is written with a prefix.
 * A word that cannot be written so is one unknown token.
 *
 * @param unknown the token for what is unknown
 * @param prefix what tokens begin with that do not begin a word
 * @param maxLength how many characters a word may have, to be known
 */
record WordPieceModel(Vocabulary vocabulary, String unknown, String prefix, int maxLength) implements TokenModel {
  /** What BERT's files do not say. */
  static final String UNKNOWN = "[UNK]";
  static final String PREFIX = "##";
  static final int MAX_LENGTH = 100;

  static WordPieceModel read(Part part) {
    return new WordPieceModel(
        Vocabulary.read(part),
        part.text("unk_token"),
        part.text("continuing_subword_prefix"),
        part.count("max_input_chars_per_word"));
  }

  @Override
  public void tokenize(String piece, IdList ids) {
    IdList tokens = new IdList();
    if (piece.codePointCount(0, piece.length()) > maxLength || !tokenizeFully(piece, tokens)) {
      ids.add(vocabulary.unknownId(unknown));
    } else {
      ids.addAll(tokens.toArray());
    }
  }

  private boolean tokenizeFully(String word, IdList tokens) {
    for (int start = 0; start < word.length();) {
      int end = word.length();
      int id = Vocabulary.NONE;
      while (start < end) {
        String token = word.substring(start, end);
        id = vocabulary.id(start > 0 ? prefix + token : token);
        if (id != Vocabulary.NONE) {
          break;
        }
        end = word.offsetByCodePoints(end, -1);
      }
      if (id == Vocabulary.NONE) {
        return false;
      }
      tokens.add(id);
      start = end;
    }
    return true;
  }
}
