package llm265.lm.token;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions in Oniguruma's Ruby syntax, written as Java's. Both mean the same by most of it. Oniguruma's classes are
 * Unicode's, Java's are ASCII's, so they are spelled out; characters in {@code (?i)} are written with all their variants, since
 * Java has other ones; {@code (?m)} of Oniguruma is {@code (?s)} of Java. What is not known to mean the same is refused.
 */
final class OnigurumaTranslator {
  private static final String WHITESPACE =
      "\\t-\\r \\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}";
  private static final String WORD = "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}";
  /** Outside of sets, Oniguruma takes the superscripts and fractions of Latin-1 for parts of words, too. */
  private static final String WORD_OUTSIDE = WORD + "\\x{B2}\\x{B3}\\x{B9}\\x{BC}-\\x{BE}";
  private static final String SUPPLEMENTARY = "\uD800\uDC00";
  private static final String HEX_DIGIT = "0-9A-Fa-f";

  private final String expression;
  private final StringBuilder java = new StringBuilder();
  /** Whether case mattered before each group that is open. */
  private final Deque<Boolean> outer = new ArrayDeque<>();
  /** The characters that follow each other up to here. */
  private final StringBuilder run = new StringBuilder();
  private int at;
  private boolean ignoresCase;

  OnigurumaTranslator(String expression) {
    this.expression = expression;
  }

  String translate() {
    while (at < expression.length()) {
      term();
    }
    if (!outer.isEmpty()) {
      throw refused("a group is not ended");
    }
    // Java looks behind by code points, not by units, only where the expression has a supplementary character further on.
    return java.indexOf("(?<") < 0 ? java.toString() : "(?:" + java + ")" + SUPPLEMENTARY + "{0}";
  }

  private void term() {
    int start = at;
    int character = next();
    if ("[()|^$.".indexOf(character) >= 0) {
      run.setLength(0);
    }
    switch (character) {
      case '\\' -> escape(false);
      case '[' -> set();
      case '(' -> {
        group();
        return;
      }
      case ')' -> {
        if (outer.isEmpty()) {
          throw refused("there is an unmatched )");
        }
        ignoresCase = outer.pop();
        java.append(')');
      }
      case '|', '^', '$' -> {
        java.appendCodePoint(character);
        return;
      }
      case '.' -> java.append('.');
      case '*', '+', '?' -> throw refused("nothing is repeated by " + expression.charAt(start));
      default -> literal(character);
    }
    quantifier();
  }

  /** The beginning of a group, after its bracket. */
  private void group() {
    outer.push(ignoresCase);
    if (!accept("?")) {
      java.append("(?:");
      return;
    }
    for (String kind : new String[] {":", "=", "!", "<=", "<!", ">"}) {
      if (accept(kind)) {
        java.append("(?").append(kind);
        return;
      }
    }
    options();
  }

  private void options() {
    boolean isOn = true;
    String lines = "";
    while (at < expression.length() && "im-".indexOf(expression.charAt(at)) >= 0) {
      switch (expression.charAt(at++)) {
        case 'i' -> ignoresCase = isOn;
        case 'm' -> lines = isOn ? "s" : "-s";
        default -> isOn = false;
      }
    }
    if (accept(":")) {
      java.append("(?").append(lines).append(':');
    } else if (java.isEmpty() && outer.size() == 1 && accept(")")) {
      // Elsewhere they would hold for what follows in another way than Java's.
      outer.pop();
      java.append("(?").append(lines).append(')');
    } else {
      throw refused("a group of its kind is not supported");
    }
  }

  private void quantifier() {
    if (at < expression.length() && "{*+?".indexOf(expression.charAt(at)) >= 0) {
      run.setLength(0);
    }
    while (at < expression.length() && (expression.charAt(at) == '{' || "*+?".indexOf(expression.charAt(at)) >= 0)) {
      if (expression.charAt(at) != '{') {
        java.append(expression.charAt(at++));
        if (accept("?")) {
          java.append('?');
        } else if (accept("+")) {
          java.append('+');
        }
      } else if (!interval()) {
        return;
      }
      if (at < expression.length() && ("*+?".indexOf(expression.charAt(at)) >= 0 || isInterval())) {
        throw refused("what is repeated is repeated again");
      }
    }
  }

