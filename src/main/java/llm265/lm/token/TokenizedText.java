package llm265.lm.token;

import java.util.Arrays;

/**
 * The tokens of a text, and those that the tokenizer puts before and after every text.
 *
 * @param prefix those before every text
 * @param tokens the text's own
 * @param suffix those after every text
 */
public record TokenizedText(int[] prefix, int[] tokens, int[] suffix) {
  private static final int[] NONE = {};

  /** @throws IllegalArgumentException if a part of the text is not in the tokenizer's vocabulary */
  public static TokenizedText of(Tokenizer tokenizer, String text) {
    int[] own = tokenizer.encode(text);
    int[] all = tokenizer.encodeWithSpecialTokens(text);
    for (int at = 0; at + own.length <= all.length; at++) {
      if (Arrays.equals(all, at, at + own.length, own, 0, own.length)) {
        return new TokenizedText(Arrays.copyOf(all, at), own, Arrays.copyOfRange(all, at + own.length, all.length));
      }
    }
    return new TokenizedText(NONE, own, NONE);
  }

  /** The same without what comes after every text. */
  public TokenizedText withoutSuffix() {
    return new TokenizedText(prefix, tokens, NONE);
  }

  /** Some of the text's tokens, with what comes before and after every text. */
  public int[] enclosed(int from, int to) {
    int[] window = Arrays.copyOf(prefix, prefix.length + to - from + suffix.length);
    System.arraycopy(tokens, from, window, prefix.length, to - from);
    System.arraycopy(suffix, 0, window, prefix.length + to - from, suffix.length);
    return window;
  }
}
