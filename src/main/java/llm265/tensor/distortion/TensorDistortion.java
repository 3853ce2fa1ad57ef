package llm265.tensor.distortion;

import java.util.Arrays;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;

/**
 * How far the values of one tensor are from those of another.
 *
 * <p>Pairs of values that are not both finite are not measured, nor are those of types whose values are not interpreted
 * ({@link llm265.dtype.DType.Kind#OPAQUE}): what is counted of them is whether they differ. Two NaN are equal, as are
 * two zeros, whatever their bits. Where a pair differs that is not finite, no error says how far it is apart: the error is
 * infinite, and the cosine is not a number. Binary64 values whose squares leave the range of their type make means infinite
 * or zero.
 *
 * @param count number of values
 * @param differing pairs of values that are not equal
 * @param notFinite those of them of which one value or both are NaN or infinite
 * @param measured pairs of values that are measured; all that follows is about these, and 0 if there are none
 * @param variance mean squared deviation of the reference's values from their mean
 * @param meanSquaredError mean of the squared differences; infinite where {@code notFinite} is not 0
 * @param meanSquare mean of the reference's squared values
 * @param otherMeanSquare mean of the other's squared values
 * @param meanProduct mean of the products of both
 * @param greatestError greatest difference in magnitude; infinite where {@code notFinite} is not 0
 */
public record TensorDistortion(
    long count,
    long differing,
    long notFinite,
    long measured,
    double variance,
    double meanSquaredError,
    double meanSquare,
    double otherMeanSquare,
    double meanProduct,
    double greatestError) {

  /** Values summed by one task: fixed, so that sums do not depend on the number of threads. */
  private static final int RUN = 1 << 18;

  /** What nothing at all is distorted: the neutral element of {@link #plus}. */
  public static final TensorDistortion NONE = new TensorDistortion(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Measures on the calling thread, see {@link #between(TensorView, TensorView, Workers)}. */
  public static TensorDistortion between(TensorView reference, TensorView other) {
    return between(reference, other, Workers.CALLER);
  }

  /**
   * Measures the distance of a tensor from a reference. Memory does not depend on their size, nor does the result on the
   * number of threads.
   *
   * @throws IllegalArgumentException if the shapes differ, or the types do and are not both floating-point types
   */
  public static TensorDistortion between(TensorView reference, TensorView other, Workers workers) {
    if (!Arrays.equals(reference.shape(), other.shape())) {
      throw new IllegalArgumentException("tensors of unequal shape: " + reference + ", " + other);
    }
    if (reference.dtype() != other.dtype() && !(reference.dtype().isFloat() && other.dtype().isFloat())) {
      throw new IllegalArgumentException("tensors whose types cannot be compared: " + reference + ", " + other);
    }
    DistortionSums.Tree tree = new DistortionSums.Tree();
    long count = reference.count();
    workers.forEachInOrder(
        Math.toIntExact(Math.ceilDiv(count, RUN)),
        run -> {
          long first = (long) run * RUN;
          DistortionSums sums = new DistortionSums(reference, other);
          sums.add(first, Math.min(count, first + RUN));
          return sums;
        },
        (run, sums) -> tree.add(sums));
    return tree.total().map(sums -> of(sums, count)).orElse(NONE);
  }

  private static TensorDistortion of(DistortionSums sums, long count) {
    double pairs = Math.max(sums.measured(), 1);
    return new TensorDistortion(
        count,
        sums.differing(),
        sums.notFinite(),
        sums.measured(),
        sums.squaredDeviations() / pairs,
        sums.squaredErrors() / pairs,
        sums.squares() / pairs,
        sums.otherSquares() / pairs,
        sums.products() / pairs,
        sums.greatestError());
  }

  /** Whether all values are equal. */
  public boolean isExact() {
    return differing == 0;
  }

  @Override
  public double meanSquaredError() {
    return notFinite > 0 ? Double.POSITIVE_INFINITY : meanSquaredError;
  }

  @Override
  public double greatestError() {
    return notFinite > 0 ? Double.POSITIVE_INFINITY : greatestError;
  }

  /**
   * Signal-to-noise ratio 10 log10(variance / mean squared error) in dB: positive infinity if there is no error, negative
   * infinity if there is one and the reference is constant or a differing pair is not finite, NaN if what differs is not
   * measured.
   */
  public double snr() {
    if (notFinite > 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (measured == 0 && differing > 0) {
      return Double.NaN;
    }
    return meanSquaredError == 0 ? Double.POSITIVE_INFINITY : 10 * StrictMath.log10(variance / meanSquaredError);
  }

  /** Root of the mean squared error, in the values' unit. */
  public double rootMeanSquaredError() {
    return Math.sqrt(meanSquaredError());
  }

  /**
   * Cosine of the angle between the tensors taken as vectors: 1 between two zero vectors, 0 between one and another, NaN where a
   * differing pair is not finite.
   */
  public double cosine() {
    if (notFinite > 0) {
      return Double.NaN;
    }
    double product = Math.sqrt(meanSquare) * Math.sqrt(otherMeanSquare);
    if (product == 0) {
      return meanSquare == otherMeanSquare ? 1 : 0;
    }
    // Rounding may lead past 1 where the tensors are equal but for their last bits.
    return Math.clamp(meanProduct / product, -1, 1);
  }

  /**
   * The distortion of both tensors' values together. The variance is the mean of theirs by number of measured values, each
   * about its own mean, so that a tensor's offset counts as signal nowhere.
   */
  public TensorDistortion plus(TensorDistortion tensor) {
    return new TensorDistortion(
        count + tensor.count,
        differing + tensor.differing,
        notFinite + tensor.notFinite,
        measured + tensor.measured,
        mean(variance, tensor, tensor.variance),
        mean(meanSquaredError, tensor, tensor.meanSquaredError),
        mean(meanSquare, tensor, tensor.meanSquare),
        mean(otherMeanSquare, tensor, tensor.otherMeanSquare),
        mean(meanProduct, tensor, tensor.meanProduct),
        Math.max(greatestError, tensor.greatestError));
  }

  private double mean(double mine, TensorDistortion tensor, double theirs) {
    double weight = tensor.measured == 0 ? 0 : (double) tensor.measured / (measured + tensor.measured);
    return mine + (theirs - mine) * weight;
  }
}
