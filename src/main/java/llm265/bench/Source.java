package llm265.bench;

import java.util.Random;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.numeric.Logarithms;

/**
 * A tensor to measure with, in memory.
 *
 * @param tensor of type F32, F16 or BF16
 * @param values the same as floats, row-major
 * @param boundBits how far Shannon's bound lies below {@code 1/2 log2(variance / MSE)}, in bits per value, if more is known
 *     about the source than its variance: scales of columns
 */
public record Source(TensorView tensor, float[] values, double boundBits) {
  private static final int SIDE = 1024;
  private static final int MOST_VALUES = 1 << 30;

  /** Whether an argument names a synthetic source: gauss:N, laplace:N or scaled-columns:N. */
  public static boolean isSynthetic(String argument) {
    return argument.matches("(gauss|laplace|scaled-columns):[0-9]{1,9}");
  }

  /**
   * Random data of unit variance, except for the scales of scaled-columns, exp(0.5 N(0,1)) by column.
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
      meanLog += Logarithms.log2(scales[i]) / columns;
      meanSquare += scales[i] * scales[i] / columns;
    }
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      double value = kind.equals("laplace") ? laplace(random) : random.nextGaussian();
      values[i] = (float) (value * scales[i % columns]);
    }
    TensorView tensor = TensorView.view(argument, new long[] {rows, columns}, values);
    return new Source(tensor, values, 0.5 * Logarithms.log2(meanSquare) - meanLog);
  }

  private static double laplace(Random random) {
    double u = random.nextDouble() - 0.5;
    return -Math.signum(u) * StrictMath.log(1 - 2 * Math.abs(u)) / Math.sqrt(2);
  }

  /**
   * A tensor of a checkpoint.
   *
   * @throws IllegalArgumentException if it has more than 2^30 values, values that are not finite, or the same value
   *     everywhere: there is then no signal to measure noise against
   */
  public static Source of(TensorView tensor) {
    if (tensor.count() > MOST_VALUES) {
      throw new IllegalArgumentException(tensor.name() + ": has " + tensor.count() + " values, too many to measure in memory");
    }
    int count = (int) tensor.count();
    float[] values = new float[count];
    ValueCodec.read(tensor.dtype(), tensor.data(), 0, values, 0, count);
    boolean varies = false;
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(tensor.name() + ": has values that are not finite");
      }
      varies |= value != values[0];
    }
    if (!varies) {
      throw new IllegalArgumentException(tensor.name() + ": all values are the same");
    }
    return new Source(tensor, values, 0);
  }

  /** The name for tables. */
  public String name() {
    return tensor.name();
  }

  int count() {
    return values.length;
  }
}
