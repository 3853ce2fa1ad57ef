package llm265.tensor.exact;

import llm265.tensor.tools.Prediction;

/** Finds weights of neighbours with which numbers of an excerpt are predicted best. */
final class WeightFit {
  private static final int COUNT = Prediction.NEIGHBOURS.length;

  /** Number of fits; each but the first counts places less where the one before was far off. */
  private static final int FITS = 3;

  private final PatternExcerpt excerpt;
  private final double[][] numbers;

  WeightFit(PatternExcerpt excerpt, Prediction.Order order, int lowBits, int bits, int width) {
    this.excerpt = excerpt;
    numbers = new double[16 * excerpt.pieces][excerpt.columns];
    long all = -1L >>> (64 - bits);
    for (int row = 0; row < numbers.length; row++) {
      for (int x = 0; x < excerpt.count(row); x++) {
        numbers[row][x] = (order.number(excerpt.pattern(row, x), width) >>> lowBits) & all;
      }
    }
  }

  /** Weights in units of the format; 0 where there is nothing to fit. */
  short[] weights() {
    double[] weights = new double[COUNT];
    for (int fit = 0; fit < FITS; fit++) {
      weights = fit(weights, fit == 0);
    }
    short[] rounded = new short[COUNT];
    for (int i = 0; i < COUNT; i++) {
      rounded[i] = (short) Math.clamp(Math.round(weights[i] * (1 << Prediction.WEIGHT_BITS)), -32768, 32767);
    }
    return rounded;
  }

  private double[] fit(double[] before, boolean isFirst) {
    double[][] normal = new double[COUNT][COUNT + 1];
    double[] near = new double[COUNT];
    for (int row = 2; row < numbers.length; row++) {
      if (row % 16 < 2) {
        continue;
      }
      int count = excerpt.count(row);
      for (int x = 2; x < count - 2; x++) {
        double w = numbers[row][x - 1];
        double error = numbers[row][x] - w;
        double rest = error;
        for (int i = 0; i < COUNT; i++) {
          near[i] = numbers[row - Prediction.NEIGHBOURS[i][1]][x + Prediction.NEIGHBOURS[i][0]] - w;
          rest -= before[i] * near[i];
        }
        double weight = isFirst ? 1 : 1 / (1 + Math.abs(rest));
        for (int i = 0; i < COUNT; i++) {
          for (int k = 0; k <= i; k++) {
            normal[i][k] += weight * near[i] * near[k];
          }
          normal[i][COUNT] += weight * near[i] * error;
        }
      }
    }
    for (int i = 0; i < COUNT; i++) {
      for (int k = 0; k < i; k++) {
        normal[k][i] = normal[i][k];
      }
      // Neighbours may all be alike.
      normal[i][i] += 1e-9 * normal[i][i] + 1e-9;
    }
    return solved(normal);
  }

  /** The solution of a system whose matrix is positive definite, by elimination. */
  private static double[] solved(double[][] system) {
    for (int i = 0; i < COUNT; i++) {
      for (int k = i + 1; k < COUNT; k++) {
        double factor = system[k][i] / system[i][i];
        for (int j = i; j <= COUNT; j++) {
          system[k][j] -= factor * system[i][j];
        }
      }
    }
    double[] solution = new double[COUNT];
    for (int i = COUNT - 1; i >= 0; i--) {
      double sum = system[i][COUNT];
      for (int j = i + 1; j < COUNT; j++) {
        sum -= system[i][j] * solution[j];
      }
      solution[i] = sum / system[i][i];
      if (!Double.isFinite(solution[i])) {
        return new double[COUNT];
      }
    }
    return solution;
  }
}
