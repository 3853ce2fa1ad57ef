package llm265.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Puts small things together, in order, so that each batch is worth a task, and so that there are tasks for all threads. */
final class Batches {
  /** Each thread of the cluster gets at least so many tasks, if there are so many things. */
  private static final int TASKS_OF_THREAD = 4;

  private Batches() {}

  /**
   * The batches.
   *
   * @param worthwhile a batch of this size is worth a task however many there are
   */
  static <T> List<ArrayList<T>> of(List<T> all, ToLongFunction<T> size, int threads, long worthwhile) {
    long whole = all.stream().mapToLong(size).sum();
    long enough = Math.min(worthwhile, whole / (TASKS_OF_THREAD * (long) threads));
    List<ArrayList<T>> batches = new ArrayList<>();
    ArrayList<T> batch = new ArrayList<>();
    long sum = 0;
    for (T one : all) {
      batch.add(one);
      sum += size.applyAsLong(one);
      if (sum >= enough) {
        batches.add(batch);
        batch = new ArrayList<>();
        sum = 0;
      }
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }
}
