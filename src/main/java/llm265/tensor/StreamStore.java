package llm265.tensor;

/** Where a stream goes while it is written: bytes at its end, and corrections to earlier ones. */
public interface StreamStore {
  /** Forgets everything: the stream begins again. */
  void clear();

  void append(byte[] bytes);

  /** Replaces bytes that have been appended. */
  void overwrite(long position, byte[] bytes);

  /** Number of bytes appended. */
  long size();
}
