package llm265.tensor.analysis;

import java.util.Arrays;
import llm265.parallel.Workers;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.TensorKernels;
import llm265.tensor.values.ValueRow;

/**
 * What the choice of scale and clipping needs to know about a tensor.
 *
 * @param values number of values
 * @param notFinite number of values that are NaN or infinite; they are left out of the rest
 * @param mean mean
 * @param variance mean squared deviation from the mean
 * @param least least value
 * @param greatest greatest value
 * @param centre the median of some values spread over the tensor: in the middle, whatever the outliers
 * @param histogram histogram of the deviations from {@code centre}
 */
public record TensorStatistics(
    long values, long notFinite, double mean, double variance, float least, float greatest, float centre,
    ValueHistogram histogram) {

  /** Number of values in a block; sums are made block by block, so that they do not depend on the number of threads. */
  private static final int BLOCK = 1 << 18;

  private static final int ROW = 1 << 12;
  private static final int MEDIAN_SAMPLES = 4096;

  /** Whether all finite values are equal, or there are none. */
  boolean isConstant() {
    return values == notFinite || least == greatest;
  }

  /** Fills in the values of a row and returns their number. */
  interface RowSource {
    int read(int row, float[] values);
  }

  /** Statistics of rows of values, of deviations from 0. */
  static TensorStatistics ofRows(int rows, int columns, long count, Workers workers, RowSource source) {
    Sums total = new Sums();
    int rowsInBlock = Math.max(1, BLOCK / columns);
    workers.forEachInOrder(
        Math.ceilDiv(rows, rowsInBlock),
        block -> {
          Sums sums = new Sums();
          sums.add(source, block * rowsInBlock, Math.min(rows, (block + 1) * rowsInBlock), columns);
          return sums;
        },
        (block, sums) -> total.add(sums));
    return total.statistics(count, 0);
  }

  public static TensorStatistics of(TensorElements elements, long count, Workers workers) {
    float centre = sampleMedian(elements, count);
    Sums total = new Sums();
    int blocks = Math.toIntExact(Math.ceilDiv(count, BLOCK));
    workers.forEachInOrder(
        blocks,
        block -> {
          long first = (long) block * BLOCK;
          Sums sums = new Sums();
          sums.add(elements, first, (int) Math.min(BLOCK, count - first), centre);
          return sums;
        },
        (block, sums) -> total.add(sums));
    return total.statistics(count, centre);
  }

  private static float sampleMedian(TensorElements elements, long count) {
    int taken = (int) Math.min(MEDIAN_SAMPLES, count);
    float[] sample = new float[taken];
    int finite = 0;
    for (int i = 0; i < taken; i++) {
      elements.read(count / taken * i + count % taken * i / taken, sample, finite, 1);
      finite += Float.isFinite(sample[finite]) ? 1 : 0;
    }
    if (finite == 0) {
      return 0;
    }
    Arrays.sort(sample, 0, finite);
    return sample[finite / 2];
  }

  private static final class Sums {
    private double deviations;
    private double squares;
    private long notFinite;
    private final float[] range = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    private final ValueHistogram histogram = new ValueHistogram();

    void add(TensorElements elements, long first, int count, float centre) {
      ValueRow row = new ValueRow(ROW);
      double[] lanes = new double[2 * TensorKernels.LANES];
      for (int done = 0; done < count; done += ROW) {
        int here = Math.min(ROW, count - done);
        elements.read(first + done, here, row);
        notFinite += TensorKernels.ACTIVE.moments(row.array(), row.offset(), here, centre, lanes, range);
        histogram.add(row.array(), row.offset(), here, centre);
      }
      deviations = TensorKernels.total(lanes, 0);
      squares = TensorKernels.total(lanes, TensorKernels.LANES);
    }

    void add(RowSource source, int from, int to, int columns) {
      float[] row = new float[columns];
      double[] lanes = new double[2 * TensorKernels.LANES];
      for (int y = from; y < to; y++) {
        int here = source.read(y, row);
        notFinite += TensorKernels.ACTIVE.moments(row, 0, here, 0, lanes, range);
        histogram.add(row, 0, here, 0);
      }
      deviations = TensorKernels.total(lanes, 0);
      squares = TensorKernels.total(lanes, TensorKernels.LANES);
    }

    TensorStatistics statistics(long count, float centre) {
      long finite = count - notFinite;
      double meanDeviation = finite == 0 ? 0 : deviations / finite;
      double variance = finite == 0 ? 0 : Math.max(0, squares / finite - meanDeviation * meanDeviation);
      return new TensorStatistics(
          count, notFinite, centre + meanDeviation, variance, range[0], range[1], centre, histogram);
    }

    void add(Sums other) {
      deviations += other.deviations;
      squares += other.squares;
      notFinite += other.notFinite;
      range[0] = Math.min(range[0], other.range[0]);
      range[1] = Math.max(range[1], other.range[1]);
      histogram.add(other.histogram);
    }
  }
}
