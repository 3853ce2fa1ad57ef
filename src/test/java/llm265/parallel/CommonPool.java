package llm265.parallel;

import java.util.concurrent.ForkJoinPool;

/** Threads for tests that need no pool of their own. */
public final class CommonPool {
  private CommonPool() {}

  /** So many threads, the calling one included. */
  public static Workers workers(int threads) {
    return new Workers(ForkJoinPool.commonPool(), threads);
  }
}
