package llm265.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AwqTest {
  private static double error(Layer layer, float[] weights, InputMoments moments) {
    return OutputError.of(layer, weights, moments, Workers.CALLER);
  }

  private static float[] ones(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** With a single group a row, the clip's objective is the whole one too, and a scale of 1 and no clip are among the choices. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void neverWorseThanRoundingInOutput(long seed) {
    Layer layer = Synthetic.layer("mlp.up_proj.weight", 24, 96, seed);
    InputMoments moments = Synthetic.moments(96, seed + 10);
    double rounding = error(layer, Synthetic.quantized("rtn3g128", layer), moments);
    LinearGroup group = LinearGroup.of(layer).with(moments);
    double clipped = error(layer, Synthetic.quantized("awq3g128", group), moments);
    double scaled = error(layer, Synthetic.quantized("awq3g128", group.withFoldableScales()), moments);
    assertThat(clipped).isLessThan(rounding);
    assertThat(scaled).isLessThan(clipped);
  }

  /** Queries are not clipped, so only the search for scales acts: never worse whatever the groups are. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void scalesAreNeverWorseForTheGroup(long seed) {
    Layer query = Synthetic.layer("model.layers.0.self_attn.q_proj.weight", 24, 96, seed);
    Layer key = Synthetic.layer("blk.0.attn_k.weight", 12, 96, seed + 20);
    InputMoments moments = Synthetic.moments(96, seed + 10);
    LinearGroup group = LinearGroup.of(query, key).with(moments).afterNorm(ones(96));
    var results = Baselines.of("awq3g32", Workers.CALLER).quantize(group);
    double awq = error(query, results.get(0).weights(), moments) + error(key, results.get(1).weights(), moments);
    double rounding = error(query, Synthetic.quantized("rtn3g32", query), moments)
        + error(key, Synthetic.quantized("rtn3g32", key), moments);
    assertThat(awq).isLessThan(rounding);
  }

  @Test
  void queriesAndKeysAreNotClipped() {
    InputMoments moments = Synthetic.moments(64, 3);
    for (String name : new String[] {"self_attn.q_proj.weight", "blk.1.attn_k.weight", "h.0.attn.qkv.weight", "query"}) {
      Layer layer = Synthetic.layer(name, 8, 64, 4);
      assertThat(Synthetic.quantized("awq3g64", LinearGroup.of(layer).with(moments))).as(name)
          .isEqualTo(Synthetic.quantized("rtn3g64", layer));
    }
    for (String name : new String[] {"self_attn.v_proj.weight", "blk.1.attn_output.weight", "mlp.down_proj.weight"}) {
      Layer layer = Synthetic.layer(name, 8, 64, 4);
      assertThat(Synthetic.quantized("awq3g64", LinearGroup.of(layer).with(moments))).as(name)
          .isNotEqualTo(Synthetic.quantized("rtn3g64", layer));
    }
  }

  /** One input is 100 times as strong as others: its weights must come out nearly exact. */
  @Test
  void strongInputsKeepTheirWeights() {
    int n = 64;
    double[] second = Synthetic.identity(n).second();
    second[7 * n + 7] = 1e4;
    Layer layer = Synthetic.layer("up", 32, n, 5);
    LinearGroup group = LinearGroup.of(layer).with(Synthetic.withSecond(second, n)).afterNorm(ones(n));
    float[] awq = Synthetic.quantized("awq3g128", group);
    float[] rounding = Synthetic.quantized("rtn3g128", layer);
    double kept = 0;
    double plain = 0;
    for (int row = 0; row < 32; row++) {
      kept += Math.pow(awq[row * n + 7] - layer.weights()[row * n + 7], 2);
      plain += Math.pow(rounding[row * n + 7] - layer.weights()[row * n + 7], 2);
    }
    assertThat(kept).isLessThan(0.1 * plain);
  }
}
