package llm265.rate;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import llm265.numeric.Logarithms;

/**
 * The error of a tensor at each rate: the {@link GaussianModel}, moved to fit measurements of the tensor.
 *
 * <p>Rate and error are both functions of the ratio of step to deviation. The difference between a measurement and the model
 * applies at its ratio. It is interpolated between measurements, and constant beyond the outermost ones.
 */
public final class RateCurve implements Serializable {
  /**
   * A tensor, or an excerpt of it, coded with one step.
   *
   * @param point the step
   * @param bits bits per value that the whole tensor would take, every byte counted
   * @param meanSquaredError mean squared error of its finite values
   */
  public record Probe(QuantizerPoint point, double bits, double meanSquaredError) implements Serializable {}

  private static final double LEAST_LOG2_RATIO = -8;
  private static final double GREATEST_LOG2_RATIO = 3;
  private static final int POINTS_PER_OCTAVE = 8;

  /** Errors are positive, so that they have a logarithm. */
  private static final double LEAST_ERROR = 0x1p-300;

  /** The least bits per value of a stream, and the least difference between two points of the curve. */
  private static final double LEAST_BITS = 1e-3;

  private static final double LEAST_STEP = 1e-9;

  /** Bits per value whatever the target; less than 0 if they follow the step. */
  private final double fixedBits;

  private final double fixedError;

  /** From the finest step to the coarsest, including that of every probe: bits fall, errors rise. */
  private final double[] log2Ratios;

  private final double[] bits;
  private final double[] log2Errors;

  private RateCurve(double fixedBits, double fixedError, double[] log2Ratios, double[] bits, double[] log2Errors) {
    this.fixedBits = fixedBits;
    this.fixedError = fixedError;
    this.log2Ratios = log2Ratios;
    this.bits = bits;
    this.log2Errors = log2Errors;
  }

  /**
   * The curve of a tensor whose result does not depend on the target: a constant, or one that is kept exactly.
   *
   * @param bits bits per value
   * @param meanSquaredError mean squared error of its finite values
   */
  public static RateCurve fixed(double bits, double meanSquaredError) {
    return new RateCurve(bits, meanSquaredError, null, null, null);
  }

  /**
   * A curve through measurements.
   *
   * @param probes one or more, of the same tensor at different steps
   * @param roundingNoise variance of rounding the reconstruction to a sample, levels^2, 1/12 for 8 bits; it limits the quality
   *     of fine steps
   */
  public static RateCurve through(List<Probe> probes, double roundingNoise) {
    Probe[] sorted = probes.toArray(Probe[]::new);
    Arrays.sort(sorted, Comparator.comparingDouble(probe -> probe.point.log2Ratio()));
    double[] at = new double[sorted.length];
    double[] moreBits = new double[sorted.length];
    double[] moreError = new double[sorted.length];
    double floor = 0;
    for (Probe probe : sorted) {
      floor += roundingNoise / (probe.point.levelDeviation() * probe.point.levelDeviation()) / sorted.length;
    }
    for (int i = 0; i < sorted.length; i++) {
      at[i] = sorted[i].point.log2Ratio();
      double modelBits = GaussianModel.bits(at[i]);
      // A measurement below the model gives a factor, since a difference would lead below zero; one above it gives a
      // difference.
      moreBits[i] = sorted[i].bits < modelBits ? sorted[i].bits / modelBits - 1 : sorted[i].bits - modelBits;
      double error = Math.max(LEAST_ERROR, sorted[i].meanSquaredError);
      moreError[i] = Logarithms.log2(error) - Logarithms.log2(GaussianModel.relativeError(at[i]) + floor);
    }
    double[] ratios = points(at);
    double[] bits = new double[ratios.length];
    double[] errors = new double[ratios.length];
    for (int i = 0; i < ratios.length; i++) {
      double model = GaussianModel.bits(ratios[i]);
      double more = interpolate(at, moreBits, ratios[i]);
      bits[i] = Math.max(LEAST_BITS, more < 0 ? model * (1 + more) : model + more);
      errors[i] = Logarithms.log2(GaussianModel.relativeError(ratios[i]) + floor) + interpolate(at, moreError, ratios[i]);
    }
    // Between two probes the model may bend beyond the second; the curve then stays level up to it.
    double leastBits = 0;
    double greatestError = Double.POSITIVE_INFINITY;
    for (int i = ratios.length - 1; i >= 0; i--) {
      bits[i] = Math.max(bits[i], leastBits);
      errors[i] = Math.min(errors[i], greatestError);
      if (Arrays.binarySearch(at, ratios[i]) >= 0) {
        leastBits = bits[i];
        greatestError = errors[i];
      }
    }
    for (int i = 1; i < ratios.length; i++) {
      bits[i] = Math.min(bits[i], bits[i - 1] - LEAST_STEP);
      errors[i] = Math.max(errors[i], errors[i - 1]);
    }
    return new RateCurve(-1, 0, ratios, bits, errors);
  }

  /** Whether the tensor takes {@link #fixedBits} whatever the target. */
  public boolean isFixed() {
    return bits == null;
  }

  public double fixedBits() {
    return fixedBits;
  }

  /** Mean squared error at a number of bits per value; beyond the ends, that of the nearest point. */
  public double error(double bitsPerValue) {
    return isFixed() ? fixedError : StrictMath.pow(2, along(bitsPerValue, log2Errors));
  }

  /** Binary logarithm of the ratio of step to deviation at which the tensor takes a number of bits per value. */
  public double log2Ratio(double bitsPerValue) {
    return along(bitsPerValue, log2Ratios);
  }

  /** The entry of a table at a number of bits per value. */
  private double along(double bitsPerValue, double[] table) {
    int low = 0;
    int high = bits.length - 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (bits[middle] > bitsPerValue) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double share = Math.clamp((bits[low] - bitsPerValue) / (bits[low] - bits[high]), 0, 1);
    return table[low] + share * (table[high] - table[low]);
  }

  /**
   * The ratios of the curve's points: evenly spaced, and every probe, so that the curve goes through probes however close they
   * are.
   */
  private static double[] points(double[] probes) {
    int grid = (int) ((GREATEST_LOG2_RATIO - LEAST_LOG2_RATIO) * POINTS_PER_OCTAVE) + 1;
    return DoubleStream.concat(
            IntStream.range(0, grid).mapToDouble(i -> LEAST_LOG2_RATIO + (double) i / POINTS_PER_OCTAVE), Arrays.stream(probes))
        .sorted()
        .distinct()
        .toArray();
  }

  private static double interpolate(double[] at, double[] values, double x) {
    int last = at.length - 1;
    if (x <= at[0]) {
      return values[0];
    }
    int right = 1;
    while (right <= last && x > at[right]) {
      right++;
    }
    if (right > last) {
      return values[last];
    }
    return values[right - 1] + (x - at[right - 1]) / (at[right] - at[right - 1]) * (values[right] - values[right - 1]);
  }
}
