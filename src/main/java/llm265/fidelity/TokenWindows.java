package llm265.fidelity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.lm.token.Tokenizer;

/**
 * A text as windows of tokens, which a model sees one by one.
 *
 * @param windows each at least 2 tokens long
 * @param prefix tokens at the beginning of each window that the tokenizer puts before every text; they are not predicted
 */
public record TokenWindows(List<int[]> windows, int prefix) {
  /** A text whose tokens serve to see what a tokenizer adds. */
  private static final String PROBE = "a";

  public TokenWindows {
    windows = List.copyOf(windows);
  }

  /**
   * Consecutive windows of a text. A rest that is shorter than a window is left out, unless there is nothing else.
   *
   * @param length tokens of a window, those that the tokenizer puts before a text included; 2 or more
   * @param most number of windows; if the text has more, as many are taken evenly from all over it
   * @throws IllegalArgumentException if the text has fewer than 2 tokens, or one is not in the tokenizer's vocabulary
   */
  public static TokenWindows of(Tokenizer tokenizer, String text, int length, int most) {
    int[] prefix = prefix(tokenizer);
    int[] tokens = tokenizer.encode(text);
    if (tokens.length < 2) {
      throw new IllegalArgumentException("the text has fewer than 2 tokens");
    }
    int own = Math.max(1, length - prefix.length);
    int count = Math.max(1, tokens.length / own);
    int taken = Math.min(count, most);
    List<int[]> windows = new ArrayList<>();
    for (int i = 0; i < taken; i++) {
      // The middle of each of as many equal parts, but the first and the last window if there are two or more.
      int number = taken == count ? i : taken == 1 ? 0 : (int) ((long) i * (count - 1) / (taken - 1));
      int first = number * own;
      int end = Math.min(tokens.length, first + own);
      int[] window = Arrays.copyOf(prefix, prefix.length + end - first);
      System.arraycopy(tokens, first, window, prefix.length, end - first);
      windows.add(window);
    }
    return new TokenWindows(windows, prefix.length);
  }

  private static int[] prefix(Tokenizer tokenizer) {
    int[] with = tokenizer.encodeWithSpecialTokens(PROBE);
    int[] without = tokenizer.encode(PROBE);
    for (int at = 0; at + without.length <= with.length; at++) {
      if (Arrays.equals(with, at, at + without.length, without, 0, without.length)) {
        return Arrays.copyOf(with, at);
      }
    }
    return new int[0];
  }

  /** Number of tokens that are predicted from those before them. */
  public long predicted() {
    return windows.stream().mapToLong(window -> window.length - first()).sum();
  }

  /** The position of the first token that is predicted. */
  int first() {
    return Math.max(1, prefix);
  }
}
