package llm265.fuzz;

import llm265.checkpoint.file.ModelFormatException;
import llm265.h264.StreamException;

/** What must hold of the exceptions that are documented. */
final class Refusals {
  private Refusals() {}

  /** A fault of a stream names what it is about. */
  static void check(StreamException fault) {
    if (fault.clause().isEmpty() || fault.syntaxElement().isEmpty()) {
      throw new AssertionError("an error without a name", fault);
    }
    checkLine(fault);
  }

  /** A fault of a file is one line. */
  static void check(ModelFormatException fault) {
    checkLine(fault);
  }

  /** The message is there, and is one line. */
  static void checkLine(Exception fault) {
    String message = fault.getMessage();
    if (message == null || message.isBlank() || message.lines().count() != 1) {
      throw new AssertionError("not one line: " + message, fault);
    }
  }
}
