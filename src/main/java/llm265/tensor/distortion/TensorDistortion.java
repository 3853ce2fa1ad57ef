package llm265.tensor.distortion;

import java.util.Arrays;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;

/**
 * How far the values of one tensor are from those of another.
 *
 * <p>Pairs of values that are not both finite are not measured. Neither are types whose values are not interpreted ({@link
 * llm265.dtype.DType.Kind#OPAQUE}). For both, only differing pairs are counted. Two NaN are equal, and so are two zeros,
 * whatever their bits. If a pair that is not finite differs, the error is infinite, and the cosine is not a number. Binary64
 * values whose squares leave the range of their type make means infinite or zero.
 *
 * @param count number of values
 * @param differing number of pairs of values that are not equal
 * @param notFinite number of differing pairs with a value that is NaN or infinite
 * @param measured number of measured pairs; all that follows is about these, and 0 if there are none
 * @param variance mean squared deviation of the reference's values from their mean
 * @param meanSquaredError mean of the squared differences; infinite if {@code notFinite} is not 0
 * @param meanSquare mean of the reference's squared values
 * @param otherMeanSquare mean of the other's squared values
 * @param meanProduct mean of the products of both
 * @param greatestError greatest magnitude of a difference; infinite if {@code notFinite} is not 0
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

  /** Number of values that one task sums; fixed, so that sums do not depend on the number of threads. */
  private static final int RUN = 1 << 18;

  /** The distortion of no values: the neutral element of {@link #plus}. */
  public static final TensorDistortion NONE = new TensorDistortion(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Measures on the calling thread; see {@link #between(TensorView, TensorView, Workers)}. */
  public static TensorDistortion between(TensorView reference, TensorView other) {
    return between(reference, other, Workers.CALLER);
  }

  /**
   * Measures the distance of a tensor from a reference. Memory does not depend on their size, and the result does not depend
   * on the number of threads.
   *
   * @throws IllegalArgumentException if the shapes differ, or if the types differ and are not both floating-point types
   */
  public static TensorDistortion between(TensorView reference, TensorView other, Workers workers) {
    if (!Arrays.equals(reference.shape(), other.shape())) {
      throw new IllegalArgumentException("tensors of unequal shape: " + reference + ", " + other);
    }
    if (reference.dtype() != other.dtype() && !(reference.dtype().isReal() && other.dtype().isReal())) {
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
   * Signal-to-noise ratio 10 log10(variance / mean squared error) in dB. Positive infinity if there is no error. Negative
   * infinity if there is one and the reference is constant, or if a differing pair is not finite. NaN if only pairs differ
   * that are not measured.
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
   * Cosine of the angle between the tensors taken as vectors: 1 between two zero vectors, 0 between a zero vector and another,
   * NaN if a differing pair is not finite.
   */
  public double cosine() {
    if (notFinite > 0) {
      return Double.NaN;
    }
    double product = Math.sqrt(meanSquare) * Math.sqrt(otherMeanSquare);
    if (product == 0) {
      return meanSquare == otherMeanSquare ? 1 : 0;
    }
    // Rounding may lead past 1 if the tensors differ only in their last bits.
    return Math.clamp(meanProduct / product, -1, 1);
  }

  /**
   * The distortion of both tensors' values together. The variance is the mean of theirs, weighted by the number of measured
   * values. Each is about its own mean, so that a tensor's offset never counts as signal.
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