  private boolean isInterval() {
    return expression.substring(at).matches("(?s)\\{(\\d+(,\\d*)?|,\\d+)\\}.*");
  }

  /** Braces that are no interval are literal. */
  private boolean interval() {
    if (!isInterval()) {
      return false;
    }
    int end = expression.indexOf('}', at);
    String interval = expression.substring(at + 1, end);
    at = end + 1;
    java.append('{').append(interval.startsWith(",") ? "0" : "").append(interval).append('}');
    // A ? after a fixed number makes the whole optional there, and is refused with all other repetitions.
    if (interval.contains(",") && accept("?")) {
      java.append('?');
    }
    return true;
  }

  /** What follows a backslash. */
  private void escape(boolean isInSet) {
    if (at == expression.length()) {
      throw refused("it ends in a backslash");
    }
    int character = next();
    switch (character) {
      case 's' -> addSet(WHITESPACE, false, isInSet);
      case 'S' -> addSet(WHITESPACE, true, isInSet);
      case 'w' -> addSet(isInSet ? WORD : WORD_OUTSIDE, false, isInSet);
      case 'W' -> addSet(isInSet ? WORD : WORD_OUTSIDE, true, isInSet);
      case 'h' -> addSet(HEX_DIGIT, false, isInSet);
      case 'H' -> addSet(HEX_DIGIT, true, isInSet);
      case 'd' -> java.append("\\p{Nd}");
      case 'D' -> java.append("\\P{Nd}");
      case 'p', 'P' -> property(character == 'P');
      default -> {
        if (!isInSet && anchor(character)) {
          run.setLength(0);
          return;
        }
        literal(escapedLiteral(character));
        return;
      }
    }
    run.setLength(0);
  }

  private boolean anchor(int character) {
    switch (character) {
      case 'A', 'z', 'Z', 'R' -> java.append('\\').appendCodePoint(character);
      case 'b' -> java.append("(?:(?<=[W])(?![W])|(?<![W])(?=[W]))".replace("W", WORD_OUTSIDE));
      case 'B' -> java.append("(?:(?<=[W])(?=[W])|(?<![W])(?![W]))".replace("W", WORD_OUTSIDE));
      case 'N' -> java.append("[^\\n]");
      case 'O' -> java.append("(?s:.)");
      default -> {
        return false;
      }
    }
    return true;
  }

  private void addSet(String set, boolean isNegated, boolean isInSet) {
    if (isInSet && !isNegated) {
      java.append(set);
    } else {
      java.append(isNegated ? "[^" : "[").append(set).append(']');
    }
  }

  /** The code point that a backslash and a character mean. */
  private int escapedLiteral(int character) {
    return switch (character) {
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 'f' -> '\f';
      case 'v' -> 0x0B;
      case 'a' -> 0x07;
      case 'e' -> 0x1B;
      case 'u' -> hexadecimal(4, 4);
      case 'x' -> {
        if (accept("{")) {
          int value = hexadecimal(1, 8);
          if (!accept("}")) {
            throw refused("a number is not ended");
          }
          yield value;
        }
        int value = hexadecimal(1, 2);
        if (value > 0x7F) {
          throw refused("bytes are not supported");
        }
        yield value;
      }
      default -> {
        if (character < 0x80 && Character.isLetterOrDigit(character)) {
          throw refused("\\" + (char) character + " is not supported");
        }
        yield character;
      }
    };
  }

  private int hexadecimal(int minDigits, int maxDigits) {
    int start = at;
    while (at < expression.length() && at - start < maxDigits && Character.digit(expression.charAt(at), 16) >= 0) {
      at++;
    }
    if (at - start < minDigits) {
      throw refused("a number has too few digits");
    }
    long value = Long.parseLong(expression.substring(start, at), 16);
    if (value > Character.MAX_CODE_POINT) {
      throw refused("a number is no character");
    }
    return (int) value;
  }

