package llm265.book;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Sums in running text, such as {@code (129 + 2 * 126 + 136 + 2) >> 2 = 519 >> 2 = 129}: numbers, parentheses, and the operators
 * of Java with their precedence, but for ^, which the text uses for powers too. A quotient is no integer: it is right to as many
 * digits as it is printed with.
 */
final class Sums {
  private static final Pattern CHAIN = Pattern.compile("SIDE(?: = SIDE)+"
      .replace("SIDE", "[-(\\d](?:[-\\d .()+*/%<>&^]*[\\d)])?"));

  private final String text;
  private int at;

  private Sums(String text) {
    this.text = text;
  }

  /** Equations of a text, each as the texts of its sides; where a side is cut out of prose it is as long as makes sense. */
  static List<List<String>> equations(String text) {
    List<List<String>> equations = new ArrayList<>();
    for (MatchResult chain : CHAIN.matcher(text.replaceAll("\\s+", " ")).results().toList()) {
      String[] parts = chain.group().split(" = ");
      List<String> sides = new ArrayList<>();
      for (int i = 0; i < parts.length; i++) {
        sides.add(i == 0 ? ending(parts[i]) : i == parts.length - 1 ? beginning(parts[i]) : parts[i]);
      }
      if (sides.stream().allMatch(side -> value(side).isPresent())) {
        equations.add(sides);
      }
    }
    return equations;
  }

  /** Whether two sides are equal, to the digits that the second one has. */
  static boolean areEqual(String left, String right) {
    double error = Math.abs(value(left).orElseThrow() - value(right).orElseThrow());
    int point = right.matches("-?\\d*\\.\\d+") ? right.length() - right.indexOf('.') - 1 : 0;
    return point == 0 ? error == 0 : error <= 0.5 * Math.pow(10, -point) + 1e-9;
  }

  private static String ending(String part) {
    for (int from = 0; from < part.length(); from++) {
      if (value(part.substring(from)).isPresent()) {
        return part.substring(from).strip();
      }
    }
    return "";
  }

  private static String beginning(String part) {
    for (int to = part.length(); to > 0; to--) {
      if (!part.substring(0, to).endsWith(".") && value(part.substring(0, to)).isPresent()) {
        return part.substring(0, to).strip();
      }
    }
    return "";
  }

  static OptionalDouble value(String text) {
    try {
      Sums sums = new Sums(text.strip());
      double value = sums.and();
      return sums.at == sums.text.length() ? OptionalDouble.of(value) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private boolean takes(String operator) {
    while (text.startsWith(" ", at)) {
      at++;
    }
    boolean there = text.startsWith(operator, at);
    at += there ? operator.length() : 0;
    return there;
  }

  private double and() {
    double value = shift();
    while (takes("&")) {
      value = (long) value & (long) shift();
    }
    return value;
  }

  private double shift() {
    double value = sum();
    while (true) {
      if (takes(">>")) {
        value = Math.floor(value / Math.pow(2, sum()));
      } else if (takes("<<")) {
        value *= Math.pow(2, sum());
      } else {
        return value;
      }
    }
  }

  private double sum() {
    double value = product();
    while (true) {
      if (takes("+")) {
        value += product();
      } else if (takes("-")) {
        value -= product();
      } else {
        return value;
      }
    }
  }

  private double product() {
    double value = factor();
    while (true) {
      if (takes("*")) {
        value *= factor();
      } else if (takes("/")) {
        value /= factor();
      } else if (takes("%")) {
        value %= factor();
      } else {
        return value;
      }
    }
  }

  private double factor() {
    if (takes("-")) {
      return -factor();
    }
    if (takes("(")) {
      double value = and();
      if (!takes(")")) {
        throw new NumberFormatException();
      }
      return value;
    }
    int from = at;
    while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    return Double.parseDouble(text.substring(from, at));
  }
}
