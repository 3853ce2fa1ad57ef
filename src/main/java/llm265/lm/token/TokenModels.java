package llm265.lm.token;

/** The kinds of models, and which of them a file names. */
final class TokenModels {
  private TokenModels() {}

  /** Reads the part "model" of a file. Older files do not name its type. */
  static TokenModel read(Part part) {
    return switch (part.has("type") ? part.type() : likelyType(part)) {
      case "BPE" -> BytePairModel.read(part);
      case "WordPiece" -> WordPieceModel.read(part);
      case "WordLevel" -> WordLevelModel.read(part);
      case "Unigram" -> UnigramModel.read(part);
      default -> throw part.unknown();
    };
  }

  private static String likelyType(Part part) {
    if (part.has("merges")) {
      return "BPE";
    }
    if (part.has("max_input_chars_per_word")) {
      return "WordPiece";
    }
    return part.required("vocab").isArray() ? "Unigram" : "WordLevel";
  }
}
