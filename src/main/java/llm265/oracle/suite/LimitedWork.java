package llm265.oracle.suite;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Work in this process that need not be trusted to end: decoding looks for no interruption, so that it stays fast.
 *
 * <p>It runs on a thread of its own, which is left behind once its time is over: it holds up no other work, nor the end of the
 * process. A mapped stream that is closed under it ends it at its next read.
 */
final class LimitedWork {
  private LimitedWork() {}

  /**
   * Does work.
   *
   * @return its result
   * @throws TimeoutException if it has not ended in time
   */
  static <T> T within(Duration timeout, Callable<T> work) throws IOException, TimeoutException {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().daemon().name("limited-work").start(task);
    try {
      return task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  /** What is said of a decoder that has not ended. */
  static String didNotEnd(Duration timeout) {
    return "did not end within " + (timeout.toMillis() / 1e3 + " s").replace(".0 ", " ");
  }
}
