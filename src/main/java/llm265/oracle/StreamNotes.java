package llm265.oracle;

import java.nio.file.Path;
import java.util.Optional;
import llm265.h264.StreamException;

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

  /** The line for a stream's name; empty if there is nothing to tell. */
  public Optional<String> line(Path input) {
    return count == 0 ? Optional.empty() : Optional.of(input + ": passed over, as no picture needs it: " + this);
  }

  /** What to say behind the sentence that there is no picture. */
  public String asReason() {
    return count == 0 ? "" : "; what cannot be read: " + this;
  }

  /** Tells of the first and counts the others. */
  @Override
  public String toString() {
    return first.getMessage() + (count == 1 ? "" : "; and " + (count - 1) + " more");
  }
}
