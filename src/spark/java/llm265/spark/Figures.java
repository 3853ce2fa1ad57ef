package llm265.spark;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.AccumulatorV2;
import org.apache.spark.util.LongAccumulator;

/**
 * What tasks count, by the names that Spark's pages show for each task and for each stage.
 *
 * @param values of tensors that were coded, decoded or measured
 * @param read bytes of tensors that were asked for
 * @param written bytes of files that were made
 * @param tensors the tensors of each task
 */
record Figures(LongAccumulator values, LongAccumulator read, LongAccumulator written, Names tensors)
    implements Serializable {
  static Figures register(SparkContext context) {
    Names names = new Names();
    context.register(names, "tensors");
    return new Figures(
        context.longAccumulator("values"), context.longAccumulator("bytes read"), context.longAccumulator("bytes written"),
        names);
  }

  /** Counts a tensor. */
  void add(String name, long count, long bytes) {
    values.add(count);
    read.add(bytes);
    tensors.add(name);
  }

  /** The names that a task has added: the first, and the number of the others. */
  static final class Names extends AccumulatorV2<String, String> {
    private String first = "";
    private long count;

    @Override
    public boolean isZero() {
      return count == 0;
    }

    @Override
    public Names copy() {
      Names copy = new Names();
      copy.first = first;
      copy.count = count;
      return copy;
    }

    @Override
    public void reset() {
      first = "";
      count = 0;
    }

    @Override
    public void add(String name) {
      first = count == 0 ? name : first;
      count++;
    }

    @Override
    public void merge(AccumulatorV2<String, String> other) {
      Names more = (Names) other;
      first = count == 0 ? more.first : first;
      count += more.count;
    }

    @Override
    public String value() {
      return count <= 1 ? first : first + " and " + (count - 1) + " more";
    }
  }
}
