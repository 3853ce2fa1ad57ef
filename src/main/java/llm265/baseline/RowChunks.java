package llm265.baseline;

import llm265.parallel.Workers;

/** Rows of a matrix, a few at a time, on several threads. What a chunk writes, no other may read or write. */
final class RowChunks {
  /** So many rows share what is read of a large matrix, and stay in the cache meanwhile. */
  static final int ROWS = 32;

  private RowChunks() {}

  interface Work {
    /** Works on rows {@code first} to {@code end - 1}, at most {@link #ROWS}. */
    void run(int first, int end);
  }

  static void forEach(Workers workers, int rows, Work work) {
    int chunks = (rows + ROWS - 1) / ROWS;
    workers.forEachInOrder(
        chunks,
        chunk -> {
          work.run(chunk * ROWS, Math.min(rows, (chunk + 1) * ROWS));
          return true;
        },
        (chunk, done) -> { });
  }
}
