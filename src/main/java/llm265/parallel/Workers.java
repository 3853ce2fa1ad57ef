package llm265.parallel;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntFunction;

/**
 * Runs numbered tasks on the calling thread and on all free threads of the caller's executor, up to a limit, and hands over
 * their results in order.
 *
 * <p>The calling thread always works too, and waits only for tasks that have begun. So tasks may use the same workers again
 * without danger of a deadlock, whatever the executor. Few results wait at a time, so memory is bounded.
 */
public final class Workers {
  /** Only the calling thread. */
  public static final Workers CALLER = new Workers(Runnable::run, 1);

  private final Executor executor;
  private final int threads;

  /**
   * Workers on an executor.
   *
   * @param executor runs tasks on its own threads, at once or later
   * @param threads greatest number of threads to use, the calling one included; 1 or more
   */
  public Workers(Executor executor, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " threads");
    }
    this.executor = executor;
    this.threads = threads;
  }

  public int threads() {
    return threads;
  }

  /** Receives results in order, never two at a time. */
  public interface Consumer<T> {
    void accept(int index, T result);
  }

  /**
   * Produces the results of tasks 0 to {@code count - 1} and consumes them in that order. If tasks fail, no more tasks are
   * begun. Once all running tasks have ended, the exception of the failed task with the least number is thrown.
   */
  public <T> void forEachInOrder(int count, IntFunction<? extends T> produce, Consumer<? super T> consume) {
    Run<T> run = new Run<>(count, 2 * threads, produce, consume);
    for (int helper = 1; helper < Math.min(threads, count); helper++) {
      if (!execute(run::work)) {
        break;
      }
    }
    run.work();
    run.await();
  }

  /** Asks for a helping thread; false if the executor is full: the existing threads then do the work. */
  boolean execute(Runnable work) {
    try {
      executor.execute(work);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private static final class Run<T> {
    private final int count;
    private final IntFunction<? extends T> produce;
    private final Consumer<? super T> consume;
    private final Object[] finished;
    private int claimed;
    private int consumed;
    private int running;
    private int failedIndex = Integer.MAX_VALUE;
    private Throwable failure;

    Run(int count, int window, IntFunction<? extends T> produce, Consumer<? super T> consume) {
      this.count = count;
      this.produce = produce;
      this.consume = consume;
      this.finished = new Object[window];
    }

    void work() {
      for (int index = claim(); index >= 0; index = claim()) {
        try {
          T result = produce.apply(index);
          if (result == null) {
            throw new IllegalStateException("task " + index + " has no result");
          }
          deliver(index, result);
        } catch (Throwable e) {
          fail(index, e);
        } finally {
          end();
        }
      }
    }

    private synchronized int claim() {
      while (failure == null && claimed < count && claimed >= consumed + finished.length) {
        pause();
      }
      if (failure != null || claimed >= count) {
        return -1;
      }
      running++;
      return claimed++;
    }

    private synchronized void deliver(int index, T result) {
      finished[index % finished.length] = result;
      int slot = consumed % finished.length;
      while (failure == null && finished[slot] != null) {
        @SuppressWarnings("unchecked")
        T next = (T) finished[slot];
        finished[slot] = null;
        consume.accept(consumed, next);
        consumed++;
        slot = consumed % finished.length;
      }
      notifyAll();
    }

    private synchronized void fail(int index, Throwable cause) {
      if (index < failedIndex) {
        failedIndex = index;
        failure = cause;
      }
      notifyAll();
    }

    private synchronized void end() {
      running--;
      notifyAll();
    }

    synchronized void await() {
      while (running > 0) {
        pause();
      }
      switch (failure) {
        case null -> { }
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException(failure);
      }
    }

    /** Waits; an interrupt is kept for the caller, because running tasks still use the arrays. */
    private void pause() {
      boolean interrupted = Thread.interrupted();
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
