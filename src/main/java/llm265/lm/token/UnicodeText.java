package llm265.lm.token;

import java.text.Normalizer.Form;

/** What the Unicode standard says that text becomes. */
final class UnicodeText {
  private static final int CAPITAL_I_WITH_DOT = 0x130;

  private UnicodeText() {}

  /** A normalization form of Unicode. */
  static Normalizer form(Form form) {
    return text -> {
      if (java.text.Normalizer.isNormalized(text.text(), form)) {
        return text;
      }
      String normalized = java.text.Normalizer.normalize(text.text(), form);
      int origin = java.text.Normalizer.normalize(text.text().substring(0, text.origin()), form).length();
      return new NormalizedText(normalized, Math.min(origin, normalized.length()));
    };
  }

  /** Small letters, whatever the context: a final sigma is like any other. */
  static NormalizedText lowercase(NormalizedText text) {
    return text.rewritten((codePoint, lowered) -> {
      lowered.appendCodePoint(Character.toLowerCase(codePoint));
      if (codePoint == CAPITAL_I_WITH_DOT) {
        lowered.append('\u0307');
      }
    });
  }
}
