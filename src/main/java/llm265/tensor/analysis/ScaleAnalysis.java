package llm265.tensor.analysis;

import java.util.Arrays;
import llm265.numeric.Logarithms;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.TensorKernels;
import llm265.tensor.values.ValueRow;

/**
 * Finds whether rows or columns of a view have their own scales, and whether sending these to the decoder pays.
 *
 * @param rows scale classes of the view's rows, or null if they do not pay
 * @param columns scale classes of its columns, or null if they do not pay
 * @param referenceClass the middle class, which the tensor's QP applies to
 * @param columnsVary whether columns vary more than rows. The view should then be transposed, since what CABAC learns in one
 *     row of macroblocks should hold for the next macroblock
 */
public record ScaleAnalysis(ScaleClasses rows, ScaleClasses columns, int referenceClass, boolean columnsVary) {
  /** Bits per value that classes of rows or of columns must save by the estimate below. */
  private static final double WORTH = 0.008;

  /** Number of values in a block; sums are made block by block, so that they do not depend on the number of threads. */
  private static final int BLOCK = 1 << 18;

  /** The loss of a variance that is estimated from n values, times n: log2(e) / 2. */
  private static final double ESTIMATION_BITS = 0.72;

  public boolean isEmpty() {
    return rows == null && columns == null;
  }

  /**
   * Analyses a tensor. Values farther from the centre than the limit, and values that are not finite, are left out.
   *
   * <p>The saving by classes of lines is estimated as {@code 1/2 log2(mean variance) - mean(1/2 log2 variance)} over lines, as
   * for Gaussian values at equal distortion, less the bits that the classes take.
   */
  public static ScaleAnalysis of(TensorElements elements, TensorFraming framing, SampleRange range, Workers workers) {
    if (framing.viewRows() > ScaleClasses.MOST_LINES || framing.viewColumns() > ScaleClasses.MOST_LINES
        || framing.viewRows() < 2) {
      return new ScaleAnalysis(null, null, 0, false);
    }
    Energies plain = Energies.of(elements, framing, range, null, workers);
    Lines rows = Lines.of(plain.rowSquares, plain.rowCounts, framing.tileColumns());
    Lines columns = Lines.of(plain.columnSquares, plain.columnCounts, 1);
    boolean columnsFirst = columns.gain >= rows.gain;
    Lines first = columnsFirst ? columns : rows;
    if (first.gain < WORTH) {
      return new ScaleAnalysis(null, null, 0, false);
    }
    ScaleAnalysis one = of(columnsFirst ? null : first.classes, columnsFirst ? first.classes : null);
    Energies rest = Energies.of(elements, framing, range, one, workers);
    Lines second = columnsFirst
        ? Lines.of(rest.rowSquares, rest.rowCounts, framing.tileColumns())
        : Lines.of(rest.columnSquares, rest.columnCounts, 1);
    if (second.gain < WORTH) {
      return one;
    }
    return columnsFirst ? of(second.classes, first.classes) : of(first.classes, second.classes);
  }

  private static ScaleAnalysis of(ScaleClasses rows, ScaleClasses columns) {
    return new ScaleAnalysis(
        rows, columns, middle(rows) + middle(columns), spread(columns) > spread(rows));
  }

  private static int middle(ScaleClasses classes) {
    return classes == null ? 0 : classes.middle();
  }

  private static double spread(ScaleClasses classes) {
    double mean = mean(classes);
    double sum = 0;
    for (int i = 0; classes != null && i < classes.lines(); i++) {
      sum += (classes.of(i) - mean) * (classes.of(i) - mean);
    }
    return classes == null ? 0 : sum / classes.lines();
  }

  private static double mean(ScaleClasses classes) {
    double sum = 0;
    for (int i = 0; classes != null && i < classes.lines(); i++) {
      sum += classes.of(i);
    }
    return classes == null ? 0 : sum / classes.lines();
  }

  /** The factor of a value's levels. */
  float factor(int row, int column) {
    return ScaleClasses.factor((rows == null ? 0 : rows.of(row)) + (columns == null ? 0 : columns.of(column)));
  }

  /** Rows or columns: their classes, and how many bits per value these save. */
  private record Lines(ScaleClasses classes, double gain) {
    public static Lines of(double[] squares, long[] counts, double copies) {
      int n = squares.length;
      double[] logs = new double[n];
      double greatest = Double.NEGATIVE_INFINITY;
      double values = 0;
      double total = 0;
      for (int i = 0; i < n; i++) {
        logs[i] = counts[i] == 0 ? Double.NEGATIVE_INFINITY : 0.5 * Logarithms.log2(squares[i] / counts[i]);
        greatest = Math.max(greatest, logs[i]);
        values += counts[i];
        total += squares[i];
      }
      if (total == 0) {
        return new Lines(null, 0);
      }
      byte[] classes = new byte[n];
      double meanLog = 0;
      for (int i = 0; i < n; i++) {
        double below = Math.min(greatest - logs[i], (double) ScaleClasses.GREATEST / ScaleClasses.OCTAVE);
        classes[i] = (byte) StrictMath.rint(ScaleClasses.OCTAVE * below);
        meanLog += counts[i] * (greatest - below);
      }
      ScaleClasses result = new ScaleClasses(classes);
      double saved = 0.5 * Logarithms.log2(total / values) - meanLog / values;
      double cost = (copies * result.bits() + ESTIMATION_BITS * n) / values;
      return new Lines(result, saved - cost);
    }
  }

