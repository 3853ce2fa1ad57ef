package llm265.checkpoint.file;

/**
 * Makes text from files safe to print. Characters that end a line, control a terminal, change the order of letters or are
 * invisible are written {@code \}{@code uXXXX}, as in JSON and Java.
 */
public final class PrintableText {
  private static final int MAX_QUOTED = 80;

  private PrintableText() {}

  /** The text on one line: controls (C0, C1), line ends, format characters and lone surrogates are escaped. */
  public static String of(String text) {
    return escaped(text, false);
  }

  /** JSON text of any number of lines; its strings keep their meaning. */
  public static String ofJson(String json) {
    return escaped(json, true);
  }

  private static String escaped(String text, boolean keepsLines) {
    if (text.codePoints().allMatch(c -> isPlain(c, keepsLines))) {
      return text;
    }
    StringBuilder escaped = new StringBuilder();
    text.codePoints().forEach(c -> {
      if (isPlain(c, keepsLines)) {
        escaped.appendCodePoint(c);
      } else {
        for (char unit : Character.toChars(c)) {
          escaped.append(String.format("\\u%04x", (int) unit));
        }
      }
    });
    return escaped.toString();
  }

  private static boolean isPlain(int codePoint, boolean keepsLines) {
    if (codePoint == '\n' || codePoint == '\r') {
      return keepsLines;
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR -> false;
      default -> true;
    };
  }

  /** Makes the text fit for a message: in quotation marks, on one line, and cut if it is long. */
  public static String quote(String text) {
    return '"' + cut(text, MAX_QUOTED) + '"';
  }

  /** The text on one line, cut after {@code maxLength} characters. */
  public static String cut(String text, int maxLength) {
    if (text.length() <= maxLength) {
      return of(text);
    }
    int end = Character.isHighSurrogate(text.charAt(maxLength - 1)) ? maxLength - 1 : maxLength;
    return of(text.substring(0, end)) + "...";
  }
}
