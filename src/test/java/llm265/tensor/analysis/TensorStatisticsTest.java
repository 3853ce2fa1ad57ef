package llm265.tensor.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.dtype.DType;
import llm265.parallel.Workers;
import llm265.tensor.values.TensorElements;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TensorStatisticsTest {
  private static TensorElements elements(float... values) {
    return new TensorElements(DType.F32, MemorySegment.ofArray(values));
  }

  private static TensorStatistics of(float... values) {
    return TensorStatistics.of(elements(values), values.length, Workers.CALLER);
  }

  private static long counted(ValueHistogram histogram) {
    long sum = 0;
    for (int i = 0; i < ValueHistogram.infinity(); i++) {
      sum += histogram.positive(i) + histogram.negative(i);
    }
    return sum;
  }

  @Test
  void fewValuesByHand() {
    TensorStatistics statistics = of(1, 2, 3, 4, 90);

    assertThat(statistics.values()).isEqualTo(5);
    assertThat(statistics.notFinite()).isZero();
    assertThat(statistics.mean()).isCloseTo(20, within(1e-12));
    // 19^2 + 18^2 + 17^2 + 16^2 + 70^2 over 5.
    assertThat(statistics.variance()).isCloseTo(1226, within(1e-9));
    assertThat(statistics.least()).isEqualTo(1);
    assertThat(statistics.greatest()).isEqualTo(90);
    assertThat(statistics.centre()).isEqualTo(3);
    assertThat(statistics.histogram().positive(127 << 4)).as("deviations of 1").isEqualTo(1);
    assertThat(statistics.histogram().negative(128 << 4)).as("deviations of -2").isEqualTo(1);
    assertThat(statistics.isConstant()).isFalse();
  }

  @Test
  void whatIsNotFiniteTakesNoPart() {
    TensorStatistics statistics = of(Float.NaN, 1, Float.POSITIVE_INFINITY, 3, Float.NEGATIVE_INFINITY);

    assertThat(statistics.values()).isEqualTo(5);
    assertThat(statistics.notFinite()).isEqualTo(3);
    assertThat(statistics.mean()).isCloseTo(2, within(1e-12));
    assertThat(statistics.variance()).isCloseTo(1, within(1e-12));
    assertThat(statistics.least()).isEqualTo(1);
    assertThat(statistics.greatest()).isEqualTo(3);
    assertThat(statistics.centre()).isEqualTo(3);
    assertThat(counted(statistics.histogram())).isEqualTo(2);
  }

  @Test
  void noValuesAndNoFiniteOnesAreConstant() {
    for (TensorStatistics statistics : new TensorStatistics[] {of(), of(Float.NaN, Float.NEGATIVE_INFINITY)}) {
      assertThat(statistics.isConstant()).isTrue();
      assertThat(statistics.mean()).isZero();
      assertThat(statistics.variance()).isZero();
      assertThat(statistics.centre()).isZero();
      assertThat(counted(statistics.histogram())).isZero();
    }
  }

  @Test
  void equalValuesAreConstantWhateverStandsBetweenThem() {
    assertThat(of(7).isConstant()).isTrue();
    assertThat(of(7, Float.NaN, 7).isConstant()).isTrue();
    assertThat(of(7, Float.NaN, 7).variance()).isZero();
    assertThat(of(7, Math.nextUp(7f)).isConstant()).isFalse();
  }

  @Test
  void smallDeviationsAboutALargeCentreAreNotLost() {
    float[] values = new float[10_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1_000_000 + (i % 2 == 0 ? 0.5f : -0.5f);
    }
    TensorStatistics statistics = of(values);

    assertThat(statistics.mean()).isCloseTo(1_000_000, within(1e-9));
    assertThat(statistics.variance()).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void centreIsOfValuesFromTheWholeTensor() {
    // A third each of -1, 0 and 5, one after the other, more than are taken for the median.
    float[] values = new float[30_000];
    Arrays.fill(values, 0, 10_000, -1);
    Arrays.fill(values, 20_000, 30_000, 5);

    assertThat(of(values).centre()).isZero();
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void fewValuesAreAsInAPlainComputation(@ForAll short[] any) {
    float[] values = new float[any.length];
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < any.length; i++) {
      values[i] = any[i] / 8f;
      sum += values[i];
      squares += (double) values[i] * values[i];
    }
    TensorStatistics statistics = of(values);
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = Math.max(1, any.length);

    assertThat(statistics.mean()).isCloseTo(sum / n, within(1e-6));
    assertThat(statistics.variance()).isCloseTo(squares / n - sum / n * sum / n, within(1e-4 + 1e-9 * squares));
    assertThat(counted(statistics.histogram())).isEqualTo(any.length);
    if (any.length > 0) {
      assertThat(statistics.least()).isEqualTo(sorted[0]);
      assertThat(statistics.greatest()).isEqualTo(sorted[any.length - 1]);
      assertThat(statistics.centre()).isEqualTo(sorted[any.length / 2]);
    }
  }

  @Test
  void severalBlocksAreMergedTheSameByAnyNumberOfThreads() {
    float[] values = new float[600_001];
    Random random = new Random(1);
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = i == 600_000 ? 50 : (float) random.nextGaussian();
      sum += values[i];
    }
    TensorStatistics alone = of(values);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      TensorStatistics together = TensorStatistics.of(elements(values), values.length, new Workers(threads, 4));
      assertThat(together.mean()).isEqualTo(alone.mean());
      assertThat(together.variance()).isEqualTo(alone.variance());
    } finally {
      threads.shutdown();
    }
    assertThat(alone.greatest()).as("of the last block").isEqualTo(50);
    assertThat(alone.mean()).isCloseTo(sum / values.length, within(1e-9));
    assertThat(alone.variance()).isCloseTo(1, within(0.02));
    assertThat(counted(alone.histogram())).isEqualTo(600_001);
  }

  @Test
  void rowsThatAreMadeHaveTheirOwnLengths() {
    // Row y has y values of y, but row 2 has none that is finite.
    TensorStatistics statistics = TensorStatistics.ofRows(4, 5, 6, Workers.CALLER, (row, values) -> {
      Arrays.fill(values, 99);
      Arrays.fill(values, 0, row, row == 2 ? Float.NaN : row);
      return row;
    });

    assertThat(statistics.values()).isEqualTo(6);
    assertThat(statistics.notFinite()).isEqualTo(2);
    assertThat(statistics.mean()).isCloseTo(2.5, within(1e-12));
    assertThat(statistics.variance()).isCloseTo(0.75, within(1e-12));
    assertThat(statistics.centre()).isZero();
    assertThat(statistics.least()).isEqualTo(1);
    assertThat(statistics.greatest()).isEqualTo(3);
  }

  @Test
  void rowsOfSeveralBlocksAreAllRead() {
    // 700 rows of 1000: three blocks.
    TensorStatistics statistics = TensorStatistics.ofRows(700, 1000, 700_000, Workers.CALLER, (row, values) -> {
      Arrays.fill(values, row);
      return 1000;
    });

    assertThat(statistics.mean()).isCloseTo(349.5, within(1e-9));
    assertThat(statistics.greatest()).isEqualTo(699);
    assertThat(counted(statistics.histogram())).isEqualTo(700_000);
  }

  @Test
  void doublesAreSeenAsTheNearestFloats() {
    MemorySegment data = MemorySegment.ofArray(new double[] {1e300, 1, 3});
    TensorStatistics statistics = TensorStatistics.of(new TensorElements(DType.F64, data), 3, Workers.CALLER);
    assertThat(statistics.notFinite()).as("too large for a float").isEqualTo(1);
    assertThat(statistics.mean()).isEqualTo(2);
  }
}
