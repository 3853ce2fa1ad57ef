package llm265.lm.token;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Characters that are the same without regard to case, as the case folding of Unicode says, in no language in particular. */
final class CaseFolding {
  /** These two are variants of i in Turkish only. */
  private static final int CAPITAL_I_WITH_DOT = 0x130;
  private static final int SMALL_DOTLESS_I = 0x131;

  /** No character after this one has a case. */
  private static final int LAST_CASED = 0x1FFFF;

  /** All characters that fold to one. */
  private static final Map<Integer, String> VARIANTS = new HashMap<>();

  /** What single characters fold to that fold to several. */
  private static final Set<String> SEQUENCES = new HashSet<>();

  static {
    for (int codePoint = 0; codePoint <= LAST_CASED; codePoint++) {
      int folded = folded(codePoint);
      if (folded != codePoint) {
        VARIANTS.merge(folded, Character.toString(folded) + Character.toString(codePoint),
            (variants, more) -> variants + Character.toString(more.codePointBefore(more.length())));
      }
      if (foldsToSeveral(codePoint)) {
        SEQUENCES.add(fullyFolded(codePoint));
      }
    }
  }

  private CaseFolding() {}

  private static int folded(int codePoint) {
    return codePoint == CAPITAL_I_WITH_DOT || codePoint == SMALL_DOTLESS_I
        ? codePoint
        : Character.toLowerCase(Character.toUpperCase(codePoint));
  }

  private static String fullyFolded(int codePoint) {
    return Character.toString(codePoint).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  /** A character and all others that are the same as it. */
  static String variants(int codePoint) {
    String variants = VARIANTS.get(folded(codePoint));
    return variants == null ? Character.toString(codePoint) : variants;
  }

  /** Whether the character is the same as several together, such as ß as ss. */
  static boolean foldsToSeveral(int codePoint) {
    boolean isCased = switch (Character.getType(codePoint)) {
      case Character.LOWERCASE_LETTER, Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> codePoint >= 0x80;
      default -> false;
    };
    if (!isCased) {
      return false;
    }
    String folded = fullyFolded(codePoint);
    return folded.codePointCount(0, folded.length()) > 1;
  }

  /** Whether the text ends in characters that together are the same as a single one. */
  static boolean endsInSequence(String text) {
    String folded = text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    return SEQUENCES.stream().anyMatch(folded::endsWith);
  }
}
