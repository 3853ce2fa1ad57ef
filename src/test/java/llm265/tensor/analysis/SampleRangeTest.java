package llm265.tensor.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import llm265.dtype.DType;
import llm265.parallel.Workers;
import llm265.tensor.values.TensorElements;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SampleRangeTest {
  private static final double OUTLIER_BITS = 25;

  private static TensorStatistics statistics(float... values) {
    TensorElements elements = new TensorElements(DType.F32, MemorySegment.ofArray(values));
    return TensorStatistics.of(elements, values.length, Workers.CALLER);
  }

  /** The range for 4 bits a value and what Gaussian values have for an error then. */
  private static SampleRange choose(int greatestLevel, float... values) {
    return SampleRange.choose(statistics(values), OUTLIER_BITS, 4, 1 / 256.0, greatestLevel, 1 / 12.0);
  }

  private static SampleRange choose(float... values) {
    return choose(SampleRange.GREATEST_LEVEL, values);
  }

  private static float[] gaussian(int count, float deviation) {
    Random random = new Random(7);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = deviation * (float) random.nextGaussian();
    }
    return values;
  }

  private static double greatestMagnitude(float[] values) {
    double greatest = 0;
    for (float value : values) {
      greatest = Math.max(greatest, Math.abs(value));
    }
    return greatest;
  }

  @Test
  void constantTensorIsItsCentre() {
    SampleRange range = choose(3, 3, Float.NaN, 3);

    assertThat(range.centre()).isEqualTo(3);
    assertThat(range.deviation()).isZero();
    assertThat(range.limit()).isZero();
  }

  @Test
  void tensorWithoutFiniteValuesHasItsCentreAtZero() {
    for (SampleRange range : new SampleRange[] {choose(), choose(Float.NaN, Float.POSITIVE_INFINITY)}) {
      assertThat(range.centre()).isZero();
      assertThat(range.deviation()).isZero();
      assertThat(range.limit()).isZero();
    }
  }

  @Test
  void fewValuesAmongManyEqualOnesAreOutliers() {
    // One in a hundred takes a third of a bit a value.
    float[] values = new float[1000];
    Arrays.fill(values, 2);
    for (int i = 0; i < 1000; i += 100) {
      values[i] = i;
    }
    SampleRange range = choose(values);

    assertThat(range.centre()).isEqualTo(2);
    assertThat(range.deviation()).isZero();
    assertThat(range.limit()).isZero();
  }

  @Test
  void outliersTakeHalfOfTheRateAtMost() {
    // One in ten would take more than two of the four bits, but not more than half of eight.
    float[] values = new float[1000];
    for (int i = 0; i < 1000; i += 10) {
      values[i] = i % 20 == 0 ? 1 : -1;
    }

    assertThat(choose(values).deviation()).isCloseTo(Math.sqrt(0.1), within(0.02));
    SampleRange ofEight = SampleRange.choose(statistics(values), OUTLIER_BITS, 8, 1e-4, SampleRange.GREATEST_LEVEL, 1 / 12.0);
    assertThat(ofEight.deviation()).isZero();
  }

  @Test
  void oneFarValueIsKeptOutOfTheRange() {
    float[] values = gaussian(10_000, 0.02f);
    double greatest = greatestMagnitude(values);
    values[1234] = 1000;
    SampleRange range = choose(values);

    assertThat(range.limit()).isBetween(0.04, 1.2 * greatest);
    assertThat(range.deviation()).isCloseTo(0.02, within(0.001));
    assertThat(range.centre()).isCloseTo(0, within(0.001f));
    assertThat(range.meanDeviation()).isCloseTo(0.798, within(0.02));
  }

  @Test
  void flatRangeKeepsAllValuesAndIsAsFineAsPaysAnyway() {
    // Deviations of 1 / root 3 of the limit: 73 levels would fit, 48 do.
    float[] values = new float[2001];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i - 1000) / 1000f;
    }
    SampleRange range = choose(values);

    assertThat(range.limit()).isBetween(1.0, 1.1);
    assertThat(range.deviation()).isCloseTo(1 / Math.sqrt(3), within(0.01));
    assertThat(range.levelDeviation()).isEqualTo(48);
    assertThat(choose(SampleRange.GREATEST_PRE_INVERSE_LEVEL, values).levelDeviation()).isEqualTo(29);
    assertThat(choose(60, values).levelDeviation()).as("60 levels reach as far as 1.73 deviations").isBetween(30.0, 60 / 1.7);
  }

  @Test
  void centreFollowsTheMeanOfALopsidedTensor() {
    // The median is -1, the mean 0.
    float[] values = new float[3000];
    Random random = new Random(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 3 == 0 ? 2 : -1) + 0.1f * (float) random.nextGaussian();
    }
    SampleRange range = choose(values);

    assertThat(range.centre()).isCloseTo(0, within(0.05f));
    assertThat(range.deviation()).isCloseTo(Math.sqrt(2.01), within(0.05));
    assertThat(range.limit()).as("2 is 3 from the median, and the mean another 1").isBetween(3.9, 5.0);
  }

  @Test
  void valuesTooLargeOrTooSmallForTheArithmeticAreAllExact() {
    float large = 0x1.8p126f;
    float small = 0x1p-125f;
    for (float scale : new float[] {large, small}) {
      SampleRange range = choose(-scale, 0.5f * scale, 0.25f * scale, -0.5f * scale, scale, -0.25f * scale);

      assertThat(range.limit()).isNegative();
    }
    float[] ordinary = {-1, 0.5f, 0.25f, -0.5f, 1, -0.25f};
    assertThat(choose(ordinary).limit()).isPositive();
  }

  @Test
  void otherCentreChangesNothingElse() {
    SampleRange range = new SampleRange(1, 2, 3, 4, 5, 0.6);

    assertThat(range.withCentre(9)).isEqualTo(new SampleRange(9, 2, 3, 4, 5, 0.6));
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void rangeFitsIntoItsLevelsAndLeavesOutNoMoreThanItMay(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 2000) int count, @ForAll @DoubleRange(min = 0.5, max = 8) double bits,
      @ForAll @DoubleRange(min = -3, max = 3) double centre, @ForAll @IntRange(min = 1, max = 5) int power) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (centre + Math.pow(random.nextGaussian(), power));
    }
    TensorStatistics statistics = statistics(values);
    SampleRange range = SampleRange.choose(statistics, OUTLIER_BITS, bits, Math.pow(4, -bits), 127, 1 / 12.0);
    int outside = 0;
    for (float value : values) {
      // The limit reaches further than the bins that were counted, never less far.
      outside += Math.abs((double) value - range.centre()) > range.limit() * (1 + 1e-6) ? 1 : 0;
    }
    double share = (double) outside / count;

    assertThat(range.limit()).isPositive();
    assertThat(range.limit() * range.levelDeviation()).isLessThanOrEqualTo(127 * range.deviation() * (1 + 1e-9));
    assertThat(share == 0 ? 0 : share * (OUTLIER_BITS + 1.5 - Math.log(share) / Math.log(2)))
        .isLessThanOrEqualTo(bits / 2 + 1e-9);
  }
}
