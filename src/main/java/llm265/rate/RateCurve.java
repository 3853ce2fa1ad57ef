package llm265.rate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import llm265.numeric.Logarithms;

/**
 * Which error a tensor has at which rate: the {@link GaussianModel}, moved to where the tensor was measured.
 *
 * <p>Both rate and error are kept by the ratio of step to deviation. What a measurement differs from the model by holds at its
 * ratio and beyond the outermost ones, and is interpolated between them.
 */
public final class RateCurve {
  /**
   * A tensor, or a sample of it, coded with one step.
   *
   * @param point the step
   * @param bits bits per value that the whole tensor would take, everything counted
   * @param meanSquaredError of its finite values
   */
  public record Probe(QuantizerPoint point, double bits, double meanSquaredError) {}

  private static final double LEAST_LOG2_RATIO = -8;
  private static final double GREATEST_LOG2_RATIO = 3;
  private static final int POINTS_PER_OCTAVE = 8;

  /** Errors are positive, so that they have a logarithm. */
  private static final double LEAST_ERROR = 0x1p-300;

  /** Bits per value that no stream is below, and by which two points of the curve differ at least. */
  private static final double LEAST_BITS = 1e-3;

  private static final double LEAST_STEP = 1e-9;

  /** Bits per value whatever is asked for; less than 0 where they follow the step. */
  private final double fixedBits;

  private final double fixedError;

  /** From the finest step to the coarsest, that of every probe among them: bits fall, errors rise. */
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
   * The curve of a tensor that comes to the same whatever is asked for: a constant, or one that is kept exactly.
   *
   * @param bits bits per value
   * @param meanSquaredError of its finite values
   */
  public static RateCurve fixed(double bits, double meanSquaredError) {
    return new RateCurve(bits, meanSquaredError, null, null, null);
  }

  /**
   * A curve through measurements.
   *
   * @param probes one or more, of the same tensor at different steps
   * @param roundingNoise variance of rounding the reconstruction to a sample, levels^2, 1/12 for 8 bits: what bounds the quality
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
      // Less than the model by a factor, since a difference would lead below zero; more by a difference.
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
    // Between two probes the model may bend beyond the second; then the curve stays level up to it.
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

  /** Whether the tensor comes to {@link #fixedBits} whatever is asked for. */
  public boolean isFixed() {
    return bits == null;
  }

  public double fixedBits() {
    return fixedBits;
  }

  /** Mean squared error at a number of bits per value; that of the nearest point where there is none. */
  public double error(double bitsPerValue) {
    return isFixed() ? fixedError : StrictMath.pow(2, along(bitsPerValue, log2Errors));
  }

  /** Binary logarithm of the ratio of step to deviation at which the tensor takes a number of bits per value. */
  public double log2Ratio(double bitsPerValue) {
    return along(bitsPerValue, log2Ratios);
  }

  /** What a table has where the bits have a value. */
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

  /** Where the curve is kept: evenly, and at every probe, so that it goes through them however short the way between two is. */
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
