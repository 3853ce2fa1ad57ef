package llm265.parallel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs tasks that come one by one, on helping threads and on the calling thread while it waits for a result. The queue belongs to
 * the thread that made it.
 *
 * <p>As with {@link Workers}, that thread waits only for tasks that have begun: no executor is too busy.
 */
public final class TaskQueue implements AutoCloseable {
  private final Workers workers;
  /** Tasks that have not begun, the oldest first. */
  private final Deque<FutureTask<?>> waiting = new ArrayDeque<>();
  private int helpers;
  private int running;

  public TaskQueue(Workers workers) {
    this.workers = workers;
  }

  /** Adds a task, which begins when a thread is free. */
  public <T> Future<T> add(Supplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    boolean wantsHelper;
    synchronized (this) {
      waiting.add(task);
      wantsHelper = helpers < workers.threads() - 1;
      helpers += wantsHelper ? 1 : 0;
    }
    if (wantsHelper && !workers.execute(this::help)) {
      synchronized (this) {
        helpers--;
      }
    }
    return task;
  }

  private void help() {
    for (FutureTask<?> task = begin(true); task != null; task = begin(true)) {
      run(task);
    }
  }

  private synchronized FutureTask<?> begin(boolean byHelper) {
    FutureTask<?> task = waiting.poll();
    if (task != null) {
      running++;
    } else if (byHelper) {
      helpers--;
    }
    return task;
  }

  private void run(FutureTask<?> task) {
    try {
      task.run();
    } finally {
      synchronized (this) {
        running--;
        notifyAll();
      }
    }
  }

  /** The result of a task, or the exception that it has thrown. Works on other tasks meanwhile. */
  public <T> T result(Future<T> task) {
    while (!task.isDone()) {
      FutureTask<?> next = begin(false);
      if (next == null) {
        break;
      }
      run(next);
    }
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException fault -> throw fault;
        case Error fault -> throw fault;
        default -> throw new IllegalStateException(e.getCause());
      }
    } finally {
      keep(interrupted);
    }
  }

  /** Drops the tasks that have not begun, and waits for those that have. */
  @Override
  public synchronized void close() {
    waiting.clear();
    boolean interrupted = Thread.interrupted();
    while (running > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    keep(interrupted);
  }

  /** An interrupt is kept for the caller: the data in use cannot be left to running tasks. */
  private static void keep(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
