package llm265.tensor.encode;

import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.WeightedError;
import llm265.tensor.analysis.ChannelWeights;
import llm265.tensor.analysis.TensorStatistics;
import llm265.tensor.values.TensorElements;

/** The tensor that is coded: its values, its view, its statistics; says what errors are beside its values. */
final class SourceTensor {
  /** Number of values that one task reads; fixed, so that sums do not depend on the number of threads. */
  private static final int READ_BLOCK = 1 << 18;

  private final TensorElements elements;
  private final long[] shape;
  private final TensorFraming framing;
  private final Workers workers;
  private final TensorStatistics statistics;
  private final double readingError;
  private boolean isWeighted;
  private double weightedSignal;

  /**
   * Reads the tensor once.
   *
   * @throws IllegalArgumentException if values of the type cannot be coded
   */
  SourceTensor(TensorView tensor, Workers workers) {
    this.elements = new TensorElements(tensor.dtype(), tensor.data());
    this.shape = tensor.shape();
    this.framing = TensorFraming.of(shape);
    this.workers = workers;
    this.statistics = TensorStatistics.of(elements, framing.values(), workers);
    this.readingError = sumOfReadingErrors();
  }

  private double sumOfReadingErrors() {
    double[] sum = new double[1];
    if (elements.type() == DType.F64) {
      workers.forEachInOrder(
          Math.toIntExact(Math.ceilDiv(values(), READ_BLOCK)),
          block -> elements.readingError(
              (long) block * READ_BLOCK, (int) Math.min(READ_BLOCK, values() - (long) block * READ_BLOCK)),
          (block, error) -> sum[0] += error);
    }
    return sum[0];
  }

  /** From now on results have the weighted error, too; reads the tensor once more. */
  void setWeights(ChannelWeights weights) {
    weightedSignal = weights.signal(elements, values(), statistics.centre(), workers);
    isWeighted = true;
  }

  TensorElements elements() {
    return elements;
  }

  long[] shape() {
    return shape;
  }

  /** Of the tensor's own view. */
  TensorFraming framing() {
    return framing;
  }

  TensorStatistics statistics() {
    return statistics;
  }

  long values() {
    return framing.values();
  }

  /** Number of values that are NaN or infinite, or too large for F32; they are kept exactly. */
  long notFinite() {
    return statistics.notFinite();
  }

  /** Standard deviation of the finite values. */
  double deviation() {
    return Math.sqrt(statistics.variance());
  }

  /** Squared error, summed over all values, of reading them as floats: part of every result. */
  double readingError() {
    return readingError;
  }

  /** The root of the mean of squared errors, over the values that are finite. */
  double rootMeanSquare(double squaredError) {
    return Math.sqrt(squaredError / Math.max(1, values() - notFinite()));
  }

  /**
   * What coding it comes to.
   *
   * @param squaredError with that of reading
   * @param weightedSquaredError anything without weights
   */
  CodingResult result(long bytes, double squaredError, long outliers, double weightedSquaredError) {
    WeightedError weighted = isWeighted ? new WeightedError(weightedSignal, weightedSquaredError) : null;
    return new CodingResult(bytes, squaredError, snr(squaredError), outliers, weighted);
  }

  /** Turns an estimate for the whole tensor into a result. */
  CodingResult estimate(TensorExcerpt.Estimate whole) {
    double squaredError = whole.squaredError() + readingError;
    return new CodingResult(whole.bytes(), squaredError, snr(squaredError), whole.outliers(), null);
  }

  private double snr(double squaredError) {
    double finite = values() - notFinite();
    return squaredError == 0
        ? Double.POSITIVE_INFINITY
        : 10 * StrictMath.log10(statistics.variance() * finite / squaredError);
  }
}
