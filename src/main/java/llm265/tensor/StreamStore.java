package llm265.tensor;

/** Receives a stream while it is written: bytes are appended, and earlier ones may be overwritten. */
public interface StreamStore {
  /** Drops all bytes, so that the stream can begin again. */
  void clear();

  void append(byte[] bytes);

  /** Replaces bytes that have been appended. */
  void overwrite(long position, byte[] bytes);

  /** Number of bytes appended. */
  long size();
}
