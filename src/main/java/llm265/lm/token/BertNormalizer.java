package llm265.lm.token;

import java.text.Normalizer.Form;

/**
 * The normalization of BERT: controls go, all whitespace becomes spaces, ideographs stand alone, accents and capitals go.
 *
 * @param cleans whether controls are removed and whitespace is made spaces
 * @param separatesIdeographs whether spaces are put around ideographs
 * @param stripsAccents whether nonspacing marks are removed
 * @param lowercases whether capitals are made small
 */
record BertNormalizer(boolean cleans, boolean separatesIdeographs, boolean stripsAccents, boolean lowercases)
    implements Normalizer {

  static BertNormalizer read(Part part) {
    boolean lowercases = part.flag("lowercase", true);
    return new BertNormalizer(
        part.flag("clean_text", true),
        part.flag("handle_chinese_chars", true),
        part.flag("strip_accents", lowercases),
        lowercases);
  }

  @Override
  public NormalizedText normalize(NormalizedText text) {
    NormalizedText normalized = text;
    if (cleans) {
      normalized = normalized.rewritten((codePoint, cleaned) -> {
        if (codePoint != 0xFFFD && !isControl(codePoint)) {
          cleaned.appendCodePoint(CharacterClasses.isWhitespace(codePoint) ? ' ' : codePoint);
        }
      });
    }
    if (separatesIdeographs) {
      normalized = normalized.rewritten((codePoint, spaced) -> {
        if (isIdeograph(codePoint)) {
          spaced.append(' ').appendCodePoint(codePoint).append(' ');
        } else {
          spaced.appendCodePoint(codePoint);
        }
      });
    }
    if (stripsAccents) {
      normalized = UnicodeText.form(Form.NFD).normalize(normalized)
          .filtered(codePoint -> Character.getType(codePoint) != Character.NON_SPACING_MARK);
    }
    return lowercases ? UnicodeText.lowercase(normalized) : normalized;
  }

  private static boolean isControl(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL -> codePoint != '\t' && codePoint != '\n' && codePoint != '\r';
      case Character.FORMAT, Character.PRIVATE_USE -> true;
      default -> false;
    };
  }

  /** The blocks of CJK ideographs that BERT counts. */
  private static boolean isIdeograph(int codePoint) {
    return codePoint >= 0x3400 && codePoint <= 0x4DBF
        || codePoint >= 0x4E00 && codePoint <= 0x9FFF
        || codePoint >= 0xF900 && codePoint <= 0xFAFF
        || codePoint >= 0x20000 && codePoint <= 0x2A6DF
        || codePoint >= 0x2A700 && codePoint <= 0x2B81F
        || codePoint >= 0x2B920 && codePoint <= 0x2CEAF
        || codePoint >= 0x2F800 && codePoint <= 0x2FA1F;
  }
}