  private void property(boolean isNegated) {
    int end = expression.indexOf('}', at);
    if (!accept("{") || end < 0) {
      throw refused("a property has no name");
    }
    boolean isInverted = accept("^");
    String set = UnicodeProperties.javaClass(expression.substring(at, end));
    if (set == null) {
      throw refused("the property " + expression.substring(at, end) + " is not known");
    }
    at = end + 1;
    java.append(isNegated == isInverted ? "[" : "[^").append(set).append(']');
  }

  /** A set of characters, after its bracket. */
  private void set() {
    java.append('[');
    if (accept("^")) {
      java.append('^');
    }
    if (at < expression.length() && expression.charAt(at) == ']') {
      throw refused("a set begins with ]");
    }
    while (!accept("]")) {
      if (at == expression.length()) {
        throw refused("a set is not ended");
      }
      if (accept("&&")) {
        java.append("&&");
      } else if (accept("[:")) {
        posixClass();
      } else if (accept("[")) {
        set();
      } else {
        member();
      }
    }
    java.append(']');
  }

  private void posixClass() {
    int end = expression.indexOf(":]", at);
    boolean isInverted = accept("^");
    String set = end < at ? null : UnicodeProperties.posixClass(expression.substring(at, end));
    if (set == null) {
      throw refused("a class in [: and :] is not known");
    }
    at = end + 2;
    if (ignoresCase) {
      throw refused("a set has a class without regard to case");
    }
    java.append(isInverted ? "[^" : "[").append(set).append(']');
  }

  /** A character, a range, or a class that is written with a backslash. */
  private void member() {
    int first = next();
    if (first == '\\') {
      if (at == expression.length()) {
        throw refused("it ends in a backslash");
      }
      if ("sSwWhHdDpP".indexOf(expression.charAt(at)) >= 0) {
        if (ignoresCase && "sSdD".indexOf(expression.charAt(at)) < 0) {
          throw refused("a set has a class without regard to case");
        }
        escape(true);
        return;
      }
      first = setLiteral();
    }
    boolean isRange = at + 1 < expression.length() && expression.charAt(at) == '-' && "][".indexOf(expression.charAt(at + 1)) < 0;
    if (!isRange) {
      members(first, first);
      return;
    }
    at++;
    int last = next();
    if (last == '\\') {
      if (at == expression.length() || "sSwWhHdDpP".indexOf(expression.charAt(at)) >= 0) {
        throw refused("a range has no end");
      }
      last = setLiteral();
    }
    if (last < first) {
      throw refused("a range is empty");
    }
    members(first, last);
  }

  private void members(int first, int last) {
    plain(first);
    if (first < last) {
      java.append('-');
      plain(last);
    }
    for (int character = first; ignoresCase && character <= last; character++) {
      requireSimple(CaseFolding.foldsToSeveral(character));
      CaseFolding.variants(character).codePoints().filter(variant -> variant < first || variant > last).forEach(this::plain);
    }
  }

  private int setLiteral() {
    int character = next();
    return character == 'b' ? 0x08 : escapedLiteral(character);
  }

  /** A character outside of sets. */
  private void literal(int character) {
    if (!ignoresCase) {
      plain(character);
      return;
    }
    run.appendCodePoint(character);
    requireSimple(CaseFolding.foldsToSeveral(character) || CaseFolding.endsInSequence(run.toString()));
    java.append('[');
    CaseFolding.variants(character).codePoints().forEach(this::plain);
    java.append(']');
  }

  private void requireSimple(boolean isSequence) {
    if (isSequence) {
      throw refused("without regard to case, several characters are the same as one");
    }
  }

  private void plain(int character) {
    if (character < 0x80 && Character.isLetterOrDigit(character)) {
      java.append((char) character);
    } else {
      java.append("\\x{").append(Integer.toHexString(character)).append('}');
    }
  }

  private int next() {
    int character = expression.codePointAt(at);
    at += Character.charCount(character);
    return character;
  }

  private boolean accept(String text) {
    if (!expression.startsWith(text, at)) {
      return false;
    }
    at += text.length();
    return true;
  }

  private PatternSyntaxException refused(String problem) {
    return new PatternSyntaxException(problem, expression, -1);
  }
}
