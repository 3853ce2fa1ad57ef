package llm265.cli.output;

import java.io.PrintWriter;
import llm265.checkpoint.PrintableText;

/**
 * Prints lines for people: each stays one line, and names from files do not steer the terminal. Other output, such as JSON of
 * many lines, passes as it is.
 */
public final class TextWriter extends PrintWriter {
  /** Writes through another writer, and lets every line be seen at once. */
  public TextWriter(PrintWriter out) {
    super(out, true);
  }

  @Override
  public void println(String line) {
    super.println(line == null ? null : PrintableText.of(line));
  }
}
