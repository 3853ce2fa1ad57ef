package llm265.tensor.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import llm265.TensorDecoder;
import llm265.baseline.Layer;
import llm265.baseline.OutputError;
import llm265.baseline.Synthetic;
import llm265.dtype.TensorView;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  @CsvSource({"192, 160", "100, 250", "2000, 64"})
  void outputsAreNearerThanByWeightsAlone(int out, int in) {
    float[] weights = weights(out * in);
    InputMoments moments = Synthetic.moments(in, 3);
    CodingSettings settings = CodingSettings.at(new RateTarget.Bits(BITS));
    Outcome with = code(settings.withMoments(moments), weights, out, in);
    Outcome without = code(settings.withWeights(diagonal(moments)), weights, out, in);

    Layer layer = new Layer("w", weights, out, in);
    assertThat(with.encoded.bitsPerValue()).isBetween(0.98 * BITS, 1.01 * BITS);
    assertThat(OutputError.of(layer, with.decoded, moments, Workers.CALLER))
        .isLessThan(0.75 * OutputError.of(layer, without.decoded, moments, Workers.CALLER));
  }

  @Test
  void inputsMayBeRows() {
    int in = 160;
    int out = 192;
    float[] weights = weights(out * in);
    float[] turned = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      turned[i % in * out + i / in] = weights[i];
    }
    InputMoments moments = Synthetic.moments(in, 3);
    CodingSettings settings = CodingSettings.at(new RateTarget.Bits(BITS)).withMoments(moments);
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

  @Test
  void valuesThatAreKeptExactlyAreExact() {
    int in = 128;
    float[] weights = weights(128 * in);
    weights[5 * in + 7] = Float.NaN;
    weights[9 * in + 100] = 5;
    InputMoments moments = Synthetic.moments(in, 3);
    float[] decoded = code(CodingSettings.at(new RateTarget.Bits(BITS)).withMoments(moments), weights, 128, in).decoded;

    assertThat(decoded[5 * in + 7]).isNaN();
    assertThat(decoded[9 * in + 100]).isEqualTo(5);
  }

  @Test
  void momentsOfAnotherNumberOfInputsAreNotUsed() {
    float[] weights = weights(128 * 64);
    CodingSettings settings = CodingSettings.at(new RateTarget.Bits(BITS));

    assertThat(code(settings.withMoments(Synthetic.moments(96, 3)), weights, 128, 64).decoded)
        .containsExactly(code(settings, weights, 128, 64).decoded);
  }
}
