package llm265.fidelity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import llm265.lm.token.TokenizedText;
import llm265.lm.token.Tokenizer;

/**
 * The sentences of a text as tokens, with those that the tokenizer puts before and after every text.
 *
 * @param sentences each at least 1 token long
 */
public record Sentences(List<int[]> sentences) {
  /** Greatest number of sentences: all pairs of them are compared. */
  public static final int MOST = 2048;

  /** What ends a sentence: a full stop or the like, and quotation marks after it; or an empty line. */
  private static final Pattern END = Pattern.compile("(?<=[.!?…][\"'”’)]{0,2})\\s+|\\R\\s*\\R");

  public Sentences {
    sentences = List.copyOf(sentences);
  }

  /**
   * The sentences of a text.
   *
   * @param length greatest number of tokens of a sentence, those before and after it included; longer ones are cut
   * @param most number of sentences, 1 or more; if the text has more, as many are taken evenly from all over it
   * @throws IllegalArgumentException if the text has no sentence, one is not in the tokenizer's vocabulary, or there is no room
   *     for a token
   */
  public static Sentences of(Tokenizer tokenizer, String text, int length, int most) {
    List<String> parts = Arrays.stream(END.split(text)).map(String::strip).filter(part -> !part.isEmpty()).toList();
    int taken = Math.min(parts.size(), Math.min(most, MOST));
    List<int[]> sentences = new ArrayList<>();
    for (int i = 0; i < taken; i++) {
      TokenizedText sentence = TokenizedText.of(tokenizer, parts.get((int) ((long) i * parts.size() / taken)));
      int own = Math.min(sentence.tokens().length, length - sentence.prefix().length - sentence.suffix().length);
      if (own < 1) {
        throw new IllegalArgumentException("sentences of " + length + " tokens have no room for one of their own");
      }
      sentences.add(sentence.enclosed(0, own));
    }
    if (sentences.isEmpty()) {
      throw new IllegalArgumentException("the text has no sentence");
    }
    return new Sentences(sentences);
  }

  /** Number of tokens of all sentences. */
  public long tokens() {
    return sentences.stream().mapToLong(sentence -> sentence.length).sum();
  }

  /** The greatest token of all. */
  int greatest() {
    return sentences.stream().flatMapToInt(Arrays::stream).max().orElse(0);
  }
}
