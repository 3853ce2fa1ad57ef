package llm265.lm.math;

import java.lang.reflect.Proxy;
import llm265.parallel.Workers;

/**
 * Shares the rows of a matrix out among threads, in strips. Work that is done row by row gives the same result however it is
 * shared out.
 */
public final class Strips {
  /** Number of multiplications, or the like, below which another thread costs more than it helps: some 50 us. */
  private static final long WORTH_A_THREAD = 1L << 20;

  /** Strips for each thread, so that a thread that was late does less. */
  private static final int PER_THREAD = 3;

  /** Mode {@code checked} compares whole arrays, so nobody else may write to them. */
  private static final boolean CHECKED = Proxy.isProxyClass(MatrixKernels.ACTIVE.getClass());

  private Strips() {}

  /** Works on rows from {@code from} to {@code to - 1}. */
  public interface Work {
    void on(int from, int to);
  }

  /**
   * Works on {@code rows} rows.
   *
   * @param operations number of operations that a row takes
   */
  public static void forEach(Workers workers, int rows, long operations, Work work) {
    long worth = Math.max(1, rows * operations / WORTH_A_THREAD);
    int strips = (int) Math.min(Math.min(rows, worth), (long) workers.threads() * PER_THREAD);
    if (workers.threads() == 1 || strips < 2 || CHECKED) {
      work.on(0, rows);
      return;
    }
    workers.forEachInOrder(
        strips,
        strip -> {
          work.on((int) ((long) rows * strip / strips), (int) ((long) rows * (strip + 1) / strips));
          return Boolean.TRUE;
        },
        (strip, done) -> { });
  }
}
