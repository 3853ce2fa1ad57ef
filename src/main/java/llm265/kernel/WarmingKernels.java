package llm265.kernel;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Kernels that are far slower than the reference until C2 has compiled them. Code with the Vector API is: in the interpreter
 * each vector is an object and each operation a loop. On two busy cores, encoding the first 1024x1024 picture took 2 to 3 s
 * longer with vector kernels than with scalar ones; each later picture takes a tenth of that.
 *
 * <p>In mode {@code auto} the first calls therefore go to the reference. A process that makes that many calls will probably last.
 * A daemon thread then rehearses the vector code in the background until it is faster, and only then do calls go there. If it
 * never is, nothing changes. Results are the same in either case. The modes {@code vector} and {@code checked} have no such
 * delay.
 */
public abstract class WarmingKernels {
  /**
   * Number of calls before the rehearsal begins, unless the kernels say otherwise. A call with vectors saves about 0.4 us; the
   * rehearsal takes about a second of one core.
   */
  private static final int CALLS = 200_000;

  /** Number of calls in a round of the rehearsal at most; after it, the number of rounds to win in a row. */
  private static final int ROUND = 50;
  private static final int ROUNDS_WON = 3;

  /**
   * Time after which no call of a round begins. Interpreted, a call of large kernels may take a tenth of a second: C2 has
   * compiled them long before a whole round of that ends.
   */
  private static final long LONGEST_ROUND_NANOS = 10_000_000L;

  private static final long GIVE_UP_NANOS = 30_000_000_000L;

  /**
   * Number of kernels that rehearse at a time. Each keeps a core and C2 busy for about a second. Five at once on two cores took
   * three times as long as the work itself, and all of them ended together.
   */
  private static final Semaphore STAGES = new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

  /** The longest rest after a lost round. A rest is as long as the round and leaves the time to C2. */
  private static final long LONGEST_REST_NANOS = 50_000_000L;

  /** Counted without synchronization: a lost call does no harm, and no count skips the limit. */
  private int calls;
  private boolean rehearsing;
  /** Read without synchronization: threads may notice at different times. */
  private boolean warm = true;

  private final int callsBefore;

  protected WarmingKernels() {
    this(CALLS);
  }

  /**
   * Kernels whose calls save more time than usual, or less.
   *
   * @param callsBefore number of calls before the rehearsal begins
   */
  protected WarmingKernels(int callsBefore) {
    this.callsBefore = callsBefore;
  }

  /** Whether a call should run the vector code instead of the reference. */
  protected final boolean isWarm() {
    return isWarm(1);
  }

  /**
   * The same where calls differ in what vectors save.
   *
   * @param weight calls that this one counts for
   */
  protected final boolean isWarm(int weight) {
    if (warm) {
      return true;
    }
    int before = calls;
    calls = before + weight;
    if (before < callsBefore && before + weight >= callsBefore) {
      rehearse();
    }
    return false;
  }

  /**
   * A task that makes one call of each operation on its own data.
   *
   * @param vector whether it runs the vector code instead of the reference
   */
  protected abstract Runnable rehearsal(boolean vector);

  /** Starts with the reference; {@link KernelLoader} calls this in mode {@code auto}, before the first call. */
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
      long nanos = System.nanoTime();
      double perCall = nanosPerCall(vector);
      nanos = System.nanoTime() - nanos;
      boolean isWon = perCall < nanosPerCall(reference);
      won = isWon ? won + 1 : 0;
      if (!isWon && !rest(Math.min(nanos, LONGEST_REST_NANOS))) {
        return false;
      }
    }
    return won == ROUNDS_WON;
  }

  /** Returns false if the thread must end. */
  private static boolean rest(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static double nanosPerCall(Runnable task) {
    long start = System.nanoTime();
    long nanos = 0;
    int done = 0;
    while (done < ROUND && nanos < LONGEST_ROUND_NANOS) {
      task.run();
      done++;
      nanos = System.nanoTime() - start;
    }
    return (double) nanos / done;
  }
}
