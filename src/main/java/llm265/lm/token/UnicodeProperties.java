package llm265.lm.token;

import java.util.Locale;
import java.util.Map;

/** Names of Unicode properties and POSIX classes, and the members of Java's sets that have them. */
final class UnicodeProperties {
  private static final Map<String, String> CATEGORIES = Map.ofEntries(
      Map.entry("letter", "L"), Map.entry("uppercaseletter", "Lu"), Map.entry("lowercaseletter", "Ll"),
      Map.entry("titlecaseletter", "Lt"), Map.entry("modifierletter", "Lm"), Map.entry("otherletter", "Lo"),
      Map.entry("mark", "M"), Map.entry("combiningmark", "M"), Map.entry("nonspacingmark", "Mn"),
      Map.entry("spacingmark", "Mc"), Map.entry("enclosingmark", "Me"), Map.entry("number", "N"),
      Map.entry("decimalnumber", "Nd"), Map.entry("letternumber", "Nl"), Map.entry("othernumber", "No"),
      Map.entry("punctuation", "P"), Map.entry("connectorpunctuation", "Pc"), Map.entry("dashpunctuation", "Pd"),
      Map.entry("openpunctuation", "Ps"), Map.entry("closepunctuation", "Pe"), Map.entry("initialpunctuation", "Pi"),
      Map.entry("finalpunctuation", "Pf"), Map.entry("otherpunctuation", "Po"), Map.entry("symbol", "S"),
      Map.entry("mathsymbol", "Sm"), Map.entry("currencysymbol", "Sc"), Map.entry("modifiersymbol", "Sk"),
      Map.entry("othersymbol", "So"), Map.entry("separator", "Z"), Map.entry("spaceseparator", "Zs"),
      Map.entry("lineseparator", "Zl"), Map.entry("paragraphseparator", "Zp"), Map.entry("other", "C"),
      Map.entry("control", "Cc"), Map.entry("format", "Cf"), Map.entry("unassigned", "Cn"), Map.entry("privateuse", "Co"));

  /** Classes by their names in lower case. */
  private static final Map<String, String> CLASSES = Map.ofEntries(
      Map.entry("alnum", "\\p{IsAlphabetic}\\p{Nd}"),
      Map.entry("alpha", "\\p{IsAlphabetic}"),
      Map.entry("alphabetic", "\\p{IsAlphabetic}"),
      Map.entry("ascii", "\\x00-\\x7F"),
      Map.entry("blank", "\\p{Zs}\\t"),
      Map.entry("cntrl", "\\p{Cc}"),
      Map.entry("digit", "\\p{Nd}"),
      Map.entry("emoji", "\\p{IsEmoji}"),
      Map.entry("ideographic", "\\p{IsIdeographic}"),
      Map.entry("lower", "\\p{IsLowercase}"),
      Map.entry("lowercase", "\\p{IsLowercase}"),
      Map.entry("punct", "\\p{P}\\p{S}"),
      Map.entry("space", "\\p{IsWhite_Space}"),
      Map.entry("upper", "\\p{IsUppercase}"),
      Map.entry("uppercase", "\\p{IsUppercase}"),
      Map.entry("whitespace", "\\p{IsWhite_Space}"),
      Map.entry("word", "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}"),
      Map.entry("xdigit", "0-9A-Fa-f"));

  private UnicodeProperties() {}

  /** The members of a set of Java's that have the property; null if it is not known. Spaces, hyphens and case do not count. */
  static String javaClass(String name) {
    String plain = name.replaceAll("[ _-]", "").toLowerCase(Locale.ROOT);
    String category = CATEGORIES.getOrDefault(plain, shortCategory(plain));
    if (category != null) {
      return "\\p{" + category + "}";
    }
    String set = CLASSES.get(plain);
    return set != null ? set : script(name);
  }

  /** The same for a class between {@code [:} and {@code :]}. */
  static String posixClass(String name) {
    return CLASSES.get(name);
  }

  private static String shortCategory(String plain) {
    String category = plain.isEmpty() ? "" : Character.toUpperCase(plain.charAt(0)) + plain.substring(1);
    return CATEGORIES.containsValue(category) ? category : null;
  }

  private static String script(String name) {
    try {
      return "\\p{Is" + Character.UnicodeScript.forName(name.replaceAll("[ -]", "_")) + "}";
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
