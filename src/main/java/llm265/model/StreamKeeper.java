package llm265.model;

import java.io.Closeable;
import java.io.IOException;
import llm265.tensor.StreamStore;

/** Where streams are made, and where they wait until they are written to a file. Thread-safe; its stores are not. */
public interface StreamKeeper extends Closeable {
  /** A store for the stream of a tensor with a number of values. */
  StreamStore open(long values) throws IOException;

  /** Keeps the contents of one of its stores until it is closed. */
  CodingResult.StoredStream keep(StreamStore store) throws IOException;
}
