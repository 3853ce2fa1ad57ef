package llm265.runtime.training;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import llm265.runtime.GradientCodec;
import llm265.runtime.exchange.AveragedGradient;
import llm265.runtime.exchange.DistributedOptimizer;
import llm265.runtime.exchange.Traffic;

/** A run of training on several workers, which exchange gradients: data parallelism, simulated in one process. */
public final class GradientTraining {
  /** Figures of a run beside its loss: bits per value from and to a worker, all steps together. */
  public static final String UP = "up";
  public static final String DOWN = "down";

  /** Cosine of the average that was used to the exact one, and its error relative to it; means over the steps. */
  public static final String COSINE = "cosine";
  public static final String ERROR = "error";

  private final TrainableModel model;
  private final CharacterText text;
  private final List<int[][]> validation;

  /** @param validation windows that the loss is of */
  public GradientTraining(TrainableModel model, CharacterText text, List<int[][]> validation) {
    this.model = model;
    this.text = text;
    this.validation = List.copyOf(validation);
  }

  /** What a run leaves. */
  record Trained(float[] weights, RunFigures figures) {}

  /**
   * Trains, from the beginning or from a snapshot.
   *
   * @param optimizer that has made no step yet
   * @param stepped told of every step
   * @throws IOException if the snapshot cannot be read or written
   */
  public RunFigures run(
      TrainingRecipe recipe, DistributedOptimizer optimizer, RunSnapshot snapshot, IntConsumer stepped) throws IOException {
    return train(recipe, optimizer, StageBoundary.EXACT, snapshot, stepped).figures();
  }

  Trained train(
      TrainingRecipe recipe, DistributedOptimizer optimizer, StageBoundary boundary, RunSnapshot snapshot, IntConsumer stepped)
      throws IOException {
    long start = System.nanoTime();
    float[] weights = model.initialWeights(recipe.seed());
    AverageError average = new AverageError(weights.length);
    int first = 0;
    RunSnapshot.State before = snapshot.read().orElse(null);
    if (before != null) {
      first = before.steps();
      weights = before.weights();
      optimizer.restore(before.optimizer());
      start -= (long) average.restore(before.sums());
      IntStream.range(0, first).forEach(stepped);
    }
    float[][] gradients = new float[recipe.workers()][weights.length];
    for (int step = first; step < recipe.steps(); step++) {
      double loss = 0;
      for (int worker = 0; worker < recipe.workers(); worker++) {
        int[][] windows = text.training(recipe.seed(), step, worker, recipe.windows(), recipe.context());
        loss += model.gradient(weights, windows, gradients[worker], boundary);
      }
      if (!Double.isFinite(loss) || !average.expect(gradients)) {
        // It has diverged: nothing that is not finite can be sent.
        Arrays.fill(weights, Float.NaN);
        break;
      }
      optimizer.step(gradients, weights, recipe.learningRate(step));
      average.compare(optimizer);
      stepped.accept(step);
      if (snapshot.isDue(step + 1)) {
        snapshot.write(
            new RunSnapshot.State(step + 1, weights, optimizer.state(), average.sums(System.nanoTime() - start)));
      }
    }
    snapshot.delete();
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(RunFigures.LOSS, loss(weights, StageBoundary.EXACT));
    Traffic traffic = optimizer.traffic();
    figures.put(UP, traffic.up());
    figures.put(DOWN, traffic.down());
    average.addTo(figures);
    figures.put(RunFigures.SECONDS, (System.nanoTime() - start) / 1e9);
    return new Trained(weights, new RunFigures(figures, HexFormat.of().toHexDigits(GradientCodec.fingerprint(weights))));
  }

  /** How far averages that are used are from the exact ones, of optimizers that tell them. */
  private static final class AverageError {
    private final float[] exact;
    private double cosines;
    private double errors;
    private int steps;

    AverageError(int values) {
      exact = new float[values];
    }

    /** Takes a step's gradients; returns whether all are finite. */
    boolean expect(float[][] gradients) {
      boolean finite = true;
      for (int i = 0; i < exact.length; i++) {
        double sum = 0;
        for (float[] gradient : gradients) {
          sum += gradient[i];
        }
        exact[i] = (float) (sum / gradients.length);
        finite &= Float.isFinite(exact[i]);
      }
      return finite;
    }

    void compare(DistributedOptimizer optimizer) {
      if (!(optimizer instanceof AveragedGradient used)) {
        return;
      }
      float[] average = used.average();
      double exactSquare = 0;
      double usedSquare = 0;
      double product = 0;
      double errorSquare = 0;
      for (int i = 0; i < exact.length; i++) {
        exactSquare += (double) exact[i] * exact[i];
        usedSquare += (double) average[i] * average[i];
        product += (double) exact[i] * average[i];
        double error = (double) average[i] - exact[i];
        errorSquare += error * error;
      }
      if (exactSquare > 0 && usedSquare > 0) {
        cosines += product / Math.sqrt(exactSquare * usedSquare);
        errors += Math.sqrt(errorSquare / exactSquare);
        steps++;
      }
    }

    /** All sums, with the time that they took in nanoseconds. */
    double[] sums(long nanoseconds) {
      return new double[] {cosines, errors, steps, nanoseconds};
    }

    /** Goes on from sums; returns their time. */
    double restore(double[] sums) {
      cosines = sums[0];
      errors = sums[1];
      steps = (int) sums[2];
      return sums[3];
    }

    void addTo(Map<String, Double> figures) {
      if (steps > 0) {
        figures.put(COSINE, cosines / steps);
        figures.put(ERROR, errors / steps);
      }
    }
  }

  double loss(float[] weights, StageBoundary boundary) {
    return validation.stream().mapToDouble(windows -> model.loss(weights, windows, boundary)).average().orElse(Double.NaN);
  }
}
