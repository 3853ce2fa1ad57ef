package llm265.fidelity;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.LinearLayer;
import llm265.lm.math.MatrixKernels;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;

/**
 * Sums up the second moments of the inputs of linear layers while a model runs. Layers that share an input share its moments.
 * Used by one thread at a time.
 */
public final class MomentsCollector implements LayerObserver {
  /** Rows of the moments that a task computes. */
  private static final int STRIP = 64;

  private final Predicate<String> wanted;
  private final Workers workers;
  private final Map<String, Sums> sums = new LinkedHashMap<>();
  /** Sums over one window, of one input at a time. */
  private float[] products = new float[0];

  /** What is summed up of one input. */
  private static final class Sums {
    final double[] second;
    final double[] magnitudes;
    long tokens;

    Sums(int n) {
      second = new double[n * n];
      magnitudes = new double[n];
    }
  }

  /** @param wanted which groups of layers, by the name of the first of each, are summed up */
  public MomentsCollector(Predicate<String> wanted, Workers workers) {
    this.wanted = wanted;
    this.workers = workers;
  }

  @Override
  public void inputs(List<LinearLayer> layers, float[] x, int rows, int columns) {
    String group = layers.getFirst().group();
    if (!wanted.test(group)) {
      return;
    }
    Sums sum = sums.computeIfAbsent(group, name -> new Sums(columns));
    float[] transposed = new float[columns * rows];
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < columns; c++) {
        float value = x[row * columns + c];
        transposed[c * rows + row] = value;
        sum.magnitudes[c] += Math.abs(value);
      }
    }
    sum.tokens += rows;
    products = products.length < columns * columns ? new float[columns * columns] : products;
    float[] window = products;
    workers.forEachInOrder(
        Math.ceilDiv(columns, STRIP),
        strip -> {
          int first = strip * STRIP;
          int count = Math.min(STRIP, columns - first);
          MatrixKernels.ACTIVE.multiply(
              transposed, first * rows, rows, count, rows, x, 0, columns, columns, window, first * columns, columns);
          for (int i = first * columns; i < (first + count) * columns; i++) {
            sum.second[i] += window[i];
          }
          return strip;
        },
        (strip, done) -> { });
  }

  /** The groups that have been seen, by the name of the first layer of each. */
  public Set<String> groups() {
    return Set.copyOf(sums.keySet());
  }

  /** The moments of a group's input; null if it has not been seen. */
  public InputMoments moments(String group) {
    Sums sum = sums.get(group);
    if (sum == null) {
      return null;
    }
    double[] second = sum.second.clone();
    double[] magnitudes = sum.magnitudes.clone();
    int n = magnitudes.length;
    for (int i = 0; i < n; i++) {
      magnitudes[i] /= sum.tokens;
      for (int j = 0; j < i; j++) {
        // Both are the same sum, but for its order.
        double mean = (second[i * n + j] + second[j * n + i]) / 2 / sum.tokens;
        second[i * n + j] = mean;
        second[j * n + i] = mean;
      }
      second[i * n + i] /= sum.tokens;
    }
    return new InputMoments(second, magnitudes, sum.tokens);
  }
}
