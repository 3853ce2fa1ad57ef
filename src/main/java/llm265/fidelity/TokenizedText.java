package llm265.fidelity;

import java.util.Arrays;
import llm265.lm.token.Tokenizer;

/**
 * The tokens of a text, and those that the tokenizer puts before and after every text.
 *
 * @param tokens the text's own
 */
record TokenizedText(int[] prefix, int[] tokens, int[] suffix) {
  private static final int[] NONE = {};

  /** @throws IllegalArgumentException if a part of the text is not in the tokenizer's vocabulary */
  static TokenizedText of(Tokenizer tokenizer, String text) {
    int[] own = tokenizer.encode(text);
    int[] all = tokenizer.encodeWithSpecialTokens(text);
    for (int at = 0; at + own.length <= all.length; at++) {
      if (Arrays.equals(all, at, at + own.length, own, 0, own.length)) {
        return new TokenizedText(Arrays.copyOf(all, at), own, Arrays.copyOfRange(all, at + own.length, all.length));
      }
    }
    return new TokenizedText(NONE, own, NONE);
  }

  TokenizedText withoutSuffix() {
    return new TokenizedText(prefix, tokens, NONE);
  }

  /** Some of the text's tokens, with what comes before and after every text. */
  int[] enclosed(int from, int to) {
    int[] window = Arrays.copyOf(prefix, prefix.length + to - from + suffix.length);
    System.arraycopy(tokens, from, window, prefix.length, to - from);
    System.arraycopy(suffix, 0, window, prefix.length + to - from, suffix.length);
    return window;
  }
}
