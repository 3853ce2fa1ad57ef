package llm265.model;

import java.nio.file.Path;

/** A checkpoint file is damaged, or says something that this program cannot represent. The message is one line. */
public final class ModelFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int MAX_QUOTED = 80;

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
   * @param cause what a parser said, or null
   */
  public ModelFormatException(Path path, String problem, Throwable cause) {
    super(path + ": " + problem, cause);
    this.path = path;
    this.problem = problem;
  }

  /** The file at fault. */
  public Path path() {
    return path;
  }

  /** What is wrong, without the file's name. */
  public String problem() {
    return problem;
  }

  /** Text from a file made fit for a message, in quotation marks. */
  static String quote(String text) {
    return '"' + printable(text, MAX_QUOTED) + '"';
  }

  /** Text from a file made fit for a message: short, and on one line whatever the file holds. */
  static String printable(String text, int maxLength) {
    StringBuilder printable = new StringBuilder();
    int end = Math.min(text.length(), maxLength);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
        printable.append(String.format("\\u%04x", (int) c));
      } else {
        printable.append(c);
      }
    }
    return printable.append(end < text.length() ? "..." : "").toString();
  }
}
