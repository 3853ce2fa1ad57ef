package llm265.tensor.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ValueHistogramTest {
  /** The bin of 1: exponent 127, and four bits of mantissa. */
  private static final int ONE = 127 << 4;

  private static ValueHistogram of(float centre, float... values) {
    ValueHistogram histogram = new ValueHistogram();
    histogram.add(values, 0, values.length, centre);
    return histogram;
  }

  private static long all(ValueHistogram histogram) {
    long sum = 0;
    for (int i = 0; i < ValueHistogram.MAGNITUDES; i++) {
      sum += histogram.positive(i) + histogram.negative(i);
    }
    return sum;
  }

  @Test
  void binsAreSixteenthsOfAnOctave() {
    assertThat(ValueHistogram.lowerEdge(ONE)).isEqualTo(1);
    assertThat(ValueHistogram.lowerEdge(ONE + 1)).isEqualTo(1.0625);
    assertThat(ValueHistogram.lowerEdge(ONE + 16)).isEqualTo(2);
    assertThat(ValueHistogram.middle(ONE)).isEqualTo(1.03125);
    assertThat(ValueHistogram.lowerEdge(0)).isZero();
    assertThat(ValueHistogram.middle(0)).isZero();
    assertThat(ValueHistogram.lowerEdge(ValueHistogram.infinity())).isInfinite();
    assertThat(ValueHistogram.lowerEdge(ValueHistogram.infinity() - 1)).isFinite();
  }

  @Test
  void deviationsAreCountedOnTheirSide() {
    ValueHistogram histogram = of(10, 11, 11.0624f, 11.0626f, 9, 10, 8.5f);

    assertThat(histogram.positive(ONE)).isEqualTo(2);
    assertThat(histogram.positive(ONE + 1)).isEqualTo(1);
    assertThat(histogram.negative(ONE)).isEqualTo(1);
    assertThat(histogram.negative(ONE + 8)).isEqualTo(1);
    assertThat(histogram.positive(0)).isEqualTo(1);
    assertThat(all(histogram)).isEqualTo(6);
  }

  @Test
  void whatIsNotFiniteHasBinsOfItsOwn() {
    ValueHistogram histogram =
        of(1, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.MAX_VALUE);

    assertThat(histogram.positive(ValueHistogram.infinity())).isEqualTo(1);
    assertThat(histogram.negative(ValueHistogram.infinity())).isEqualTo(2);
    assertThat(histogram.positive(ValueHistogram.infinity() - 1)).isEqualTo(1);
    assertThat(all(histogram)).isEqualTo(5);
  }

  @Test
  void rowsOfAnyLengthAreCountedWhole() {
    for (int count : new int[] {0, 1, 2, 1023, 1024, 1025, 2049}) {
      float[] values = new float[count + 5];
      Arrays.fill(values, 99);
      for (int i = 0; i < count; i++) {
        values[3 + i] = i % 3 == 0 ? 1 : -2;
      }
      ValueHistogram histogram = new ValueHistogram();
      histogram.add(values, 3, count, 0);

      assertThat(histogram.positive(ONE)).isEqualTo((count + 2) / 3);
      assertThat(histogram.negative(ONE + 16)).isEqualTo(count - (count + 2) / 3);
      assertThat(all(histogram)).isEqualTo(count);
    }
  }

  @Test
  void mergedCountsAddUp() {
    ValueHistogram sum = of(0, 1, 1, -1);
    sum.add(of(0, 1, -1, -1, -1, 2));

    assertThat(sum.positive(ONE)).isEqualTo(3);
    assertThat(sum.negative(ONE)).isEqualTo(4);
    assertThat(sum.positive(ONE + 16)).isEqualTo(1);
    assertThat(all(sum)).isEqualTo(8);
  }
}