  /**
   * Sums of squared deviations by row and by column. If classes of the other dimension are known, values are normalized by
   * them.
   */
  private static final class Energies {
    private final double[] rowSquares;
    private final long[] rowCounts;
    private final double[] columnSquares;
    private final long[] columnCounts;

    private Energies(int rows, int columns) {
      rowSquares = new double[rows];
      rowCounts = new long[rows];
      columnSquares = new double[columns];
      columnCounts = new long[columns];
    }

    public static Energies of(
        TensorElements elements, TensorFraming framing, SampleRange range, ScaleAnalysis known, Workers workers) {
      int rows = (int) framing.viewRows();
      int columns = (int) framing.viewColumns();
      int rowsInBlock = Math.max(1, BLOCK / columns);
      Energies all = new Energies(rows, columns);
      workers.forEachInOrder(
          Math.ceilDiv(rows, rowsInBlock),
          block -> {
            int first = block * rowsInBlock;
            Energies part = new Energies(Math.min(rowsInBlock, rows - first), columns);
            part.add(elements, framing, range, known, first);
            return part;
          },
          (block, part) -> all.merge(part, block * rowsInBlock));
      return all;
    }

    private void add(TensorElements elements, TensorFraming framing, SampleRange range, ScaleAnalysis known, int first) {
      int columns = columnSquares.length;
      ValueRow values = new ValueRow(columns);
      double[] lanes = new double[TensorKernels.LANES];
      int whole = 0;
      for (int y = 0; y < rowSquares.length; y++) {
        long start = (long) (first + y) * columns;
        int count = (int) Math.clamp(framing.values() - start, 0, columns);
        elements.read(start, count, values);
        Arrays.fill(lanes, 0);
        // In most rows all values take part, and nothing branches.
        if (known == null && count == columns && range.limit() > 0
            && TensorKernels.ACTIVE.squares(
            values.array(), values.offset(), count, range.centre(), range.limit(), columnSquares, lanes)) {
          rowCounts[y] = count;
          whole++;
        } else {
          rowCounts[y] = addSquares(values, count, range, known, first + y, lanes);
        }
        rowSquares[y] = TensorKernels.total(lanes, 0);
      }
      for (int x = 0; x < columns; x++) {
        columnCounts[x] += whole;
      }
    }

    /** Adds the squares of those values of a row that take part, and returns their number. */
    private int addSquares(ValueRow values, int count, SampleRange range, ScaleAnalysis known, int row, double[] lanes) {
      float centre = range.centre();
      double limit = range.limit();
      int inside = 0;
      for (int x = 0; x < count; x++) {
        double deviation = (double) values.get(x) - centre;
        int takesPart = Math.abs(deviation) <= limit ? 1 : 0;
        double normal = takesPart == 0 ? 0 : known == null ? deviation : deviation / known.factor(row, x);
        columnSquares[x] += normal * normal;
        lanes[x % TensorKernels.LANES] += normal * normal;
        inside += takesPart;
        columnCounts[x] += takesPart;
      }
      return inside;
    }

    private void merge(Energies part, int first) {
      System.arraycopy(part.rowSquares, 0, rowSquares, first, part.rowSquares.length);
      System.arraycopy(part.rowCounts, 0, rowCounts, first, part.rowCounts.length);
      for (int x = 0; x < columnSquares.length; x++) {
        columnSquares[x] += part.columnSquares[x];
        columnCounts[x] += part.columnCounts[x];
      }
    }
  }

  /** Statistics of a tensor whose deviations from a centre are divided by their factors. */
  public TensorStatistics normalized(TensorElements elements, TensorFraming framing, float centre, Workers workers) {
    int rowCount = (int) framing.viewRows();
    int columnCount = (int) framing.viewColumns();
    return TensorStatistics.ofRows(
        rowCount, columnCount, framing.values(), workers,
        (row, values) -> {
          long start = (long) row * columnCount;
          int count = (int) Math.min(columnCount, framing.values() - start);
          elements.read(start, values, 0, count);
          for (int x = 0; x < count; x++) {
            values[x] = (values[x] - centre) / factor(row, x);
          }
          Arrays.fill(values, count, columnCount, 0);
          return count;
        });
  }
}
