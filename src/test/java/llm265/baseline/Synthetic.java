package llm265.baseline;

import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;

/** Weights and moments of known laws. */
public final class Synthetic {
  static final int VALUES = 1 << 20;
  static final int COLUMNS = 128;
  static final float[] GAUSS = gauss(VALUES, 1);

  private Synthetic() {}

  static float[] gauss(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  static float[] laplace(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      double u = random.nextDouble() - 0.5;
      values[i] = (float) (-Math.signum(u) * Math.log(1 - 2 * Math.abs(u)));
    }
    return values;
  }

  static Layer layer(String name, int out, int in, long seed) {
    return new Layer(name, gauss(out * in, seed), out, in);
  }

  /** Moments of correlated inputs of very different sizes: x = diag(s) (I + M) z with normal z. */
  public static InputMoments moments(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] mix = new double[n][n];
    for (int i = 0; i < n; i++) {
      double scale = Math.exp(random.nextGaussian());
      for (int j = 0; j < n; j++) {
        mix[i][j] = scale * ((i == j ? 1 : 0) + 2 * random.nextGaussian() / Math.sqrt(n));
      }
    }
    double[] second = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
          sum += mix[i][k] * mix[j][k];
        }
        second[i * n + j] = sum;
        second[j * n + i] = sum;
      }
    }
    return withSecond(second, n);
  }

  public static InputMoments identity(int n) {
    double[] second = new double[n * n];
    for (int i = 0; i < n; i++) {
      second[i * n + i] = 1;
    }
    return withSecond(second, n);
  }

  public static InputMoments withSecond(double[] second, int n) {
    double[] magnitudes = new double[n];
    for (int i = 0; i < n; i++) {
      magnitudes[i] = Math.sqrt(second[i * n + i] * 2 / Math.PI);
    }
    return new InputMoments(second, magnitudes, 1000);
  }

  static float[] quantized(String specification, Layer layer) {
    return quantized(specification, LinearGroup.of(layer));
  }

  /** The weights of the first layer. */
  static float[] quantized(String specification, LinearGroup group) {
    return Baselines.of(specification, Workers.CALLER).quantize(group).getFirst().weights();
  }

  /** Quantizes values as rows of 128. */
  static QuantizedLayer quantizedRows(String specification, float[] values) {
    Layer layer = new Layer("rows", values, values.length / COLUMNS, COLUMNS);
    try (var threads = Executors.newFixedThreadPool(1)) {
      return Baselines.of(specification, new Workers(threads, 2)).quantize(LinearGroup.of(layer)).getFirst();
    }
  }

  static double snr(float[] values, float[] decoded) {
    double power = 0;
    double error = 0;
    for (int i = 0; i < values.length; i++) {
      power += (double) values[i] * values[i];
      error += ((double) values[i] - decoded[i]) * ((double) values[i] - decoded[i]);
    }
    return 10 * Math.log10(power / error);
  }
}
