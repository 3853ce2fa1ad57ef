package llm265.tensor.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.tensor.values.TensorElements;
import org.junit.jupiter.api.Test;

class TensorStatisticsTest {
  private static TensorStatistics of(Workers workers, float... values) {
    TensorView tensor = TensorView.view("t", new long[] {values.length}, values);
    return TensorStatistics.of(new TensorElements(DType.F32, tensor.data()), values.length, workers);
  }

  @Test
  void aSmallExampleByHand() {
    TensorStatistics statistics = of(Workers.CALLER, 1, 2, 3, 6);
    assertThat(statistics.values()).isEqualTo(4);
    assertThat(statistics.mean()).isEqualTo(3);
    assertThat(statistics.variance()).isEqualTo(3.5);
    assertThat(statistics.least()).isEqualTo(1);
    assertThat(statistics.greatest()).isEqualTo(6);
    assertThat(statistics.centre()).isEqualTo(3);
    assertThat(statistics.isConstant()).isFalse();
  }

  @Test
  void valuesThatAreNotFiniteTakeNoPart() {
    TensorStatistics statistics = of(Workers.CALLER, Float.NaN, 5, Float.POSITIVE_INFINITY, 7, Float.NEGATIVE_INFINITY);
    assertThat(statistics.notFinite()).isEqualTo(3);
    assertThat(statistics.mean()).isEqualTo(6);
    assertThat(statistics.variance()).isEqualTo(1);
    assertThat(statistics.greatest()).isEqualTo(7);
  }

  @Test
  void nothingFiniteOrAlwaysTheSameIsConstant() {
    assertThat(of(Workers.CALLER, Float.NaN, Float.NaN).isConstant()).isTrue();
    assertThat(of(Workers.CALLER, 3, Float.NaN, 3).isConstant()).isTrue();
    assertThat(of(Workers.CALLER).isConstant()).isTrue();
    assertThat(of(Workers.CALLER, Float.NaN).variance()).isZero();
  }

  @Test
  void aFarMeanCostsNoAccuracyAndThreadsChangeNothing() {
    Random random = new Random(7);
    float[] values = new float[700_000];
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (1e4 + random.nextGaussian());
      sum += values[i];
    }
    double mean = sum / values.length;
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    TensorStatistics alone = of(Workers.CALLER, values);
    assertThat(alone.mean()).isCloseTo(mean, within(1e-6));
    assertThat(alone.variance()).isCloseTo(squares / values.length, within(1e-6));
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      TensorStatistics together = of(new Workers(executor, 3), values);
      assertThat(together.mean()).isEqualTo(alone.mean());
      assertThat(together.variance()).isEqualTo(alone.variance());
    }
  }

  @Test
  void doublesAreSeenAsTheNearestFloats() {
    MemorySegment data = MemorySegment.ofArray(new double[] {1e300, 1, 3});
    TensorStatistics statistics = TensorStatistics.of(new TensorElements(DType.F64, data), 3, Workers.CALLER);
    assertThat(statistics.notFinite()).as("too large for a float").isEqualTo(1);
    assertThat(statistics.mean()).isEqualTo(2);
  }
}
