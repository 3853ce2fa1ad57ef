package llm265.oracle;

import java.nio.file.Path;
import java.util.Optional;
import llm265.h264.StreamException;

/** Collects faults in parts of a stream that no picture needs, for one line on standard error. */
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

  /** The line about a stream; empty without faults. */
  public Optional<String> line(Path input) {
    return count == 0 ? Optional.empty() : Optional.of(input + ": skipped, since no picture needs it: " + this);
  }

  /** The end of a sentence that says that there is no picture. */
  public String asReason() {
    return count == 0 ? "" : "; what cannot be read: " + this;
  }

  /** The first fault, and the number of others. */
  @Override
  public String toString() {
    return first.getMessage() + (count == 1 ? "" : "; and " + (count - 1) + " more");
  }
}
