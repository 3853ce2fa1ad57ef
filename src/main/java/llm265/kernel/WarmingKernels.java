package llm265.kernel;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Kernels that are far slower than the reference until C2 has compiled them, as code with the Vector API is: in the
 * interpreter each vector is an object and each operation a loop. The first 1024x1024 picture to be encoded took 2 to 3
 * s more with vector kernels than with scalar ones, on two busy cores, where every later one takes a tenth of that.
 *
 * <p>In mode {@code auto} such kernels therefore do their first calls with the reference. A process that
 * gets there is going to last: a daemon thread then rehearses the vector code beside until it is the faster one, and
 * only then do the calls go there. If it never is, nothing changes. Results are the same in either case. In the modes
 * {@code vector} and {@code checked} there is no such delay.
 */
public abstract class WarmingKernels {
  /**
   * Calls before the rehearsal begins, if the kernels do not say otherwise. A call with vectors saves about 0.4 us, the rehearsal
   * takes about a second of some core.
   */
  private static final int CALLS = 200_000;

  /** Calls in a round of the rehearsal, and rounds that have to be won one after the other. */
  private static final int ROUND = 50;
  private static final int ROUNDS_WON = 3;

  private static final long GIVE_UP_NANOS = 30_000_000_000L;

  /**
   * Number of kernels that rehearse at a time. Each keeps a core and C2 busy for about a second. Five at once on two cores took
   * three times as long as the work itself, and all of them ended together.
   */
  private static final Semaphore STAGES = new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

  /** A rest after a round that was lost, which leaves C2 the time: as long as the round, at most this. */
  private static final long LONGEST_REST_NANOS = 50_000_000L;

  /** Counted without synchronization: a lost call does no harm, and none steps over the limit unseen. */
  private int calls;
  private boolean rehearsing;
  /** Read without synchronization: threads may notice at different times. */
  private boolean warm = true;

  private final int callsBefore;

  protected WarmingKernels() {
    this(CALLS);
  }

  /**
   * Kernels whose calls save more time, or less.
   *
   * @param callsBefore calls before the rehearsal begins
   */
  protected WarmingKernels(int callsBefore) {
    this.callsBefore = callsBefore;
  }

  /** True when a call should run the vector code, false when the reference. */
  protected final boolean isWarm() {
    if (warm) {
      return true;
    }
    if (++calls == callsBefore) {
      rehearse();
    }
    return false;
  }

  /**
   * A task that makes one call of each operation on data of its own.
   *
   * @param vector whether it runs the vector code, or the reference
   */
  protected abstract Runnable rehearsal(boolean vector);

  /** Begins with the reference: what {@link KernelLoader} does in mode {@code auto}, before the first call. */
  final void startCold() {
    warm = false;
  }

  private synchronized void rehearse() {
    if (!rehearsing) {
      rehearsing = true;
      Thread thread = new Thread(this::warmUp, "llm265 kernel warm-up");
      thread.setDaemon(true);
      thread.start();
    }
  }

  final void warmUp() {
    STAGES.acquireUninterruptibly();
    try {
      warm = isWonInTime(rehearsal(true), rehearsal(false));
    } finally {
      STAGES.release();
    }
  }

  private static boolean isWonInTime(Runnable vector, Runnable reference) {
    long start = System.nanoTime();
    int won = 0;
    while (won < ROUNDS_WON && System.nanoTime() - start < GIVE_UP_NANOS) {
      long nanos = nanosOf(vector);
      boolean isWon = nanos < nanosOf(reference);
      won = isWon ? won + 1 : 0;
      if (!isWon && !rest(Math.min(nanos, LONGEST_REST_NANOS))) {
        return false;
      }
    }
    return won == ROUNDS_WON;
  }

  /** False if the thread is to end. */
  private static boolean rest(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static long nanosOf(Runnable task) {
    long start = System.nanoTime();
    for (int i = 0; i < ROUND; i++) {
      task.run();
    }
    return System.nanoTime() - start;
  }
}
