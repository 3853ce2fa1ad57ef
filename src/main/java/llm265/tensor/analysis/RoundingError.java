package llm265.tensor.analysis;

import java.util.Arrays;
import llm265.dtype.DType;
import llm265.parallel.Workers;
import llm265.tensor.values.TensorElements;

/**
 * What it does to errors that decoded values are rounded to the tensor's own type, where errors are known before that: in a
 * rotated plane. Values are looked at once, by their exponents. Errors of values are taken to be normal.
 */
public final class RoundingError {
  private static final int BLOCK = 1 << 18;
  private static final int ROW = 1 << 12;

  /** Exponents of floats, those of 0 and of numbers that are not normal included. */
  private static final int LEAST_EXPONENT = Float.MIN_EXPONENT - 1;

  private static final int LEAST_EXPONENT_OF_F16 = -14;
  private static final int FRACTION_OF_F16 = 10;
  private static final int FRACTION_OF_BF16 = 7;

  /** Errors of this share of the spacing, and greater ones, do not depend on the rounding. */
  private static final double INDEPENDENT = 0.5;

  private final DType type;
  private final long[] counts;

  private RoundingError(DType type, long[] counts) {
    this.type = type;
    this.counts = counts;
  }

  /** Whether a type is so narrow that rounding counts. */
  public static boolean matters(DType type) {
    return type == DType.F16 || type == DType.BF16;
  }

  /** Reads a tensor of so many values. */
  public static RoundingError of(TensorElements elements, long values, Workers workers) {
    long[] counts = new long[Float.MAX_EXPONENT + 1 - LEAST_EXPONENT];
    workers.forEachInOrder(
        Math.toIntExact(Math.ceilDiv(values, BLOCK)),
        block -> count(elements, (long) block * BLOCK, (int) Math.min(BLOCK, values - (long) block * BLOCK)),
        (block, ofBlock) -> Arrays.setAll(counts, i -> counts[i] + ofBlock[i]));
    return new RoundingError(elements.type(), counts);
  }

  private static long[] count(TensorElements elements, long first, int count) {
    long[] counts = new long[Float.MAX_EXPONENT + 1 - LEAST_EXPONENT];
    float[] row = new float[ROW];
    for (int at = 0; at < count; at += ROW) {
      int length = Math.min(ROW, count - at);
      elements.read(first + at, row, 0, length);
      for (int i = 0; i < length; i++) {
        if (Float.isFinite(row[i])) {
          counts[Math.getExponent(row[i]) - LEAST_EXPONENT]++;
        }
      }
    }
    return counts;
  }

  /**
   * What is added to the sum of squared errors: the variance of rounding, or less than nothing where small errors are rounded
   * away.
   *
   * @param meanSquare of errors before rounding
   */
  public double added(double meanSquare) {
    double sum = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        double value = i == 0 ? 0 : 1.5 * StrictMath.pow(2, i + LEAST_EXPONENT);
        // A decoded value is about as large as the value and its error.
        double spacing = spacing(Math.sqrt(value * value + meanSquare));
        sum += counts[i] * added(Math.sqrt(meanSquare), spacing);
      }
    }
    return sum;
  }

  private double spacing(double magnitude) {
    int exponent = Math.getExponent(magnitude);
    return type == DType.F16
        ? StrictMath.pow(2, Math.max(exponent, LEAST_EXPONENT_OF_F16) - FRACTION_OF_F16)
        : StrictMath.pow(2, Math.max(exponent, Float.MIN_EXPONENT) - FRACTION_OF_BF16);
  }

  private static double added(double deviation, double spacing) {
    if (deviation >= INDEPENDENT * spacing) {
      return spacing * spacing / 12;
    }
    double steps = 0;
    for (int k = 1; k <= 3; k++) {
      steps += k * k * (beyond((k - 0.5) * spacing, deviation) - beyond((k + 0.5) * spacing, deviation));
    }
    return steps * spacing * spacing - deviation * deviation;
  }

  /** Probability of a greater magnitude; Abramowitz and Stegun, 7.1.26. */
  private static double beyond(double magnitude, double deviation) {
    if (deviation == 0) {
      return 0;
    }
    double x = magnitude / (deviation * Math.sqrt(2));
    double t = 1 / (1 + 0.3275911 * x);
    double polynomial =
        t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    return polynomial * StrictMath.exp(-x * x);
  }
}
