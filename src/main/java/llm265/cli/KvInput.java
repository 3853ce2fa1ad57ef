package llm265.cli;

import java.io.IOException;
import java.nio.file.Path;
import llm265.h264.StreamException;
import llm265.runtime.KvCacheReader;
import llm265.runtime.KvCellException;

/** A KV cache file that a command reads. */
final class KvInput {
  private KvInput() {}

  /** Opens a file of any cache. */
  static KvCacheReader open(Path path) throws IOException {
    try {
      return KvCacheReader.open(path, null, null);
    } catch (StreamException e) {
      throw of(path, e);
    }
  }

  /** An exception that names the file, where one that does not is due to it. */
  static RuntimeException of(Path path, RuntimeException e) {
    return e instanceof StreamException || e instanceof KvCellException || e instanceof IllegalArgumentException
        ? new IllegalArgumentException(path + ": " + e.getMessage(), e) : e;
  }
}
