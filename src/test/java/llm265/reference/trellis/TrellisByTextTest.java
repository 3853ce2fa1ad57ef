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
import llm265.dtype.LittleEndian;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The decoder's values are those that SPEC.md makes of a stream, bit for bit, whatever the tensor. */
class TrellisByTextTest {
  private static final DType[] TYPES = {DType.F32, DType.F16, DType.BF16, DType.F64};

  private enum Source {
    GAUSSIAN,
    LAPLACE,
    SCALED,
    LOW_RANK,
    WITH_SPECIALS,
    HUGE_OUTLIERS,
    CONSTANT,
    SPARSE,
    NOT_FINITE,
    MASK,
    TINY,
    HUGE,
    OFF_CENTRE;

    double[] values(int rows, int columns, Random random) {
      double[] ofRow = scales(rows, random);
      double[] ofColumn = scales(columns, random);
      double[] values = new double[rows * columns];
      for (int i = 0; i < values.length; i++) {
        int y = i / columns;
        int x = i % columns;
        double g = random.nextGaussian();
        values[i] = switch (this) {
          case GAUSSIAN -> g;
          case LAPLACE -> Math.log(random.nextDouble() + 1e-9) * (g < 0 ? 1 : -1);
          case SCALED -> g * ofRow[y] * ofColumn[x];
          case LOW_RANK -> Math.sin(y * 0.21) * ofColumn[x] + Math.cos(y * 0.5) * (x - 9) + 0.02 * g;
          case WITH_SPECIALS -> switch (random.nextInt(60)) {
            case 0 -> Double.NaN;
            case 1 -> Double.NEGATIVE_INFINITY;
            case 2 -> Double.POSITIVE_INFINITY;
            case 3 -> -0.0;
            default -> g;
          };
          case HUGE_OUTLIERS -> random.nextInt(90) == 0 ? 1e30 * g : g;
          case CONSTANT -> 0.1;
          case SPARSE -> random.nextInt(50) == 0 ? g : 0;
          case NOT_FINITE -> g < 0 ? Double.NaN : Double.NEGATIVE_INFINITY;
          case MASK -> x > y ? Double.NEGATIVE_INFINITY : g;
          case TINY -> 1e-40 * g;
          case HUGE -> 1e37 * g;
          case OFF_CENTRE -> 1000 + g;
        };
      }
      return values;
    }

    private static double[] scales(int count, Random random) {
      double[] scales = new double[count];
      for (int i = 0; i < count; i++) {
        scales[i] = Math.exp(random.nextGaussian());
      }
      return scales;
    }
  }

  private static TensorView tensor(DType type, Source source, long[] shape, Random random) {
    int count = (int) Shape.count(shape);
    int columns = shape.length == 0 ? 1 : (int) Math.max(1, shape[shape.length - 1]);
    double[] values = source.values(Math.ceilDiv(count, columns), columns, random);
    MemorySegment data = MemorySegment.ofArray(new byte[(int) type.byteSize(count)]);
    if (type == DType.F64) {
      for (int i = 0; i < count; i++) {
        data.set(LittleEndian.DOUBLE, 8L * i, values[i]);
      }
    } else {
      float[] floats = new float[count];
      for (int i = 0; i < count; i++) {
        floats[i] = (float) values[i];
      }
      ValueCodec.write(type, data, 0, floats, 0, count);
    }
    return new TensorView("t", type, shape, data);
  }

