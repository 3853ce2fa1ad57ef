package llm265.lm.token;

import java.util.function.IntPredicate;

/**
 * A piece of a text, perhaps rewritten, and how much of its beginning stands for the first character of the whole text.
 * {@link Metaspace} may put a mark before the piece that begins the text and before no other.
 *
 * @param text the characters
 * @param origin how many UTF-16 units at the front stand for the first character of the text that is encoded, or were put
 *     before it; 0 if the piece begins later
 */
record NormalizedText(String text, int origin) {
  /** What a code point becomes. */
  @FunctionalInterface
  interface Rewriting {
    void append(int codePoint, StringBuilder rewritten);
  }

  /** The whole of a text. */
  static NormalizedText of(String text) {
    return new NormalizedText(text, text.isEmpty() ? 0 : text.offsetByCodePoints(0, 1));
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  /** Whether it begins where the whole text begins. */
  boolean isAtOrigin() {
    return origin > 0;
  }

  NormalizedText slice(int start, int end) {
    if (start == 0 && end == text.length()) {
      return this;
    }
    return new NormalizedText(text.substring(start, end), Math.max(0, Math.min(origin, end) - start));
  }

  /** Every code point rewritten. */
  NormalizedText rewritten(Rewriting rewriting) {
    StringBuilder rewritten = new StringBuilder(text.length());
    int newOrigin = 0;
    for (int at = 0; at < text.length();) {
      int codePoint = text.codePointAt(at);
      rewriting.append(codePoint, rewritten);
      at += Character.charCount(codePoint);
      if (at <= origin) {
        newOrigin = rewritten.length();
      }
    }
    return new NormalizedText(rewritten.toString(), newOrigin);
  }

  /** The code points that are kept. */
  NormalizedText filtered(IntPredicate keeps) {
    if (text.codePoints().allMatch(keeps)) {
      return this;
    }
    return rewritten((codePoint, kept) -> {
      if (keeps.test(codePoint)) {
        kept.appendCodePoint(codePoint);
      }
    });
  }

  /** The text after a prefix; an empty text gets none. */
  NormalizedText prepended(String prefix) {
    return isEmpty() ? this : new NormalizedText(prefix + text, isAtOrigin() ? origin + prefix.length() : 0);
  }

  /** Every match replaced. What replaces it stands for the last character that it replaces. */
  NormalizedText replaced(TextPattern pattern, String content) {
    Segments segments = new Segments();
    pattern.find(text, segments);
    StringBuilder replaced = new StringBuilder(text.length());
    int newOrigin = 0;
    for (int i = 0; i < segments.size(); i++) {
      int start = segments.start(i);
      if (segments.isMatch(i)) {
        replaced.append(content);
        if (segments.end(i) <= origin) {
          newOrigin = replaced.length();
        }
      } else {
        replaced.append(text, start, segments.end(i));
        if (start < origin) {
          newOrigin = replaced.length() - Math.max(0, segments.end(i) - origin);
        }
      }
    }
    return new NormalizedText(replaced.toString(), newOrigin);
  }
}
