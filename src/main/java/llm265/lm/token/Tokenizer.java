package llm265.lm.token;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Turns text into the ids of a language model's tokens, and ids into text.
 *
 * <p>Truncation and padding, which a tokenizer file may ask for, are not done. A tokenizer is safe for use by many threads.
 */
public final class Tokenizer {
  private final TokenizerSteps steps;

  private Tokenizer(TokenizerSteps steps) {
    this.steps = steps;
  }

  /**
   * Reads the tokenizer of a model.
   *
   * @param folder has {@code tokenizer.json}; or {@code vocab.json} and {@code merges.txt}, as GPT-2 does; or {@code vocab.txt},
   *     as BERT does
   * @throws llm265.checkpoint.file.ModelFormatException if there are no such files, or they are damaged, or have a part that is
   *     not known
   * @throws IOException if reading fails
   */
  public static Tokenizer open(Path folder) throws IOException {
    return new Tokenizer(TokenizerSteps.read(folder));
  }

  /**
   * Reads a tokenizer from one file of any name.
   *
   * @param file what {@code tokenizer.json} or {@code vocab.txt} is in a folder: the first if it is named .json
   * @throws llm265.checkpoint.file.ModelFormatException if it is damaged, or has a part that is not known
   * @throws IOException if reading fails
   */
  public static Tokenizer openFile(Path file) throws IOException {
    return new Tokenizer(TokenizerSteps.readFile(file));
  }

  /** Whether a folder has a tokenizer. */
  public static boolean isIn(Path folder) {
    return TokenizerSteps.areIn(folder);
  }

  /**
   * The ids of a text. Tokens such as an end of text are found where they are written out in it; none is added.
   *
   * @param text any text; lone surrogates count as U+FFFD
   * @throws IllegalArgumentException if the vocabulary lacks a part of the text and has no token for what is unknown
   */
  public int[] encode(String text) {
    return steps.postProcessor().process(ids(text), false);
  }

  /**
   * The ids of a text, and those that the tokenizer puts before and after it.
   *
   * @param text any text; lone surrogates count as U+FFFD
   * @throws IllegalArgumentException if the vocabulary lacks a part of the text and has no token for what is unknown
   */
  public int[] encodeWithSpecialTokens(String text) {
    return steps.postProcessor().process(ids(text), true);
  }

  private int[] ids(String text) {
    IdList ids = new IdList();
    steps.added().split(
        withoutLoneSurrogates(text),
        rest -> steps.preTokenizer().split(rest, piece -> steps.model().tokenize(piece.text(), ids)),
        ids::add);
    return ids.toArray();
  }

  private static String withoutLoneSurrogates(String text) {
    if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      return text;
    }
    StringBuilder replaced = new StringBuilder(text.length());
    text.codePoints()
        .map(codePoint -> Character.getType(codePoint) == Character.SURROGATE ? 0xFFFD : codePoint)
        .forEach(replaced::appendCodePoint);
    return replaced.toString();
  }

  /**
   * The text of ids. Special tokens are written out. Not every text comes back as it was: some tokenizers lose case or spaces.
   *
   * @param ids those that no token has are skipped, since models often have rows for more ids than there are tokens
   */
  public String decode(int[] ids) {
    List<String> tokens = new ArrayList<>();
    for (int id : ids) {
      String token = steps.added().token(id);
      if (token != null) {
        tokens.add(token);
      }
    }
    return String.join("", steps.decoder().decode(tokens));
  }

  /** The greatest id and 1 more. A model's table of tokens may be longer, but not shorter. */
  public int vocabularySize() {
    return steps.added().end();
  }

  /** The id of a token, as the vocabulary writes it: a leading space may be {@code Ġ} or {@code U+2581}. */
  public OptionalInt id(String token) {
    int id = steps.added().id(token);
    return id == Vocabulary.NONE ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * The token of an id, as the vocabulary writes it.
   *
   * @throws IllegalArgumentException if no token has the id
   */
  public String token(int id) {
    String token = steps.added().token(id);
    if (token == null) {
      throw new IllegalArgumentException("no token has the id " + id);
    }
    return token;
  }
}
