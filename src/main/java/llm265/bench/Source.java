package llm265.bench;

import java.util.Locale;
import java.util.Random;
import llm265.model.TensorView;
import llm265.model.ValueCodec;

/**
 * A tensor to measure with, in memory.
 *
 * @param name for tables
 * @param rows rows of its view
 * @param columns columns of its view
 * @param values row-major
 * @param boundBits what Shannon's bound is lower by than {@code 1/2 log2(variance / MSE)}, in bits a value, where more is known of the
 *     source than its variance: scales of columns
 */
public record Source(String name, int rows, int columns, float[] values, double boundBits) {
  /** What the names of synthetic sources begin with. */
  private static final int SIDE = 1024;

  /** Whether an argument names a synthetic source: gauss:N, laplace:N or scaled-columns:N. */
  public static boolean isSynthetic(String argument) {
    return argument.matches("(gauss|laplace|scaled-columns):[0-9]{1,9}");
  }

  /**
   * Random data of unit variance, but for the scales of scaled-columns, exp(0.5 N(0,1)) by column.
   *
   * @param argument kind and number of values, which is rounded up to whole rows of 1024
   */
  public static Source synthetic(String argument, long seed) {
    String kind = argument.substring(0, argument.indexOf(':'));
    int count = Math.max(1, Integer.parseInt(argument.substring(argument.indexOf(':') + 1)));
    int columns = Math.min(SIDE, count);
    int rows = Math.ceilDiv(count, columns);
    Random random = new Random(seed);
    double[] scales = new double[columns];
    double meanLog = 0;
    double meanSquare = 0;
    for (int i = 0; i < columns; i++) {
      scales[i] = kind.equals("scaled-columns") ? StrictMath.exp(0.5 * random.nextGaussian()) : 1;
      meanLog += Statistics.log2(scales[i]) / columns;
      meanSquare += scales[i] * scales[i] / columns;
    }
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      double value = kind.equals("laplace") ? laplace(random) : random.nextGaussian();
      values[i] = (float) (value * scales[i % columns]);
    }
    return new Source(argument.toLowerCase(Locale.ROOT), rows, columns, values, 0.5 * Statistics.log2(meanSquare) - meanLog);
  }

  private static double laplace(Random random) {
    double u = random.nextDouble() - 0.5;
    return -Math.signum(u) * StrictMath.log(1 - 2 * Math.abs(u)) / Math.sqrt(2);
  }

  /** A tensor of a checkpoint, of at most 2^30 values. */
  public static Source of(TensorView tensor) {
    int count = Math.toIntExact(tensor.count());
    float[] values = new float[count];
    ValueCodec.read(tensor.dtype(), tensor.data(), 0, values, 0, count);
    int rows = tensor.rank() == 0 ? 1 : (int) tensor.shape()[0];
    return new Source(tensor.name(), rows, count / Math.max(1, rows), values, 0);
  }

  long[] shape() {
    return new long[] {rows, columns};
  }

  int count() {
    return values.length;
  }
}
