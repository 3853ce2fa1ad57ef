package llm265.tensor.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntUnaryOperator;
import llm265.dtype.DType;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;
import org.junit.jupiter.api.Test;

class ScaleAnalysisTest {
  private static final int ROWS = 80;
  private static final int COLUMNS = 96;
  private static final TensorFraming FRAMING = new TensorFraming(ROWS * COLUMNS, COLUMNS, false, 96, 80);
  private static final float CENTRE = 0.5f;
  private static final SampleRange RANGE = new SampleRange(CENTRE, 1, 10, 32, SampleRange.GREATEST_LEVEL, 0.8);

  /** Classes that are neither all equal nor in order; the median is 6. */
  private static final IntUnaryOperator MIXED = line -> new int[] {0, 6, 12, 3, 9}[line % 5];

  private static final IntUnaryOperator NONE = line -> 0;

  /** Deviations of one magnitude, by their row's and column's classes alone. */
  private static float[] values(int rows, int columns, IntUnaryOperator ofRows, IntUnaryOperator ofColumns) {
    Random random = new Random(5);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      double scale = Math.pow(2, -(ofRows.applyAsInt(i / columns) + ofColumns.applyAsInt(i % columns)) / 6.0);
      values[i] = (float) (CENTRE + (random.nextBoolean() ? scale : -scale));
    }
    return values;
  }

  private static float[] values(IntUnaryOperator ofRows, IntUnaryOperator ofColumns) {
    return values(ROWS, COLUMNS, ofRows, ofColumns);
  }

  private static ScaleClasses classes(int lines, IntUnaryOperator of) {
    byte[] classes = new byte[lines];
    for (int i = 0; i < lines; i++) {
      classes[i] = (byte) of.applyAsInt(i);
    }
    return new ScaleClasses(classes);
  }

  private static TensorElements elements(float... values) {
    return new TensorElements(DType.F32, MemorySegment.ofArray(values));
  }

  private static ScaleAnalysis of(float... values) {
    return ScaleAnalysis.of(elements(values), FRAMING, RANGE, Workers.CALLER);
  }

  @Test
  void rowsHaveTheClassesOfTheirScales() {
    ScaleAnalysis analysis = of(values(MIXED, NONE));

    assertThat(analysis.rows()).isEqualTo(classes(ROWS, MIXED));
    assertThat(analysis.columns()).isNull();
    assertThat(analysis.referenceClass()).isEqualTo(6);
    assertThat(analysis.columnsVary()).isFalse();
    assertThat(analysis.isEmpty()).isFalse();
    assertThat(analysis.factor(2, 7)).isEqualTo(0.25f);
  }

  @Test
  void columnsHaveTheClassesOfTheirScales() {
    ScaleAnalysis analysis = of(values(NONE, MIXED));

    assertThat(analysis.rows()).isNull();
    assertThat(analysis.columns()).isEqualTo(classes(COLUMNS, MIXED));
    assertThat(analysis.referenceClass()).isEqualTo(6);
    assertThat(analysis.columnsVary()).isTrue();
    assertThat(analysis.factor(7, 1)).isEqualTo(0.5f);
  }

  @Test
  void rowsAndColumnsAreToldApart() {
    IntUnaryOperator halves = line -> line % 2 * 6;
    ScaleAnalysis wideColumns = of(values(halves, MIXED));
    ScaleAnalysis wideRows = of(values(line -> line % 2 * 18, halves));

    assertThat(wideColumns.rows()).isEqualTo(classes(ROWS, halves));
    assertThat(wideColumns.columns()).isEqualTo(classes(COLUMNS, MIXED));
    assertThat(wideColumns.columnsVary()).isTrue();
    assertThat(wideColumns.referenceClass()).isEqualTo(6 + 6);
    assertThat(wideColumns.factor(1, 2)).isEqualTo(0.125f);
    assertThat(wideRows.rows()).isEqualTo(classes(ROWS, line -> line % 2 * 18));
    assertThat(wideRows.columns()).isEqualTo(classes(COLUMNS, halves));
    assertThat(wideRows.columnsVary()).isFalse();
  }

  @Test
  void valuesOfOneScaleHaveNoClasses() {
    Random random = new Random(9);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = CENTRE + (float) random.nextGaussian();
    }

    assertThat(of(values).isEmpty()).isTrue();
    Arrays.fill(values, CENTRE);
    assertThat(of(values).isEmpty()).isTrue();
  }

  @Test
  void outliersAndWhatIsNotFiniteTakeNoPart() {
    float[] values = values(MIXED, NONE);
    values[2 * COLUMNS + 1] = 1000;
    values[7 * COLUMNS + 3] = Float.NaN;
    values[12 * COLUMNS + 95] = Float.NEGATIVE_INFINITY;

    assertThat(of(values).rows()).isEqualTo(classes(ROWS, MIXED));
    assertThat(of(values).columns()).isNull();
  }

  @Test
  void rowsWithoutDeviationsAreOfTheLeastScale() {
    float[] values = values(MIXED, NONE);
    Arrays.fill(values, 3 * COLUMNS, 4 * COLUMNS, CENTRE);
    Arrays.fill(values, 8 * COLUMNS, 9 * COLUMNS, Float.NaN);
    ScaleClasses rows = of(values).rows();

    assertThat(rows.of(3)).isEqualTo(ScaleClasses.GREATEST);
    assertThat(rows.of(8)).isEqualTo(ScaleClasses.GREATEST);
    assertThat(rows.of(2)).isEqualTo(12);
  }

  @Test
  void partialRowCountsForTheValuesItHas() {
    float[] values = Arrays.copyOf(values(MIXED, NONE), ROWS * COLUMNS - 90);
    TensorFraming framing = new TensorFraming(values.length, COLUMNS, false, 96, 80);
    ScaleAnalysis analysis = ScaleAnalysis.of(elements(values), framing, RANGE, Workers.CALLER);

    assertThat(analysis.rows()).isEqualTo(classes(ROWS, MIXED));
  }

  @Test
  void oneRowOrTooManyLinesHaveNoClasses() {
    TensorFraming one = new TensorFraming(96, 96, false, 96, 16);
    TensorFraming wide = new TensorFraming(4L << 20, (1 << 20) + 1, false, 96, 16);
    for (TensorFraming framing : new TensorFraming[] {one, wide}) {
      ScaleAnalysis analysis = ScaleAnalysis.of(elements(values(1, 96, NONE, MIXED)), framing, RANGE, Workers.CALLER);

      assertThat(analysis.isEmpty()).isTrue();
      assertThat(analysis.referenceClass()).isZero();
      assertThat(analysis.columnsVary()).isFalse();
      assertThat(analysis.factor(0, 5)).isEqualTo(1);
    }
  }

  @Test
  void severalBlocksAreOneAnalysisWithAnyNumberOfThreads() {
    // 700 rows of 512 are two blocks; the scale changes inside the second.
    IntUnaryOperator ofRows = row -> row < 600 ? 6 : 0;
    float[] values = values(700, 512, ofRows, NONE);
    TensorFraming framing = new TensorFraming(values.length, 512, false, 512, 704);
    ScaleAnalysis alone = ScaleAnalysis.of(elements(values), framing, RANGE, Workers.CALLER);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      assertThat(ScaleAnalysis.of(elements(values), framing, RANGE, new Workers(threads, 3))).isEqualTo(alone);
    } finally {
      threads.shutdown();
    }
    assertThat(alone.rows()).isEqualTo(classes(700, ofRows));
    assertThat(alone.columns()).isNull();
  }

  @Test
  void normalizedDeviationsAreOfOneScale() {
    float[] values = Arrays.copyOf(values(MIXED, line -> line % 2 * 6), ROWS * COLUMNS - 90);
    TensorFraming framing = new TensorFraming(values.length, COLUMNS, false, 96, 80);
    values[5] = Float.NaN;
    ScaleAnalysis analysis =
        new ScaleAnalysis(classes(ROWS, MIXED), classes(COLUMNS, line -> line % 2 * 6), 12, true);
    TensorStatistics statistics = analysis.normalized(elements(values), framing, CENTRE, Workers.CALLER);

    assertThat(statistics.values()).isEqualTo(ROWS * COLUMNS - 90);
    assertThat(statistics.notFinite()).isEqualTo(1);
    assertThat(statistics.least()).isCloseTo(-1, within(1e-5f));
    assertThat(statistics.greatest()).isCloseTo(1, within(1e-5f));
    assertThat(statistics.variance() + statistics.mean() * statistics.mean()).isCloseTo(1, within(1e-5));
  }
}
