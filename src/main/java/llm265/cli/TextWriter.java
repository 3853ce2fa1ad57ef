package llm265.cli;

import java.io.PrintWriter;
import llm265.checkpoint.PrintableText;

/**
 * Where commands print lines for people: a line is one line, and names out of files in it do not steer the terminal. What is
 * printed otherwise, such as JSON of many lines, passes as it is.
 */
final class TextWriter extends PrintWriter {
  /** Writes through another writer, and lets every line be seen at once. */
  TextWriter(PrintWriter out) {
    super(out, true);
  }

  @Override
  public void println(String line) {
    super.println(line == null ? null : PrintableText.of(line));
  }
}
