package llm265.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import llm265.checkpoint.file.ModelFormatException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/** The machines: they do tasks, each of which reads what it needs, writes files that appear whole, and says what came of it. */
final class Cluster implements AutoCloseable {
  private final JavaSparkContext context;
  private final Figures figures;
  private final SerializableConfiguration hadoop;
  private long tasks;
  private double busySeconds;
  private double waitedSeconds;

  private Cluster(JavaSparkContext context) {
    this.context = context;
    this.figures = Figures.register(context.sc());
    this.hadoop = new SerializableConfiguration(context.hadoopConfiguration());
  }

  /** The cluster that the program was submitted to. */
  static Cluster start(String name) {
    return new Cluster(new JavaSparkContext(new SparkConf().setAppName(name)));
  }

  JavaSparkContext context() {
    return context;
  }

  /** How many tasks it does at a time, as far as is known now. */
  int threads() {
    return Math.max(1, context.defaultParallelism() / context.sc().conf().getInt("spark.task.cpus", 1));
  }

  Configuration configuration() {
    return context.hadoopConfiguration();
  }

  SerializableConfiguration hadoop() {
    return hadoop;
  }

  Figures figures() {
    return figures;
  }

  /** Does one task in some process. */
  interface Work<T, R> extends Serializable {
    R on(T task, Scratch scratch, Figures figures) throws IOException;
  }

  /** What a task came to, or why it is of no use to try it again. */
  private record Answer<R>(R result, String fault, double seconds) implements Serializable {}

  /**
   * Has tasks done, the largest first.
   *
   * @param description for Spark's pages
   * @param size how much work a task is
   * @return results in the order of the tasks
   * @throws IllegalArgumentException if the input or the settings turn out to be bad
   * @throws IOException if the cluster gives up
   */
  <T extends Serializable, R> List<R> run(String description, List<T> tasks, ToLongFunction<T> size, Work<T, R> work)
      throws IOException {
    if (tasks.isEmpty()) {
      return List.of();
    }
    List<Integer> order = IntStream.range(0, tasks.size()).boxed()
        .sorted(Comparator.comparingLong((Integer i) -> -size.applyAsLong(tasks.get(i)))).toList();
    List<T> sorted = order.stream().map(tasks::get).toList();
    Figures counted = figures;
    long start = System.nanoTime();
    context.setJobDescription(description);
    List<Answer<R>> answers;
    try {
      answers = context.parallelize(new ArrayList<>(sorted), sorted.size()).map(task -> perform(task, work, counted)).collect();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // Spark does not declare what it throws.
      throw failure(e);
    }
    waitedSeconds += (System.nanoTime() - start) / 1e9;
    List<R> results = new ArrayList<>(Collections.nCopies(tasks.size(), null));
    for (int i = 0; i < answers.size(); i++) {
      Answer<R> answer = answers.get(i);
      if (answer.fault() != null) {
        throw new IllegalArgumentException(answer.fault());
      }
      results.set(order.get(i), answer.result());
      busySeconds += answer.seconds();
    }
    this.tasks += tasks.size();
    return results;
  }

  private static <T, R> Answer<R> perform(T task, Work<T, R> work, Figures figures) throws IOException {
    long start = System.nanoTime();
    try (Scratch scratch = Scratch.create()) {
      R result = work.on(task, scratch, figures);
      return new Answer<>(result, null, (System.nanoTime() - start) / 1e9);
    } catch (ModelFormatException | IllegalArgumentException e) {
      return new Answer<>(null, e.getMessage(), 0);
    }
  }

  private static IOException failure(Exception e) {
    Throwable cause = e instanceof SparkException && e.getCause() != null ? e.getCause() : e;
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new IOException("the cluster gave up: " + message, e);
  }

  /** How many tasks have been done. */
  long tasks() {
    return tasks;
  }

  /** How long the driver has waited for tasks. */
  double waitedSeconds() {
    return waitedSeconds;
  }

  /** How long tasks have worked, one after the other. */
  double busySeconds() {
    return busySeconds;
  }

  @Override
  public void close() {
    context.close();
  }
}
