package llm265.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;

class QuaRotTest {
  /** Keeps weights as they are, and what it was given. */
  private static final class Unquantized implements WeightQuantizer {
    private LinearGroup seen;

    @Override
    public String name() {
      return "none";
    }

    @Override
    public boolean isCalibrated() {
      return true;
    }

    @Override
    public String settings() {
      return "none";
    }

    @Override
    public List<QuantizedLayer> quantize(LinearGroup group) {
      seen = group;
      return group.layers().stream().map(layer -> new QuantizedLayer(layer.weights(), 5)).toList();
    }
  }

  private static float[] gain(int n) {
    float[] gain = Synthetic.gauss(n, 9);
    for (int c = 0; c < n; c++) {
      gain[c] = 0.5f + Math.abs(gain[c]);
    }
    return gain;
  }

  @Test
  void withoutQuantizationWeightsStay() {
    for (int n : new int[] {46, 64, 96, 176}) {
      Layer layer = Synthetic.layer("layer", 7, n, n);
      LinearGroup group = LinearGroup.of(layer).with(Synthetic.identity(n)).afterNorm(gain(n));
      QuantizedLayer result = new QuaRot("none", new Unquantized(), Workers.CALLER).quantize(group).getFirst();
      assertThat(result.bits()).isEqualTo(5);
      for (int i = 0; i < layer.weights().length; i++) {
        assertThat(result.weights()[i]).isCloseTo(layer.weights()[i], within(1e-5f));
      }
    }
  }

  /** The output error of rotated layers on rotated inputs is that of the layers on their inputs. */
  @Test
  void momentsRotateWithTheWeights() {
    int n = 96;
    Unquantized inner = new Unquantized();
    InputMoments moments = Synthetic.moments(n, 1);
    Layer layer = Synthetic.layer("layer", 7, n, 2);
    new QuaRot("none", inner, Workers.CALLER).quantize(LinearGroup.of(layer).with(moments).afterNorm(gain(n)));
    double before = OutputError.of(layer, new float[7 * n], moments, Workers.CALLER);
    double after = OutputError.of(inner.seen.layers().getFirst(), new float[7 * n], inner.seen.moments(), Workers.CALLER);
    assertThat(after).isCloseTo(before, within(1e-5 * before));
  }

  /** A few columns of large weights spoil the groups of rounding; a rotation spreads them. */
  @Test
  void outliersSpread() {
    int n = 256;
    float[] weights = Synthetic.gauss(32 * n, 3);
    for (int row = 0; row < 32; row++) {
      weights[row * n + 17] *= 20;
      weights[row * n + 200] *= 20;
    }
    Layer layer = new Layer("layer", weights, 32, n);
    assertThat(Synthetic.snr(weights, Synthetic.quantized("quarot4", layer)))
        .isGreaterThan(Synthetic.snr(weights, Synthetic.quantized("rtn4symq-mse", layer)) + 6);
  }

  @Test
  void gainsOfZeroLeaveNothing() {
    float[] gain = gain(64);
    gain[5] = 0;
    Layer layer = Synthetic.layer("layer", 3, 64, 4);
    LinearGroup group = LinearGroup.of(layer).with(Synthetic.moments(64, 5)).afterNorm(gain);
    for (String specification : new String[] {"quarot8", "quarot8-gptq"}) {
      float[] result = Synthetic.quantized(specification, group);
      assertThat(result[5]).isZero();
      assertThat(result[6]).isCloseTo(layer.weights()[6], within(0.05f));
    }
  }
}
