package llm265.lm.token;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A regular expression of Oniguruma, or literal text, as a pattern of Java. */
final class OnigurumaPattern implements TextPattern {
  private final Pattern pattern;

  OnigurumaPattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /** Reads the member "pattern": an object with either a "String" or a "Regex". */
  static OnigurumaPattern read(Part part) {
    Part pattern = part.requiredPart("pattern");
    if (pattern.has("String")) {
      return new OnigurumaPattern(Pattern.compile(Pattern.quote(pattern.text("String"))));
    }
    String expression = pattern.text("Regex");
    try {
      return compile(expression);
    } catch (PatternSyntaxException e) {
      throw pattern.refused("has an expression that is not understood, " + e.getDescription() + ": ", expression);
    }
  }

  /**
   * Compiles an expression.
   *
   * @throws PatternSyntaxException if it is wrong, or has what cannot be translated
   */
  static OnigurumaPattern compile(String expression) {
    try {
      // Lines end with \n only, and ^ and $ are always those of lines.
      String translated = new OnigurumaTranslator(expression).translate();
      return new OnigurumaPattern(Pattern.compile(translated, Pattern.UNIX_LINES | Pattern.MULTILINE));
    } catch (StackOverflowError e) {
      throw new PatternSyntaxException("it is nested too deeply", expression, -1);
    }
  }

  @Override
  public void find(String text, Segments segments) {
    Matcher matcher = pattern.matcher(text);
    int last = 0;
    // An empty match right after a match does not count.
    int lastMatchEnd = -1;
    int from = 0;
    while (from <= text.length() && finds(matcher, from)) {
      int start = matcher.start();
      int end = matcher.end();
      if (start == end && end == lastMatchEnd) {
        from = end == text.length() ? end + 1 : text.offsetByCodePoints(end, 1);
        continue;
      }
      if (last < start) {
        segments.add(last, start, false);
      }
      segments.add(start, end, true);
      last = end;
      lastMatchEnd = end;
      from = end;
    }
    if (last < text.length()) {
      segments.add(last, text.length(), false);
    }
  }

  private boolean finds(Matcher matcher, int from) {
    try {
      return matcher.find(from);
    } catch (StackOverflowError e) {
      // Java matches repeated groups by recursion.
      throw new IllegalArgumentException("the text is too long for the pattern " + pattern, e);
    }
  }
}
