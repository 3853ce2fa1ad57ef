package llm265.runtime.training;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import llm265.runtime.exchange.ParameterLayout;
import llm265.runtime.exchange.ParameterLayout.Parameter;

/** The least model of two stages: a symbol's embedding goes over the boundary, and a head predicts the next symbol from it. */
public final class FactoredBigram implements TrainableModel {
  private static final int WIDTH = 8;

  private final int vocabulary;

  public FactoredBigram(int vocabulary) {
    this.vocabulary = vocabulary;
  }

  @Override
  public ParameterLayout layout() {
    int values = vocabulary * WIDTH;
    return new ParameterLayout(List.of(
        new Parameter("embedding", vocabulary, WIDTH, 0), new Parameter("head", vocabulary, WIDTH, values),
        new Parameter("norm", 1, WIDTH, 2 * values)));
  }

  @Override
  public float[] initialWeights(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] weights = new float[layout().values()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i < 2 * vocabulary * WIDTH ? (float) (0.3 * random.nextGaussian()) : 1;
    }
    return weights;
  }

  @Override
  public int boundaries() {
    return 1;
  }

  @Override
  public double gradient(float[] weights, int[][] windows, float[] gradient, StageBoundary boundary) {
    Arrays.fill(gradient, 0);
    return run(weights, windows, gradient, boundary);
  }

  @Override
  public double loss(float[] weights, int[][] windows, StageBoundary boundary) {
    return run(weights, windows, null, boundary);
  }

  private double run(float[] weights, int[][] windows, float[] gradient, StageBoundary boundary) {
    int[] from = Arrays.stream(windows).flatMapToInt(window -> Arrays.stream(window, 0, window.length - 1)).toArray();
    int[] to = Arrays.stream(windows).flatMapToInt(window -> Arrays.stream(window, 1, window.length)).toArray();
    int head = vocabulary * WIDTH;
    int norm = 2 * head;
    float[] hidden = new float[from.length * WIDTH];
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] = weights[from[i / WIDTH] * WIDTH + i % WIDTH] * weights[norm + i % WIDTH];
    }
    boundary.forward(0, hidden, from.length, WIDTH);
    float[] back = new float[hidden.length];
    double loss = 0;
    for (int row = 0; row < from.length; row++) {
      double[] odds = new double[vocabulary];
      for (int symbol = 0; symbol < vocabulary; symbol++) {
        double logit = 0;
        for (int i = 0; i < WIDTH; i++) {
          logit += (double) hidden[row * WIDTH + i] * weights[head + symbol * WIDTH + i];
        }
        odds[symbol] = StrictMath.exp(logit);
      }
      double sum = Arrays.stream(odds).sum();
      loss -= StrictMath.log(odds[to[row]] / sum) / from.length;
      for (int symbol = 0; symbol < vocabulary && gradient != null; symbol++) {
        double error = (odds[symbol] / sum - (symbol == to[row] ? 1 : 0)) / from.length;
        for (int i = 0; i < WIDTH; i++) {
          gradient[head + symbol * WIDTH + i] += (float) (error * hidden[row * WIDTH + i]);
          back[row * WIDTH + i] += (float) (error * weights[head + symbol * WIDTH + i]);
        }
      }
    }
    if (gradient != null) {
      boundary.backward(0, back, from.length, WIDTH);
      for (int i = 0; i < back.length; i++) {
        int embedding = from[i / WIDTH] * WIDTH + i % WIDTH;
        gradient[embedding] += back[i] * weights[norm + i % WIDTH];
        gradient[norm + i % WIDTH] += back[i] * weights[embedding];
      }
    }
    return loss;
  }

  @Override
  public void close() {
    // It holds nothing.
  }
}
