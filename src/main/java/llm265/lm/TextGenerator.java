package llm265.lm;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import llm265.lm.layer.KvCache;
import llm265.lm.token.TokenizedText;
import llm265.lm.token.Tokenizer;
import llm265.lm.weights.ModelConfig;

/** Has a language model continue texts, token by token. Used by one thread at a time. */
public final class TextGenerator {
  /** What a decoder gives for bytes that are not a whole character yet. */
  private static final char UNFINISHED = '\uFFFD';

  private final LanguageModel model;
  private final Tokenizer tokenizer;
  private final TokenSampler sampler;
  private final int[] begin;
  private final int[] ends;

  /** @param config says which tokens begin and end a text */
  public TextGenerator(LanguageModel model, ModelConfig config, Tokenizer tokenizer, TokenSampler sampler) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.sampler = sampler;
    begin = config.ids("bos_token_id");
    ends = config.ids("eos_token_id");
  }

  /**
   * The tokens of a prompt.
   *
   * @param text may be empty if there is a token that begins texts
   * @throws IllegalArgumentException if there is nothing to begin with, or the prompt fills the context
   */
  public int[] prompt(String text) {
    TokenizedText tokenized = TokenizedText.of(tokenizer, text).withoutSuffix();
    int[] tokens = tokenized.enclosed(0, tokenized.tokens().length);
    if (tokens.length == 0 && begin.length == 0) {
      throw new IllegalArgumentException("the prompt is empty, and the model has no token that begins a text");
    }
    if (tokens.length >= model.contextLength()) {
      throw new IllegalArgumentException(
          "a prompt of " + tokens.length + " tokens leaves no room in a context of " + model.contextLength());
    }
    return tokens.length == 0 ? Arrays.copyOf(begin, 1) : tokens;
  }

  /**
   * Continues a text until the model ends it, or the context is full.
   *
   * @param first tokens of the text, of {@link #prompt}
   * @param most tokens at most
   * @param written takes the continuation, piece by piece
   * @return number of tokens
   */
  public int generate(int[] first, int most, Consumer<String> written) {
    int room = Math.min(most, model.contextLength() - first.length);
    int[] all = Arrays.copyOf(first, first.length + room);
    String text = tokenizer.decode(first);
    KvCache cache = model.newCache();
    int count = 0;
    int[] read = first;
    while (count < room) {
      int token = sampler.next(model.next(cache, read));
      if (IntStream.of(ends).anyMatch(end -> end == token)) {
        break;
      }
      all[first.length + count++] = token;
      read = new int[] {token};
      String longer = tokenizer.decode(Arrays.copyOf(all, first.length + count));
      boolean isWhole = !longer.isEmpty() && longer.charAt(longer.length() - 1) != UNFINISHED;
      if (longer.startsWith(text) && (isWhole || count == room)) {
        written.accept(longer.substring(text.length()));
        text = longer;
      }
    }
    return count;
  }
}
