package llm265.tensor.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.TensorDecoder;
import llm265.baseline.Layer;
import llm265.baseline.OutputError;
import llm265.baseline.Synthetic;
import llm265.dtype.TensorView;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FeedbackCodingTest {
  private static final double BITS = 3;

  private static float[] weights(int count) {
    Random random = new Random(1);
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      weights[i] = (float) (0.02 * random.nextGaussian());
    }
    return weights;
  }

  private record Outcome(EncodedTensor encoded, float[] decoded) {}

  private static Outcome code(CodingSettings settings, float[] weights, int rows, int columns) {
    MemoryStore store = new MemoryStore();
    EncodedTensor encoded =
        new TargetSearch(settings, Workers.CALLER).code(TensorView.view("w", new long[] {rows, columns}, weights), store);
    return new Outcome(encoded, TensorDecoder.decode(store.toByteArray()));
  }

  private static float[] diagonal(InputMoments moments) {
    float[] diagonal = new float[moments.size()];
    for (int i = 0; i < diagonal.length; i++) {
      diagonal[i] = (float) moments.second()[i * diagonal.length + i];
    }
    return diagonal;
  }

  @ParameterizedTest
  @CsvSource({
      "H264, 192, 160", "H264, 100, 250", "H264, 2000, 64", "TRINITY, 192, 160", "TRINITY, 100, 250", "TRINITY, 99, 170",
      "TRINITY, 2000, 64"})
  void outputsAreNearerThanByWeightsAlone(Codec codec, int out, int in) {
    float[] weights = weights(out * in);
    InputMoments moments = Synthetic.moments(in, 3);
    CodingSettings settings = CodingSettings.at(new RateTarget.Bits(BITS)).with(codec);
    Outcome with = code(settings.withMoments(moments), weights, out, in);
    Outcome without = code(settings.withWeights(diagonal(moments)), weights, out, in);

    Layer layer = new Layer("w", weights, out, in);
    assertThat(with.encoded.bitsPerValue()).isBetween(0.98 * BITS, 1.01 * BITS);
    assertThat(OutputError.of(layer, with.decoded, moments, Workers.CALLER))
        .isLessThan(0.75 * OutputError.of(layer, without.decoded, moments, Workers.CALLER));
  }

  /** What a step is decoded to makes the error of the outputs least, not that of the weights. */
  @Test
  void noOtherGainIsBetter() {
    int in = 160;
    int out = 192;
    float[] weights = weights(out * in);
    InputMoments moments = Synthetic.moments(in, 3);
    float[] decoded = code(CodingSettings.at(new RateTarget.Bits(BITS)).withMoments(moments), weights, out, in).decoded;

    Layer layer = new Layer("w", weights, out, in);
    double error = OutputError.of(layer, decoded, moments, Workers.CALLER);
    for (float gain : new float[] {.985f, 1.015f}) {
      float[] other = new float[decoded.length];
      for (int i = 0; i < other.length; i++) {
        other[i] = gain * decoded[i];
      }
      assertThat(OutputError.of(layer, other, moments, Workers.CALLER)).isGreaterThan(error);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Codec.class, names = {"H264", "TRINITY"})
  void inputsMayBeRows(Codec codec) {
    int in = 160;
    int out = 192;
    float[] weights = weights(out * in);
    float[] turned = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      turned[i % in * out + i / in] = weights[i];
    }
    InputMoments moments = Synthetic.moments(in, 3);
    CodingSettings settings = CodingSettings.at(new RateTarget.Bits(BITS)).with(codec).withMoments(moments);
    float[] asRows = code(settings, turned, in, out).decoded;
    float[] asColumns = code(settings, weights, out, in).decoded;
    float[] turnedBack = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      turnedBack[i] = asRows[i % in * out + i / in];
    }

    Layer layer = new Layer("w", weights, out, in);
    double error = OutputError.of(layer, asColumns, moments, Workers.CALLER);
    assertThat(OutputError.of(layer, turnedBack, moments, Workers.CALLER)).isCloseTo(error, within(0.02 * error));
  }

  @ParameterizedTest
  @EnumSource(value = Codec.class, names = {"H264", "TRINITY"})
  void valuesThatAreKeptExactlyAreExact(Codec codec) {
    int in = 128;
    float[] weights = weights(128 * in);
    weights[5 * in + 7] = Float.NaN;
    weights[9 * in + 100] = codec == Codec.TRINITY ? Float.POSITIVE_INFINITY : 5;
    InputMoments moments = Synthetic.moments(in, 3);
    CodingSettings settings = CodingSettings.at(new RateTarget.Bits(BITS)).with(codec).withMoments(moments);
    float[] decoded = code(settings, weights, 128, in).decoded;

    assertThat(decoded[5 * in + 7]).isNaN();
    assertThat(decoded[9 * in + 100]).isEqualTo(weights[9 * in + 100]);
  }

  @Test
  void threadsChangeNothing() {
    int in = 64;
    int out = 1 << 15;
    float[] weights = weights(out * in);
    CodingSettings settings = CodingSettings.at(new RateTarget.Bits(2)).with(Codec.TRINITY).with(Effort.FAST)
        .withMoments(Synthetic.moments(in, 3));
    TensorView tensor = TensorView.view("w", new long[] {out, in}, weights);
    MemoryStore alone = new MemoryStore();
    new TargetSearch(settings, Workers.CALLER).code(tensor, alone);
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      MemoryStore together = new MemoryStore();
      new TargetSearch(settings, new Workers(executor, 4)).code(tensor, together);
      assertThat(together.toByteArray()).isEqualTo(alone.toByteArray());
    }
  }

  @Test
  void momentsOfAnotherNumberOfInputsAreNotUsed() {
    float[] weights = weights(128 * 64);
    CodingSettings settings = CodingSettings.at(new RateTarget.Bits(BITS));

    assertThat(code(settings.withMoments(Synthetic.moments(96, 3)), weights, 128, 64).decoded)
        .containsExactly(code(settings, weights, 128, 64).decoded);
  }
}
