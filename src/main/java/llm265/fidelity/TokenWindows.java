package llm265.fidelity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import llm265.lm.token.TokenizedText;
import llm265.lm.token.Tokenizer;

/**
 * A text as windows of tokens, which a model sees one by one.
 *
 * @param windows each at least 2 tokens long
 * @param prefix tokens at the beginning of each window that the tokenizer puts before every text; they are not predicted
 * @param suffix likewise at the end of each window
 */
public record TokenWindows(List<int[]> windows, int prefix, int suffix) {
  public TokenWindows {
    windows = List.copyOf(windows);
  }

  /** Windows that end with the text's own tokens. */
  public TokenWindows(List<int[]> windows, int prefix) {
    this(windows, prefix, 0);
  }

  /**
   * Consecutive windows of a text for a causal model. A rest that is shorter than a window is left out, unless there is nothing
   * else.
   *
   * @param length tokens of a window, those that the tokenizer puts before a text included
   * @param most number of windows, 1 or more; if the text has more, as many are taken evenly from all over it
   * @throws IllegalArgumentException if the text has fewer than 2 tokens, one is not in the tokenizer's vocabulary, or a window
   *     has no room for a token to predict
   */
  public static TokenWindows of(Tokenizer tokenizer, String text, int length, int most) {
    return cut(TokenizedText.of(tokenizer, text).withoutSuffix(), length, most);
  }

  /**
   * The same for an encoder: each window also ends with what the tokenizer puts after a text, such as {@code [SEP]}, which is
   * part of its length.
   */
  public static TokenWindows enclosed(Tokenizer tokenizer, String text, int length, int most) {
    return cut(TokenizedText.of(tokenizer, text), length, most);
  }

  private static TokenWindows cut(TokenizedText text, int length, int most) {
    int[] tokens = text.tokens();
    if (tokens.length < 2) {
      throw new IllegalArgumentException("the text has fewer than 2 tokens");
    }
    int own = length - text.prefix().length - text.suffix().length;
    if (length < 2 || own < 1) {
      throw new IllegalArgumentException("a window of " + length + " tokens has no room for one that is predicted");
    }
    int count = Math.max(1, tokens.length / own);
    int taken = Math.min(count, most);
    List<int[]> windows = new ArrayList<>();
    for (int i = 0; i < taken; i++) {
      int first = even(i, taken, count) * own;
      windows.add(text.enclosed(first, Math.min(tokens.length, first + own)));
    }
    return new TokenWindows(windows, text.prefix().length, text.suffix().length);
  }

  /** The first and the last of some things, if two are taken, and the others evenly between them. */
  private static int even(int number, int taken, int count) {
    return taken == 1 ? 0 : (int) ((long) number * (count - 1) / (taken - 1));
  }

  /** At most so many of the windows, evenly from all over the text. */
  TokenWindows atMost(int most) {
    int taken = Math.min(windows.size(), most);
    return new TokenWindows(
        IntStream.range(0, taken).mapToObj(i -> windows.get(even(i, taken, windows.size()))).toList(), prefix, suffix);
  }

  /** Number of tokens that are predicted from those before them. */
  public long predicted() {
    return windows.stream().mapToLong(window -> window.length - suffix - first()).sum();
  }

  /** Number of tokens that are the text's own. */
  public long tokens() {
    return windows.stream().mapToLong(window -> window.length - suffix - prefix).sum();
  }

  /** The position of the first token that is predicted from those before it. */
  public int first() {
    return Math.max(1, prefix);
  }

  /** The greatest token of all. */
  int greatest() {
    return windows.stream().flatMapToInt(Arrays::stream).max().orElse(0);
  }
}
