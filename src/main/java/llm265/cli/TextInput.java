package llm265.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import llm265.checkpoint.file.ModelFormatException;
import llm265.fidelity.SampleText;
import llm265.fidelity.TokenWindows;
import llm265.lm.token.Tokenizer;

/** Texts that models read. */
final class TextInput {
  /** Tokens of a window if nothing is said. */
  static final int USUAL_WINDOW = 512;

  private TextInput() {}

  /**
   * A text.
   *
   * @throws ModelFormatException if it is empty, or not UTF-8
   */
  static String read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": is a directory");
    }
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(file, "the text is not UTF-8", e);
    }
    if (text.isBlank()) {
      throw new ModelFormatException(file, "the text is empty");
    }
    return text;
  }

  /** A text, as {@link #read}, or the one that the program has if there is no file. */
  static String readOrSample(Path file) throws IOException {
    return file == null ? SampleText.read() : read(file);
  }

  /**
   * The windows of a text file.
   *
   * @param model folder with a tokenizer
   * @param text null for the text that the program has
   * @param window tokens of a window; null for {@link #USUAL_WINDOW}, or the context if that is shorter
   * @throws ModelFormatException as {@link #read}
   * @throws IllegalArgumentException if the text is too short, or the window longer than the context
   */
  static TokenWindows windows(Path model, int context, Path text, Integer window, int most) throws IOException {
    if (window != null && (window < 2 || window > context)) {
      throw new IllegalArgumentException("--window " + window + " is not in 2.." + context + ", the context of " + model);
    }
    if (most < 1) {
      throw new IllegalArgumentException(most + " windows are fewer than 1");
    }
    int length = window != null ? window : Math.min(USUAL_WINDOW, context);
    try {
      return TokenWindows.of(Tokenizer.open(model), readOrSample(text), length, most);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException((text == null ? model : text) + ": " + e.getMessage(), e);
    }
  }
}
