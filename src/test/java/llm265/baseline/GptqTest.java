package llm265.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GptqTest {
  private static final double DAMPING = 0.01;

  /** Uncorrelated inputs: what one weight's error does, no other can undo. */
  @ParameterizedTest
  @CsvSource({
    "gptq4g32, rtn4g32", "gptq3, rtn3", "gptq3g128sym-mse, rtn3g128sym-mse", "gptq4g32-actorder, rtn4g32", "gptq4-static, rtn4",
    "gptq4g32-actorder-static, rtn4g32",
  })
  void uncorrelatedInputsLeaveRounding(String calibrated, String rounding) {
    Layer layer = Synthetic.layer("layer", 40, 200, 1);
    LinearGroup group = LinearGroup.of(layer).with(Synthetic.identity(200));
    assertThat(Synthetic.quantized(calibrated, group)).isEqualTo(Synthetic.quantized(rounding, layer));
  }

  @ParameterizedTest
  @CsvSource({
    "gptq3g64, rtn3g64", "gptq4, rtn4", "gptq2g64-mse, rtn2g64-mse", "gptq3g64-actorder, rtn3g64",
    "gptq3g64-actorder-static, rtn3g64", "gptq3g64sym-static, rtn3g64sym", "qserve4g64-gptq, qserve4g64",
    "quarot3-gptq, quarot3",
  })
  void correlatedInputsGainInOutput(String calibrated, String rounding) {
    Layer layer = Synthetic.layer("layer", 48, 192, 2);
    InputMoments moments = Synthetic.moments(192, 3);
    LinearGroup group = LinearGroup.of(layer).with(moments);
    double fed = OutputError.of(layer, Synthetic.quantized(calibrated, group), moments, Workers.CALLER);
    double plain = OutputError.of(layer, Synthetic.quantized(rounding, group), moments, Workers.CALLER);
    assertThat(fed).isLessThan(0.9 * plain);
  }

  /**
   * The definition: once some weights are rounded, those that follow are the ones that change the output least. Here they are
   * found from the normal equations each time, and not by updates.
   */
  @ParameterizedTest
  @ValueSource(ints = {9, 140})
  void laterWeightsAreTheBestForThoseRounded(int n) {
    Layer layer = Synthetic.layer("layer", 2, n, 4);
    InputMoments moments = Synthetic.moments(n, 5);
    float[] result = Synthetic.quantized("gptq4", LinearGroup.of(layer).with(moments));
    double[][] h = damped(moments);
    UniformFormat format = new UniformFormat(4, 0, UniformFormat.Range.ASYMMETRIC, false);
    for (int row = 0; row < 2; row++) {
      Grid grid = new Grid();
      format.fit(layer.weights(), row * n, n, 1, grid);
      double[] errors = new double[n];
      for (int i = 0; i < n; i++) {
        double[] best = bestErrors(h, errors, i);
        float weight = (float) (layer.weights()[row * n + i] + best[0]);
        float rounded = grid.nearest(weight);
        assertThat(result[row * n + i]).as("row %d, input %d", row, i).isEqualTo(rounded);
        errors[i] = rounded - (double) layer.weights()[row * n + i];
      }
    }
  }

  private static double[][] damped(InputMoments moments) {
    int n = moments.size();
    double[][] h = new double[n][n];
    double mean = 0;
    for (int i = 0; i < n; i++) {
      mean += moments.second()[i * n + i] / n;
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        h[i][j] = moments.second()[i * n + j] + (i == j ? DAMPING * mean : 0);
      }
    }
    return h;
  }

  /** Solves H_ll d_l = -H_le d_e for the later inputs l, with errors d_e of the first {@code fixed}. */
  private static double[] bestErrors(double[][] h, double[] errors, int fixed) {
    int n = h.length - fixed;
    double[][] system = new double[n][n + 1];
    for (int i = 0; i < n; i++) {
      System.arraycopy(h[fixed + i], fixed, system[i], 0, n);
      for (int e = 0; e < fixed; e++) {
        system[i][n] -= h[fixed + i][e] * errors[e];
      }
    }
    // Elimination from the last unknown upwards leaves the first.
    for (int k = n - 1; k > 0; k--) {
      for (int i = 0; i < k; i++) {
        double factor = system[i][k] / system[k][k];
        for (int j = 0; j < k; j++) {
          system[i][j] -= factor * system[k][j];
        }
        system[i][n] -= factor * system[k][n];
      }
    }
    return new double[] {system[0][n] / system[0][0]};
  }

  @Test
  void actOrderIsGptqOfPermutedInputs() {
    int n = 40;
    Layer layer = Synthetic.layer("layer", 8, n, 6);
    double[] correlated = Synthetic.moments(n, 7).second();
    double[] second = new double[n * n];
    // The last input is the strongest, the first the weakest.
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double correlation = correlated[i * n + j] / Math.sqrt(correlated[i * n + i] * correlated[j * n + j]);
        second[i * n + j] = correlation * Math.exp(0.05 * (i + j));
      }
    }
    double[] reversedSecond = new double[n * n];
    Arrays.setAll(reversedSecond, i -> second[n * n - 1 - i]);
    float[] reversed = new float[8 * n];
    for (int i = 0; i < reversed.length; i++) {
      reversed[i] = layer.weights()[i / n * n + n - 1 - i % n];
    }
    float[] ordered = Synthetic.quantized("gptq3g16-actorder", LinearGroup.of(layer).with(Synthetic.withSecond(second, n)));
    float[] mirrored = Synthetic.quantized("gptq3g16",
        LinearGroup.of(new Layer("mirrored", reversed, 8, n)).with(Synthetic.withSecond(reversedSecond, n)));
    for (int i = 0; i < ordered.length; i++) {
      assertThat(ordered[i]).isEqualTo(mirrored[i / n * n + n - 1 - i % n]);
    }
  }

  @Test
  void groupIndicesCountWhenOrderScattersGroups() {
    Layer layer = Synthetic.layer("layer", 16, 64, 8);
    LinearGroup group = LinearGroup.of(layer).with(Synthetic.moments(64, 9));
    long plain = bits("gptq4g16", group);
    assertThat(bits("gptq4g16-actorder", group)).isEqualTo(plain + 32 * 64);
    assertThat(bits("gptq4g16-actorder-static", group)).isEqualTo(plain);
    assertThat(bits("gptq4-actorder", group)).isEqualTo(bits("gptq4", group));
    assertThat(plain).isEqualTo(bits("rtn4g16", group));
  }

  private static long bits(String specification, LinearGroup group) {
    return Baselines.of(specification, Workers.CALLER).quantize(group).getFirst().bits();
  }

  @Test
  void deadInputsHaveNoWeights() {
    int n = 20;
    double[] second = Synthetic.moments(n, 10).second();
    for (int i = 0; i < n; i++) {
      second[3 * n + i] = 0;
      second[i * n + 3] = 0;
    }
    Layer layer = Synthetic.layer("layer", 4, n, 11);
    float[] result = Synthetic.quantized("gptq8", LinearGroup.of(layer).with(Synthetic.withSecond(second, n)));
    for (int row = 0; row < 4; row++) {
      assertThat(result[row * n + 3]).isZero();
      assertThat(result[row * n + 4]).isCloseTo(layer.weights()[row * n + 4], within(0.2f));
    }
  }

  /** All inputs alike: rank 1, which only damping makes invertible. The row's sum is what counts, and feedback keeps it. */
  @Test
  void singularMomentsAreDamped() {
    int n = 64;
    double[] second = new double[n * n];
    Arrays.fill(second, 1);
    Layer layer = Synthetic.layer("layer", 4, n, 12);
    float[] result = Synthetic.quantized("gptq4", LinearGroup.of(layer).with(Synthetic.withSecond(second, n)));
    for (int row = 0; row < 4; row++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += result[row * n + i] - layer.weights()[row * n + i];
      }
      assertThat(Math.abs(sum)).isLessThan(0.35);
    }
  }

  @Test
  void layersOfAGroupDoNotMix() {
    InputMoments moments = Synthetic.moments(32, 13);
    Layer first = Synthetic.layer("first", 5, 32, 14);
    Layer second = Synthetic.layer("second", 7, 32, 15);
    List<QuantizedLayer> both =
        Baselines.of("gptq4g16", Workers.CALLER).quantize(LinearGroup.of(first, second).with(moments));
    assertThat(both.get(1).weights()).isEqualTo(Synthetic.quantized("gptq4g16", LinearGroup.of(second).with(moments)));
    assertThat(both).hasSize(2);
  }
}
