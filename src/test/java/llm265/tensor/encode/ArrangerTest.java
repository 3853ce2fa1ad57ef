package llm265.tensor.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.ChannelWeights;
import llm265.tensor.analysis.SampleRange;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.picture.SampleDepth;
import llm265.tensor.tools.ChannelScales;
import llm265.tensor.tools.Rotation;
import llm265.tensor.tools.ScaleClasses;
import org.junit.jupiter.api.Test;

class ArrangerTest {
  private static final int ROWS = 64;
  private static final int COLUMNS = 400;
  private static final int REFLECTIONS = 8;

  private interface Value {
    double at(int y, int x, double noise);
  }

  private static float[] values(Value value) {
    Random random = new Random(2);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value.at(i / COLUMNS, i % COLUMNS, random.nextGaussian());
    }
    return values;
  }

  /** A few strong columns, each in many places, and noise. */
  private static float[] lowRank() {
    return values((y, x, noise) -> Math.sin(y * 0.7) * ((x * 37) % 41 - 20) + 0.3 * noise);
  }

  private static Arranger arranger(float[] values, long... shape) {
    return new Arranger(new SourceTensor(TensorView.copyOf("w", shape, values), Workers.CALLER), Workers.CALLER);
  }

  private static Arranger arranger(float[] values) {
    return arranger(values, ROWS, COLUMNS);
  }

  private static Arrangement plain(Arranger arranger) {
    return arranger.plain(3, 0.02, SampleDepth.EIGHT);
  }

  private static float[] read(Arrangement arrangement, int count) {
    float[] values = new float[count];
    arrangement.elements().read(0, values, 0, count);
    return values;
  }

  @Test
  void theTensorAsItIs() {
    float[] values = values((y, x, noise) -> 5 + 2 * noise);
    Arrangement plain = plain(arranger(values));
    assertThat(read(plain, values.length)).isEqualTo(values);
    assertThat(plain.framing()).isEqualTo(TensorFraming.of(ROWS, COLUMNS)).isEqualTo(plain.header());
    assertThat(plain.hasScaleClasses()).isFalse();
    assertThat(plain.rotation()).isNull();
    assertThat(plain.channels()).isNull();
    assertThat(plain.referenceClass()).isZero();
    assertThat(plain.range().centre()).isCloseTo(5, within(0.05f));
    assertThat(plain.range().deviation()).isCloseTo(2, within(0.05));
    assertThat(plain.range().greatestLevel()).isEqualTo(SampleRange.GREATEST_LEVEL);
    assertThat(plain.preInverseRange().greatestLevel()).isEqualTo(SampleRange.GREATEST_PRE_INVERSE_LEVEL);
  }

  @Test
  void rangesGrowNarrowerWithTheRateThatOutliersMayTake() {
    float[] values = values((y, x, noise) -> noise * (x % 97 == 0 ? 30 : 1));
    SampleRange wide = arranger(values).plain(0, 0.02, SampleDepth.EIGHT).range();
    SampleRange narrow = arranger(values).plain(4, 0.02, SampleDepth.EIGHT).range();
    assertThat(narrow.limit()).isLessThan(wide.limit() / 4);
  }

  @Test
  void linesOfOneScaleAreNotSorted() {
    Arranger arranger = arranger(values((y, x, noise) -> noise));
    Arrangement plain = plain(arranger);
    assertThat(arranger.sorted(plain, SampleDepth.EIGHT)).isSameAs(plain);
  }

  @Test
  void rowsOfManyScalesAreSortedWhereTheyLie() {
    Arranger arranger = arranger(values((y, x, noise) -> 1 + (1 << y % 4) * noise));
    Arrangement plain = plain(arranger);
    Arrangement sorted = arranger.sorted(plain, SampleDepth.EIGHT);
    assertThat(sorted.framing()).isEqualTo(plain.framing());
    assertThat(sorted.columns()).isNull();
    assertOctaves(sorted.rows(), ROWS);
    assertThat(sorted.referenceClass()).isEqualTo(sorted.rows().middle()).isBetween(5, 13);
    // What becomes samples is every row at the greatest scale, about the centre that the rows had before.
    assertThat(sorted.range().deviation()).isCloseTo(8, within(0.8));
    assertThat(plain.range().deviation()).isCloseTo(Math.sqrt(85 / 4.0), within(0.5));
    assertThat(sorted.range().centre()).isEqualTo(plain.range().centre());
    assertThat(sorted.preInverseRange().centre()).isEqualTo(plain.range().centre());
    assertThat(sorted.preInverseRange().greatestLevel()).isEqualTo(SampleRange.GREATEST_PRE_INVERSE_LEVEL);
  }

  @Test
  void columnsOfManyScalesBecomeRows() {
    Arranger arranger = arranger(values((y, x, noise) -> (1 << x % 4) * noise));
    Arrangement plain = plain(arranger);
    Arrangement sorted = arranger.sorted(plain, SampleDepth.EIGHT);
    assertThat(sorted.framing()).isEqualTo(plain.framing().transpose()).isEqualTo(sorted.header());
    assertThat(sorted.columns()).isNull();
    assertOctaves(sorted.rows(), COLUMNS);
  }

  /** Of each four lines, the next is an octave above the one before it. Classes count from the greatest scale down. */
  private static void assertOctaves(ScaleClasses classes, int lines) {
    assertThat(classes.lines()).isEqualTo(lines);
    double[] sums = new double[4];
    for (int line = 0; line < lines; line++) {
      sums[line % 4] += 4.0 / lines * classes.of(line);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(sums[i] - sums[i + 1]).as("lines %d of four", i).isCloseTo(ScaleClasses.OCTAVE, within(0.5));
    }
  }

  @Test
  void strongAxesAreFoundOnTheShorterSide() {
    Arranger wide = arranger(lowRank());
    Rotation rotation = wide.principalAxes(plain(wide).range(), REFLECTIONS);
    assertThat(rotation.reflections()).isBetween(1, REFLECTIONS);
    float[] transposed = new float[ROWS * COLUMNS];
    float[] values = lowRank();
    for (int i = 0; i < values.length; i++) {
      transposed[i % COLUMNS * ROWS + i / COLUMNS] = values[i];
    }
    Arranger high = arranger(transposed, COLUMNS, ROWS);
    assertThat(high.principalAxes(plain(high).range(), REFLECTIONS)).isEqualTo(rotation);
  }

  private static Rotation axes(float[] values) {
    Arranger arranger = arranger(values);
    return arranger.principalAxes(plain(arranger).range(), REFLECTIONS);
  }

  @Test
  void someTensorsAreNeverRotated() {
    assertThat(axes(values((y, x, noise) -> noise))).as("noise").isNull();
    float[] values = lowRank();
    values[77] = Float.NaN;
    assertThat(axes(values)).as("not finite").isNull();
    // Their deviation is 8.4.
    float[] strong = lowRank();
    for (int sign = -1; sign <= 1; sign += 2) {
      int to = sign;
      assertThat(axes(values((y, x, noise) -> strong[y * COLUMNS + x] + to * 16))).as("some mean").isNotNull();
      assertThat(axes(values((y, x, noise) -> strong[y * COLUMNS + x] + to * 18))).as("great mean").isNull();
      float[] great = lowRank();
      great[99] = sign * 0x1.01p60f;
      assertThat(axes(great)).as("too great").isNull();
    }
    Arranger scaled = arranger(lowRank());
    scaled.setChannels(scales());
    assertThat(scaled.principalAxes(plain(scaled).range(), REFLECTIONS)).as("scaled").isNull();
  }

  private static ChannelScales scales() {
    float[] weights = new float[COLUMNS];
    for (int x = 0; x < COLUMNS; x++) {
      weights[x] = x < 100 ? 16 : 1;
    }
    return ChannelWeights.of(weights, ROWS, COLUMNS).scales();
  }

  @Test
  void aRotatedPlaneIsItsOwnElementsUntilTheEnd() {
    float[] values = lowRank();
    Arranger arranger = arranger(values);
    Arrangement plain = plain(arranger);
    Rotation rotation = arranger.principalAxes(plain.range(), REFLECTIONS);
    Arrangement rotated = arranger.rotated(rotation, SampleDepth.EIGHT);
    assertThat(rotated.rotation()).isEqualTo(rotation);
    assertThat(rotated.elements().type()).isEqualTo(DType.F32);
    assertThat(rotated.framing().rows()).isEqualTo(ROWS);
    assertThat(rotated.framing().tileRows()).as("whole columns").isEqualTo(1);
    assertThat(rotated.hasScaleClasses()).as("axes of their own scales").isTrue();
    float[] plane = read(rotated, values.length);
    rotation.inverse(plane, COLUMNS, COLUMNS);
    for (int i = 0; i < values.length; i++) {
      assertThat(plane[i]).isCloseTo(values[i], within(1e-4f));
    }

    Arrangement again = arranger.rotated(rotation, SampleDepth.EIGHT);
    assertThatIllegalStateException().as("memory of the plane before").isThrownBy(() -> read(rotated, 1));
    assertThat(read(again, values.length)).isNotEqualTo(values);
    arranger.close();
    assertThatIllegalStateException().isThrownBy(() -> read(again, 1));
    arranger.close();
    assertThat(read(plain, 1)).isEqualTo(Arrays.copyOf(values, 1));
  }

  @Test
  void channelsAreMultipliedByTheirFactors() {
    float[] values = values((y, x, noise) -> noise);
    Arranger arranger = arranger(values);
    double variance = arranger.codedVariance();
    ChannelScales scales = scales();
    arranger.setChannels(scales);
    Arrangement plain = plain(arranger);
    assertThat(plain.channels()).isEqualTo(scales);
    assertThat(read(plain, values.length)[COLUMNS + 5]).isEqualTo(values[COLUMNS + 5] * scales.factor(5));
    // A quarter of the channels weighs 16 times as much, so that its errors are to be a quarter as large.
    double ratio = scales.factor(0) / scales.factor(COLUMNS - 1);
    assertThat(ratio).isCloseTo(4, within(0.3));
    double other = scales.factor(COLUMNS - 1) * (double) scales.factor(COLUMNS - 1);
    assertThat(arranger.codedVariance() / variance).isCloseTo(other * (1 + ratio * ratio / 3) * 0.75, within(0.2 * other));
    assertThat(plain.range().deviation()).isCloseTo(Math.sqrt(arranger.codedVariance()), within(0.1));

    arranger.setChannels(null);
    assertThat(plain(arranger).channels()).isNull();
  }
}
