package llm265;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import llm265.dtype.TensorView;
import llm265.h264.EncoderConfig;
import llm265.rate.RateTarget;
import llm265.tensor.Effort;
import llm265.tensor.decode.StreamHeader;
import llm265.tensor.encode.Prescribed;
import llm265.tensor.format.TensorHeader;
import org.junit.jupiter.api.Test;

/** What an encoder chooses by itself for tensors of several kinds, and that it is undone. */
class TensorToolsTest {
  private static final int ROWS = 320;
  private static final int COLUMNS = 400;

  private final Random random = new Random(1);

  private float[] scaled(double rowSpread, double columnSpread, int rows, int columns) {
    double[] byRow = DoubleStream.generate(() -> Math.exp(rowSpread * random.nextGaussian())).limit(rows).toArray();
    double[] byColumn = DoubleStream.generate(() -> Math.exp(columnSpread * random.nextGaussian())).limit(columns).toArray();
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * byRow[i / columns] * byColumn[i % columns]);
    }
    return values;
  }

  private float[] laplace() {
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      double u = random.nextDouble() - 0.5;
      values[i] = (float) (-Math.signum(u) * Math.log(1 - 2 * Math.abs(u)));
    }
    return values;
  }

  private static double gain(float[] values) {
    byte[] plain = Prescribed.encode(
        new RateTarget.Bits(3), EncoderConfig.WHITE_TENSOR, TensorView.view("", new long[] {ROWS, COLUMNS}, values));
    byte[] chosen = TensorEncoder.atBits(3).withPlainSamples(true).withEffort(Effort.BEST).encode(values, ROWS, COLUMNS);
    double snr = TensorEncoderTest.snr(values, TensorDecoder.decode(chosen));
    assertThat(TensorDecoder.open(chosen).info().snr()).isCloseTo(snr, within(0.01));
    return snr - TensorEncoderTest.snr(values, TensorDecoder.decode(plain));
  }

  /** Of samples that stand for values. */
  private static TensorHeader header(float[] values) {
    return header(values, true);
  }

  private static TensorHeader header(float[] values, boolean plainSamples) {
    return StreamHeader.of(TensorEncoder.atBits(3).withPlainSamples(plainSamples).encode(values, ROWS, COLUMNS));
  }

  /** The same tools are for levels that pictures carry, but for sign patterns and the pre-inverse transform. */
  @Test
  void carriedLevelsHaveTheToolsOfScales() {
    String carried = "trellis of 8 states, carried";
    assertThat(header(TensorEncoderTest.gaussian(ROWS * COLUMNS, 1), false).transforms().names()).containsExactly(carried);
    assertThat(header(laplace(), false).transforms().names()).containsExactly(carried);
    assertThat(header(scaled(0.5, 0, ROWS, COLUMNS), false).transforms().names()).containsExactly(
        "rows by scale", carried + ", 2 raw bits");
    TensorHeader columns = header(scaled(0, 0.5, ROWS, COLUMNS), false);
    assertThat(columns.transforms().names()).containsExactly("rows by scale", carried + ", 2 raw bits");
    assertThat(columns.framing().transposed()).isTrue();
    assertThat(header(scaled(0.3, 0.4, ROWS, COLUMNS), false).transforms().names())
        .containsExactly("rows by scale", "columns by scale", carried + ", 3 raw bits");
  }

  @Test
  void whiteNoiseGetsSignPatternsOnly() {
    float[] values = TensorEncoderTest.gaussian(ROWS * COLUMNS, 1);
    assertThat(header(values).transforms().names()).isEmpty();
    assertThat(header(values).framing().transposed()).isFalse();
    assertThat(gain(values)).isGreaterThan(0.2);
  }

  @Test
  void rowsOfScalesOfTheirOwnAreSorted() {
    float[] values = scaled(0.5, 0, ROWS, COLUMNS);
    assertThat(header(values).transforms().names()).containsExactly("rows by scale");
    assertThat(header(values).framing().transposed()).isFalse();
    assertThat(gain(values)).isGreaterThan(1.5);
  }

  @Test
  void columnsOfScalesOfTheirOwnAreTurnedToRowsAndSorted() {
    float[] values = scaled(0, 0.5, ROWS, COLUMNS);
    assertThat(header(values).transforms().names()).containsExactly("rows by scale");
    assertThat(header(values).framing().transposed()).isTrue();
    assertThat(gain(values)).isGreaterThan(1.5);
  }

  @Test
  void bothAreSortedWhereBothPay() {
    float[] values = scaled(0.3, 0.4, ROWS, COLUMNS);
    assertThat(header(values).transforms().names()).containsExactly("rows by scale", "columns by scale");
    assertThat(gain(values)).isGreaterThan(1.5);
  }

  @Test
  void heavyTailsArePreInverted() {
    float[] values = laplace();
    assertThat(header(values).transforms().names()).containsExactly("pre-inverse");
    assertThat(gain(values)).isGreaterThan(0.5);
  }

  @Test
  void everyPartOfASortedTransposedTensorCanBeDecoded() {
    int rows = 5000;
    int columns = 300;
    float[] values = scaled(0.2, 0.5, rows, columns);
    values[7 * columns + 11] = Float.NaN;
    values[4999 * columns + 299] = 1e6f;
    byte[] stream = TensorEncoder.atBits(3).encode(values, rows, columns);
    TensorDecoder decoder = TensorDecoder.open(stream);
    assertThat(StreamHeader.of(stream).framing().transposed()).isTrue();
    assertThat(StreamHeader.of(stream).framing().bands()).isGreaterThan(1);
    float[] whole = decoder.decode();

    assertThat(whole[7 * columns + 11]).isNaN();
    assertThat(whole[4999 * columns + 299]).isEqualTo(1e6f);
    for (int[] range : new int[][] {{0, 1}, {2495, 2505}, {4000, 5000}, {0, 5000}}) {
      assertThat(decoder.decodeSlices(range[0], range[1]))
          .isEqualTo(Arrays.copyOfRange(whole, range[0] * columns, range[1] * columns));
    }
    assertThat(decoder.decodeValues(123_456, 789)).isEqualTo(Arrays.copyOfRange(whole, 123_456, 124_245));
  }

  @Test
  void viewsWithAPartialRowAndOddShapesSurvive() {
    for (long[] shape : new long[][] {{97, 131}, {1, 10_007}, {3, 41, 101}, {50_000}, {70_000, 2}}) {
      int n = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      float[] values = scaled(0.6, 0.6, 100, n / 100 + 1);
      float[] cut = Arrays.copyOf(values, n);
      float[] decoded = TensorDecoder.decode(TensorEncoder.atBits(4).encode(cut, shape));
      assertThat(TensorEncoderTest.snr(cut, decoded)).isGreaterThan(19);
    }
  }

  @Test
  void rowsOfZerosAreSorted() {
    float[] values = scaled(0.3, 0, ROWS, COLUMNS);
    Arrays.fill(values, 0, 40 * COLUMNS, 0);
    Arrays.fill(values, 100 * COLUMNS, 101 * COLUMNS, Float.NaN);
    byte[] plain = Prescribed.encode(
        new RateTarget.Bits(3), EncoderConfig.WHITE_TENSOR, TensorView.view("", new long[] {ROWS, COLUMNS}, values));
    byte[] chosen = TensorEncoder.atBits(3).encode(values, ROWS, COLUMNS);
    float[] decoded = TensorDecoder.decode(chosen);
    for (int i = 100 * COLUMNS; i < 101 * COLUMNS; i++) {
      assertThat(decoded[i]).isNaN();
    }
    assertThat(8.0 * chosen.length / values.length).isCloseTo(3, within(0.02));
    assertThat(TensorDecoder.open(chosen).info().snr()).isGreaterThan(TensorDecoder.open(plain).info().snr() + 0.5);
  }

  @Test
  void halfFloatsAreSortedAsWell() {
    float[] values = scaled(0.1, 0.5, ROWS, COLUMNS);
    TensorView halves = TensorView.copyOf("w", new long[] {ROWS, COLUMNS}, values);
    TensorView f16 = new TensorView(
        "w", DType.F16, new long[] {ROWS, COLUMNS}, FloatConversion.convert(halves.data(), DType.F32, DType.F16));
    byte[] stream = TensorEncoder.atBits(3).encode(f16);
    assertThat(StreamHeader.of(stream).transforms().names()).isNotEmpty();
    assertThat(TensorEncoderTest.snr(values, TensorDecoder.decode(stream))).isGreaterThan(17);
  }

  /** Rows that are mixtures of a few patterns, and noise. */
  private float[] lowRank(int rows, int columns, int rank, double noise) {
    float[] patterns = TensorEncoderTest.gaussian(rank * columns, 3);
    float[] values = new float[rows * columns];
    for (int y = 0; y < rows; y++) {
      for (int k = 0; k < rank; k++) {
        double weight = random.nextGaussian();
        for (int x = 0; x < columns; x++) {
          values[y * columns + x] += (float) (weight * patterns[k * columns + x]);
        }
      }
      for (int x = 0; x < columns; x++) {
        values[y * columns + x] += (float) (noise * random.nextGaussian());
      }
    }
    return values;
  }

  @Test
  void lowRankIsRotatedToItsAxes() {
    for (int[] shape : new int[][] {{3000, 96}, {96, 3000}, {400, 320}}) {
      float[] values = lowRank(shape[0], shape[1], 4, 0.3);
      byte[] plain = Prescribed.encode(
          new RateTarget.Bits(3), EncoderConfig.WHITE_TENSOR, TensorView.view("", new long[] {shape[0], shape[1]}, values));
      for (boolean plainSamples : new boolean[] {true, false}) {
        byte[] chosen = TensorEncoder.atBits(3).withPlainSamples(plainSamples).encode(values, shape[0], shape[1]);
        TensorHeader header = StreamHeader.of(chosen);
        double snr = TensorEncoderTest.snr(values, TensorDecoder.decode(chosen));
        assertThat(header.transforms().names().get(header.transforms().names().size() - (plainSamples ? 1 : 2)))
            .startsWith("rotation of");
        assertThat(8.0 * chosen.length / values.length).isCloseTo(3, within(0.02));
        assertThat(header.snr()).isCloseTo(snr, within(0.01));
        assertThat(snr).isGreaterThan(TensorEncoderTest.snr(values, TensorDecoder.decode(plain)) + 8);
      }
    }
  }

  @Test
  void everyPartOfARotatedTensorCanBeDecoded() {
    for (int[] shape : new int[][] {{20_000, 128}, {128, 20_000}}) {
      int columns = shape[1];
      float[] values = lowRank(shape[0], columns, 3, 0.2);
      values[5 * columns + 7] = 500;
      byte[] stream = TensorEncoder.atBits(2).encode(values, shape[0], columns);
      TensorDecoder decoder = TensorDecoder.open(stream);
      assertThat(StreamHeader.of(stream).transforms().rotation()).isNotNull();
      assertThat(decoder.info().tiles().count()).isGreaterThan(1);
      float[] whole = decoder.decode();
      assertThat(whole[5 * columns + 7]).isCloseTo(500, within(5f));
      assertThat(decoder.decodeSlices(100, 103)).isEqualTo(Arrays.copyOfRange(whole, 100 * columns, 103 * columns));
      assertThat(decoder.decodeSlices(shape[0] - 1, shape[0]))
          .isEqualTo(Arrays.copyOfRange(whole, (shape[0] - 1) * columns, shape[0] * columns));
    }
  }

  @Test
  void rotatedHalfFloatsAreOfTheirType() {
    float[] values = lowRank(2000, 96, 4, 0.3);
    TensorView floats = TensorView.copyOf("w", new long[] {2000, 96}, values);
    TensorView bf16 = new TensorView(
        "w", DType.BF16, new long[] {2000, 96}, FloatConversion.convert(floats.data(), DType.F32, DType.BF16));
    byte[] stream = TensorEncoder.atBits(3).encode(bf16);
    float[] decoded = TensorDecoder.decode(stream);
    assertThat(StreamHeader.of(stream).transforms().rotation()).isNotNull();
    for (float value : decoded) {
      assertThat(Float.floatToRawIntBits(value) & 0xFFFF).isZero();
    }
  }

  @Test
  void valuesThatAreNotFiniteKeepATensorFromBeingRotated() {
    float[] values = lowRank(2000, 96, 4, 0.3);
    values[1234] = Float.NEGATIVE_INFINITY;
    byte[] stream = TensorEncoder.atBits(3).encode(values, 2000, 96);
    assertThat(StreamHeader.of(stream).transforms().rotation()).isNull();
    assertThat(TensorDecoder.decode(stream)[1234]).isEqualTo(Float.NEGATIVE_INFINITY);
  }
}
