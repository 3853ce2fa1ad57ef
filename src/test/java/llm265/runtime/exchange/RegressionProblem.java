package llm265.runtime.exchange;

import java.util.List;
import java.util.SplittableRandom;
import llm265.runtime.exchange.ParameterLayout.Parameter;

/**
 * Least squares with a known solution: y = A x + b, of which each worker sees a few noisy pairs a step. Small, and hard enough
 * that biased gradients show.
 */
final class RegressionProblem {
  static final int WORKERS = 4;
  private static final int OUT = 64;
  private static final int IN = 64;
  private static final int PAIRS = 8;

  private final float[] solution;
  private final double[] inputScales = new double[IN];

  RegressionProblem() {
    SplittableRandom random = new SplittableRandom(7);
    solution = new float[OUT * IN + OUT];
    for (int i = 0; i < solution.length; i++) {
      solution[i] = (float) (0.2 * random.nextGaussian());
    }
    for (int i = 0; i < IN; i++) {
      inputScales[i] = Math.exp(0.7 * random.nextGaussian());
    }
  }

  static ParameterLayout layout() {
    return new ParameterLayout(List.of(new Parameter("A", OUT, IN, 0), new Parameter("b", 1, OUT, OUT * IN)));
  }

  /** Gradients of all workers in a step. */
  float[][] gradients(float[] weights, int step) {
    float[][] all = new float[WORKERS][weights.length];
    for (int worker = 0; worker < WORKERS; worker++) {
      SplittableRandom random = new SplittableRandom(1_000L * step + worker);
      for (int pair = 0; pair < PAIRS; pair++) {
        float[] x = new float[IN];
        for (int i = 0; i < IN; i++) {
          x[i] = (float) (inputScales[i] * random.nextGaussian());
        }
        for (int o = 0; o < OUT; o++) {
          double error = weights[OUT * IN + o] - solution[OUT * IN + o] + 0.3 * random.nextGaussian();
          for (int i = 0; i < IN; i++) {
            error += (weights[o * IN + i] - solution[o * IN + i]) * x[i];
          }
          float share = (float) (error / PAIRS);
          for (int i = 0; i < IN; i++) {
            all[worker][o * IN + i] += share * x[i];
          }
          all[worker][OUT * IN + o] += share;
        }
      }
    }
    return all;
  }

  /** Mean squared error of predictions, without noise. */
  double loss(float[] weights) {
    double sum = 0;
    for (int o = 0; o < OUT; o++) {
      double bias = (double) weights[OUT * IN + o] - solution[OUT * IN + o];
      sum += bias * bias;
      for (int i = 0; i < IN; i++) {
        double error = ((double) weights[o * IN + i] - solution[o * IN + i]) * inputScales[i];
        sum += error * error;
      }
    }
    return sum / OUT;
  }

  /** Loss after some steps from zero, the learning rate falling in a line. */
  double train(DistributedOptimizer optimizer, int steps, double learningRate) {
    float[] weights = new float[solution.length];
    for (int step = 0; step < steps; step++) {
      optimizer.step(gradients(weights, step), weights, learningRate * (1 - step / (double) steps));
    }
    return loss(weights);
  }
}
