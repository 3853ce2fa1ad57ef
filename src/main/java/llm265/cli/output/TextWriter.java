package llm265.cli.output;

import java.io.PrintWriter;
import llm265.checkpoint.file.PrintableText;

/**
 * Prints lines for people: each stays one line, and names from files cannot control the terminal. Other output, such as JSON
 * of many lines, is passed unchanged.
 */
public final class TextWriter extends PrintWriter {
  /** Writes through another writer, and flushes after every line. */
  public TextWriter(PrintWriter out) {
    super(out, true);
  }

  @Override
  public void println(String line) {
    super.println(line == null ? null : PrintableText.of(line));
  }
}
