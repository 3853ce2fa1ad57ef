package llm265.lm.token;

import java.util.function.IntPredicate;

/** What is looked for in a text. */
@FunctionalInterface
interface TextPattern {
  /**
   * Finds all matches.
   *
   * @param segments receives the matches and what lies between them, in order; together they are the text
   */
  void find(String text, Segments segments);

  /** Single code points: each is a match by itself. */
  static TextPattern of(IntPredicate isMatch) {
    return (text, segments) -> {
      int last = 0;
      for (int at = 0; at < text.length();) {
        int codePoint = text.codePointAt(at);
        int next = at + Character.charCount(codePoint);
        if (isMatch.test(codePoint)) {
          if (last < at) {
            segments.add(last, at, false);
          }
          segments.add(at, next, true);
          last = next;
        }
        at = next;
      }
      if (last < text.length()) {
        segments.add(last, text.length(), false);
      }
    };
  }

  /** Matches become what lies between matches, and the reverse. */
  default TextPattern inverted() {
    return (text, segments) -> {
      Segments found = new Segments();
      find(text, found);
      for (int i = 0; i < found.size(); i++) {
        segments.add(found.start(i), found.end(i), !found.isMatch(i));
      }
    };
  }
}