  private static long[] shape(Random random, int most) {
    long[] shape = new long[random.nextInt(8) == 0 ? random.nextInt(4) : 2];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = random.nextInt(40) == 0 ? 0 : 1 + random.nextInt(shape.length > 2 ? 20 : most);
    }
    return shape;
  }

  private static TensorEncoder encoder(Random random, long[] shape) {
    TensorEncoder encoder = switch (random.nextInt(4)) {
      case 0 -> TensorEncoder.atMaxError(Math.exp(random.nextDouble() * 6 - 5));
      case 1 -> TensorEncoder.atSnr(random.nextDouble() * 45);
      default -> TensorEncoder.atBits(0.3 + random.nextDouble() * 7.7);
    };
    if (shape.length == 2 && shape[1] > 0 && random.nextInt(4) == 0) {
      float[] weights = new float[(int) shape[1]];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = random.nextInt(9) == 0 ? 0 : (float) Math.exp(2 * random.nextGaussian());
      }
      encoder = encoder.withChannelWeights(weights);
    }
    Effort[] efforts = Effort.values();
    return encoder.withCodec(Codec.TRINITY).withEffort(efforts[random.nextInt(efforts.length)]);
  }

  /** Compares the values of a stream with those of its text. */
  private static TextTensor compare(TensorView tensor, byte[] stream) {
    TensorDecoder decoder = TensorDecoder.open(stream);
    byte[] decoded = new byte[(int) tensor.byteSize()];
    decoder.decodeInto(MemorySegment.ofArray(decoded));
    TextTensor text = TextTensor.read(stream);
    assertThat(decoded).isEqualTo(text.bytes());
    if (Double.isFinite(text.snr())) {
      assertThat(decoder.info().snr()).isCloseTo(text.snr(), within(1e-9));
    }
    return text;
  }

  private static void compareMany(long seed, int count, int most) {
    for (long i = seed; i < seed + count; i++) {
      Random random = new Random(i);
      long[] shape = shape(random, most);
      DType type = TYPES[random.nextInt(TYPES.length)];
      Source source = Source.values()[random.nextInt(Source.values().length)];
      TensorEncoder encoder = encoder(random, shape);
      TensorView tensor = tensor(type, source, shape, random);
      try {
        compare(tensor, encoder.encode(tensor));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + i + ", " + source + " " + tensor, e);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Source.class)
  void everySource(Source source) {
    for (DType type : List.of(DType.F32, TYPES[1 + source.ordinal() % 3])) {
      TensorView tensor = tensor(type, source, new long[] {45, 51}, new Random(source.ordinal()));
      compare(tensor, TensorEncoder.atBits(2.5).withCodec(Codec.TRINITY).withEffort(Effort.FAST).encode(tensor));
    }
  }

  @Test
  void everyToolOfTheEncoder() {
    TensorEncoder encoder = TensorEncoder.atBits(3).withCodec(Codec.TRINITY);
    float[] weights = new float[2 * 80];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = 1 + i % 80 / 8 + 30 * (i / 80);
    }
    List<TextTensor> texts = new ArrayList<>();
    TensorView gaussian = tensor(DType.F16, Source.GAUSSIAN, new long[] {2, 48, 80}, new Random(3));
    for (Effort effort : Effort.values()) {
      texts.add(compare(gaussian, encoder.withEffort(effort).encode(gaussian)));
    }
    encoder = encoder.withEffort(Effort.FAST);
    texts.add(compare(gaussian, encoder.withChannelWeights(weights).encode(gaussian)));
    TensorView scaled = tensor(DType.F32, Source.SCALED, new long[] {160, 96}, new Random(1));
    texts.add(compare(scaled, encoder.encode(scaled)));
    TensorView smooth = tensor(DType.BF16, Source.LOW_RANK, new long[] {96, 80}, new Random(2));
    texts.add(compare(smooth, encoder.withEffort(Effort.BALANCED).encode(smooth)));
    TensorView wide = tensor(DType.F32, Source.SCALED, new long[] {1025, 1024}, new Random(4));
    texts.add(compare(wide, encoder.encode(wide)));
    int flags = 0;
    int states = 0;
    for (TextTensor text : texts) {
      flags |= text.flags();
      states |= 1 << text.stateBits();
    }
    assertThat(flags).isEqualTo(TextTensor.TRELLIS | TextTensor.ROWS_BY_SCALE | TextTensor.COLUMNS_BY_SCALE
        | TextTensor.TRANSPOSED | TextTensor.ROTATION | TextTensor.CHANNELS | TextTensor.BLOCKS);
    assertThat(Integer.bitCount(states)).isEqualTo(Effort.values().length);
    assertThat(texts.getLast().tiles()).isEqualTo(2);
  }

  @Test
  void anyTensor() {
    compareMany(1000, 15, 40);
  }

  @Test
  @Tag("long")
  void manyTensors() {
    compareMany(Long.getLong("llm265.fuzz.seed", 1_000_000), 3000, 200);
  }
}
