package llm265.reference.trellis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.h264.DecoderLimits;
import llm265.h264.decode.H264IntraDecoder;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import llm265.parallel.Workers;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Streams that carry levels: what SPEC.md makes of FFmpeg's samples are the decoder's values, bit for bit, whatever the tensor.
 * No line of the coder takes part in the former.
 */
class CarriedByTextTest {
  private static final DType[] TYPES = {DType.F32, DType.F16, DType.BF16, DType.F64};

  private static List<byte[]> ffmpegsSamples(byte[] stream) {
    return FfmpegOracle.decode(stream).stream().map(picture -> picture.planes()[0]).toList();
  }

  private static List<byte[]> ourSamples(byte[] stream) {
    List<byte[]> all = new ArrayList<>();
    H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, Workers.CALLER,
        decoded -> all.add(OraclePicture.plane(decoded.picture(), 0)));
    return all;
  }

  private static boolean isCarried(byte[] stream) {
    return String.join(",", TensorDecoder.open(stream).info().tools()).contains("carried");
  }

  private static TextTensor compare(TensorView tensor, byte[] stream, List<byte[]> samples) {
    TensorDecoder decoder = TensorDecoder.open(stream);
    byte[] decoded = new byte[(int) tensor.byteSize()];
    decoder.decodeInto(MemorySegment.ofArray(decoded));
    decoder.verify();
    TextTensor text = TextTensor.read(stream, samples);
    assertThat(decoded).isEqualTo(text.bytes());
    if (Double.isFinite(text.snr())) {
      assertThat(decoder.info().snr()).isCloseTo(text.snr(), within(1e-9));
    }
    return text;
  }

  /** Compares the values of a stream with those of its text. */
  private static TextTensor compare(TensorView tensor, byte[] stream) {
    assertThat(isCarried(stream)).isTrue();
    return compare(tensor, stream, ffmpegsSamples(stream));
  }

  private static TensorEncoder encoder(Random random, long[] shape) {
    TensorEncoder encoder = switch (random.nextInt(4)) {
      case 0 -> TensorEncoder.atMaxError(Math.exp(random.nextDouble() * 6 - 5));
      case 1 -> TensorEncoder.atSnr(random.nextDouble() * 70);
      default -> TensorEncoder.atBits(0.3 + random.nextDouble() * 11.7);
    };
    if (shape.length == 2 && shape[1] > 0 && random.nextInt(4) == 0) {
      float[] weights = new float[(int) shape[1]];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = random.nextInt(9) == 0 ? 0 : (float) Math.exp(2 * random.nextGaussian());
      }
      encoder = encoder.withChannelWeights(weights);
    }
    // The greatest effort takes as long as all others together.
    Effort[] efforts = Effort.values();
    return encoder.withMonochrome(random.nextInt(4) == 0)
        .withEffort(efforts[random.nextInt(random.nextInt(4) == 0 ? efforts.length : efforts.length - 1)]);
  }

  private static int compareMany(long seed, int count, int most) {
    int carried = 0;
    for (long i = seed; i < seed + count; i++) {
      Random random = new Random(i);
      long[] shape = Source.shape(random, most);
      DType type = TYPES[random.nextInt(TYPES.length)];
      Source source = Source.values()[random.nextInt(Source.values().length)];
      TensorEncoder encoder = encoder(random, shape);
      TensorView tensor = source.tensor(type, shape, random);
      try {
        byte[] stream = encoder.encode(tensor);
        if (isCarried(stream)) {
          compare(tensor, stream);
          carried++;
        }
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + i + ", " + source + " " + tensor, e);
      }
    }
    return carried;
  }

  @ParameterizedTest
  @EnumSource(value = Source.class, names = {"CONSTANT", "NOT_FINITE"}, mode = EnumSource.Mode.EXCLUDE)
  void everySource(Source source) {
    for (DType type : List.of(DType.F32, TYPES[1 + source.ordinal() % 3])) {
      TensorView tensor = source.tensor(type, new long[] {45, 51}, new Random(source.ordinal()));
      byte[] stream = TensorEncoder.atBits(2.5).withEffort(Effort.FAST).encode(tensor);
      if (isCarried(stream)) {
        compare(tensor, stream);
      } else {
        // Values that resemble their neighbours become samples, and values of which hardly any is to be coded.
        assertThat(source).isIn(Source.LOW_RANK, Source.MASK, Source.SPARSE, Source.TINY);
      }
    }
  }

  /** With padding to the right, below, both, behind a partial row, and none; rows and columns alone; a single value. */
  @ParameterizedTest
  @CsvSource({"64, 64", "50, 64", "64, 50", "33, 77", "1, 1000", "1000, 1", "7, 5", "1, 2", "200, 130"})
  void everyShapeAtEveryRate(int rows, int columns) {
    for (double bits : new double[] {0.3, 1, 2, 3, 4, 5, 6, 8, 10, 12}) {
      TensorView tensor = Source.GAUSSIAN.tensor(DType.F32, new long[] {rows, columns}, new Random(rows));
      byte[] stream = TensorEncoder.atBits(bits).withEffort(Effort.FAST).encode(tensor);
      if (isCarried(stream)) {
        compare(tensor, stream);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {3001, 5000, 100_003})
  void partialRows(long count) {
    for (double bits : new double[] {1.5, 4.5, 9}) {
      TensorView tensor = Source.LAPLACE.tensor(DType.F32, new long[] {count}, new Random(count));
      compare(tensor, TensorEncoder.atBits(bits).withEffort(Effort.FAST).encode(tensor));
    }
  }

  /** What other programs decode, and what our decoder has with and without samples. */
  @Test
  void samplesOfOursAreAsGood() {
    TensorView tensor = Source.SCALED.tensor(DType.BF16, new long[] {120, 150}, new Random(1));
    for (boolean monochrome : new boolean[] {false, true}) {
      byte[] stream = TensorEncoder.atBits(5.5).withMonochrome(monochrome).encode(tensor);
      assertThat(isCarried(stream)).isTrue();
      compare(tensor, stream, ourSamples(stream));
      compare(tensor, stream, ffmpegsSamples(stream));
    }
  }

  /** Rows that are mixtures of a few patterns, and noise. */
  private static TensorView mixtures(int rows, int columns) {
    Random random = new Random(5);
    float[] patterns = new float[3 * columns];
    for (int i = 0; i < patterns.length; i++) {
      patterns[i] = (float) random.nextGaussian();
    }
    float[] values = new float[rows * columns];
    for (int y = 0; y < rows; y++) {
      double[] weights = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
      for (int x = 0; x < columns; x++) {
        double value = 0.3 * random.nextGaussian();
        for (int k = 0; k < 3; k++) {
          value += weights[k] * patterns[k * columns + x];
        }
        values[y * columns + x] = (float) value;
      }
    }
    return TensorView.copyOf("t", new long[] {rows, columns}, values);
  }

  @Test
  void everyToolOfTheEncoder() {
    TensorEncoder encoder = TensorEncoder.atBits(3);
    float[] weights = new float[2 * 80];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = 1 + i % 80 / 8 + 30 * (i / 80);
    }
    List<TextTensor> texts = new ArrayList<>();
    TensorView gaussian = Source.GAUSSIAN.tensor(DType.F16, new long[] {2, 48, 80}, new Random(3));
    for (Effort effort : Effort.values()) {
      texts.add(compare(gaussian, encoder.withEffort(effort).encode(gaussian)));
    }
    encoder = encoder.withEffort(Effort.FAST);
    texts.add(compare(gaussian, encoder.withChannelWeights(weights).encode(gaussian)));
    TensorView scaled = Source.SCALED.tensor(DType.F32, new long[] {160, 96}, new Random(1));
    texts.add(compare(scaled, encoder.encode(scaled)));
    texts.add(compare(scaled, TensorEncoder.atBits(7).encode(scaled)));
    TensorView mixed = mixtures(96, 400);
    texts.add(compare(mixed, TensorEncoder.atBits(3).encode(mixed)));
    TensorView wide = Source.SCALED.tensor(DType.F32, new long[] {300, 4200}, new Random(4));
    texts.add(compare(wide, TensorEncoder.atBits(5).withEffort(Effort.FAST).encode(wide)));
    int flags = 0;
    int states = 0;
    for (TextTensor text : texts) {
      flags |= text.flags();
      states |= 1 << text.stateBits();
    }
    assertThat(flags).isEqualTo(TextTensor.CARRIED | TextTensor.ROWS_BY_SCALE | TextTensor.COLUMNS_BY_SCALE
        | TextTensor.TRANSPOSED | TextTensor.ROTATION | TextTensor.CHANNELS | TextTensor.BLOCKS);
    assertThat(Integer.bitCount(states)).isEqualTo(Effort.values().length);
    assertThat(texts.getLast().tiles()).isGreaterThan(1);
    assertThat(texts.getLast().rawLevelBits()).isPositive();
  }

  @Test
  void anyTensor() {
    assertThat(compareMany(2000, 80, 60)).isGreaterThan(30);
  }

  @Test
  @Tag("long")
  void manyTensors() {
    compareMany(Long.getLong("llm265.fuzz.seed", 1_000_000), 3000, 300);
  }
}
