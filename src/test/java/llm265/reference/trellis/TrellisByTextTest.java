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
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The decoder's values are those that SPEC.md makes of a stream, bit for bit, whatever the tensor. */
class TrellisByTextTest {
  private static final DType[] TYPES = {DType.F32, DType.F16, DType.BF16, DType.F64};

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
      long[] shape = Source.shape(random, most);
      DType type = TYPES[random.nextInt(TYPES.length)];
      Source source = Source.values()[random.nextInt(Source.values().length)];
      TensorEncoder encoder = encoder(random, shape);
      TensorView tensor = source.tensor(type, shape, random);
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
      TensorView tensor = source.tensor(type, new long[] {45, 51}, new Random(source.ordinal()));
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
    TensorView gaussian = Source.GAUSSIAN.tensor(DType.F16, new long[] {2, 48, 80}, new Random(3));
    for (Effort effort : Effort.values()) {
      texts.add(compare(gaussian, encoder.withEffort(effort).encode(gaussian)));
    }
    encoder = encoder.withEffort(Effort.FAST);
    texts.add(compare(gaussian, encoder.withChannelWeights(weights).encode(gaussian)));
    TensorView scaled = Source.SCALED.tensor(DType.F32, new long[] {160, 96}, new Random(1));
    texts.add(compare(scaled, encoder.encode(scaled)));
    TensorView smooth = Source.LOW_RANK.tensor(DType.BF16, new long[] {96, 80}, new Random(2));
    texts.add(compare(smooth, encoder.withEffort(Effort.BALANCED).encode(smooth)));
    TensorView wide = Source.SCALED.tensor(DType.F32, new long[] {1025, 1024}, new Random(4));
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
