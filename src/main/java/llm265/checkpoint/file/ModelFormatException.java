package llm265.checkpoint.file;

import java.nio.file.Path;

/** A checkpoint file is damaged, or contains something that this program cannot represent. The message is one line. */
public final class ModelFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Path path;
  private final String problem;

  /**
   * @param path the file at fault
   * @param problem what is wrong, without the file's name
   */
  public ModelFormatException(Path path, String problem) {
    this(path, problem, null);
  }

  /**
   * @param path the file at fault
   * @param problem what is wrong, without the file's name
   * @param cause the parser's exception, or null
   */
  public ModelFormatException(Path path, String problem, Throwable cause) {
    super(path + ": " + PrintableText.of(problem), cause);
    this.path = path;
    this.problem = PrintableText.of(problem);
  }

  /** The file at fault. */
  public Path path() {
    return path;
  }

  /** What is wrong, without the file's name. */
  public String problem() {
    return problem;
  }

  /** Makes text from a file fit for a message, in quotation marks. */
  public static String quote(String text) {
    return PrintableText.quote(text);
  }
}
