package llm265.cli;

import java.nio.file.Path;
import llm265.h264.StreamException;
import picocli.CommandLine.Model.CommandSpec;

/** What of a stream cannot be read and no picture needs, for one line on standard error. */
public final class StreamNotes {
  private StreamException first;
  private int count;

  public void add(StreamException note) {
    first = first == null ? note : first;
    count++;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  void print(CommandSpec spec, Path input) {
    if (count > 0) {
      spec.commandLine().getErr().println("llm265: note: " + input + ": passed over, as no picture needs it: " + this);
    }
  }

  /** What to say behind the sentence that there is no picture. */
  String asReason() {
    return count == 0 ? "" : "; what cannot be read: " + this;
  }

  /** Tells of the first and counts the others. */
  @Override
  public String toString() {
    return first.getMessage() + (count == 1 ? "" : "; and " + (count - 1) + " more");
  }
}
