package llm265.cli;

import java.io.IOException;
import java.nio.file.Path;
import llm265.h264.StreamException;
import llm265.runtime.KvCacheReader;
import llm265.runtime.KvCellException;
import llm265.runtime.transform.KvProfile;

/** A KV cache file that a command reads. */
final class KvInput {
  private KvInput() {}

  /** Opens a file of any cache that was coded without a profile. */
  static KvCacheReader open(Path path) throws IOException {
    return open(path, null);
  }

  /**
   * Opens a file of any cache.
   *
   * @param profileFile file of the profile that it was coded with; null for none
   */
  static KvCacheReader open(Path path, Path profileFile) throws IOException {
    KvProfile profile = profileFile == null ? null : KvProfile.read(profileFile);
    try {
      return KvCacheReader.open(path, null, profile);
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
