package llm265.spark;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import llm265.parallel.Workers;
import org.apache.spark.TaskContext;

/** The threads of tasks: each has as many as {@code spark.task.cpus} says, out of one pool for the process. */
final class TaskThreads {
  static final Executor EXECUTOR = Executors.newCachedThreadPool(work -> {
    Thread thread = new Thread(work, "llm265");
    thread.setDaemon(true);
    return thread;
  });

  private TaskThreads() {}

  /** Number of threads of the calling task, which is one of them. */
  static int count() {
    return TaskContext.get().cpus();
  }

  static Workers workers() {
    return new Workers(EXECUTOR, count());
  }
}
