package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.lm.layer.LinearLayer;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;

class MomentsCollectorTest {
  /** More than two strips of rows. */
  private static final int INPUTS = 150;

  private static final List<LinearLayer> LAYERS = List.of(layer("q", "q"), layer("k", "q"));

  private static LinearLayer layer(String name, String group) {
    return new LinearLayer(name, 10, INPUTS, false, group);
  }

  private static float[] inputs(int rows) {
    float[] x = new float[rows * INPUTS];
    Random random = new Random(rows);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (random.nextGaussian() + i % INPUTS * 0.01);
    }
    return x;
  }

  private static InputMoments collect(Workers workers) {
    MomentsCollector collector = new MomentsCollector(group -> group.equals("q"), workers);
    collector.inputs(LAYERS, inputs(37), 37, INPUTS);
    collector.inputs(List.of(layer("o", "o")), inputs(20), 20, INPUTS);
    collector.inputs(LAYERS, inputs(5), 5, INPUTS);
    assertThat(collector.groups()).containsExactly("q");
    assertThat(collector.moments("o")).isNull();
    return collector.moments("q");
  }

  @Test
  void momentsAreMeansOverAllRowsOfAllWindows() {
    InputMoments moments = collect(Workers.CALLER);
    double[] second = new double[INPUTS * INPUTS];
    double[] magnitudes = new double[INPUTS];
    for (int rows : new int[] {37, 5}) {
      float[] x = inputs(rows);
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < INPUTS; i++) {
          double value = x[r * INPUTS + i];
          magnitudes[i] += Math.abs(value) / 42;
          for (int j = 0; j < INPUTS; j++) {
            second[i * INPUTS + j] += value * x[r * INPUTS + j] / 42;
          }
        }
      }
    }
    assertThat(moments.tokens()).isEqualTo(42);
    assertThat(moments.second()).usingComparatorWithPrecision(1e-5).containsExactly(second);
    assertThat(moments.meanMagnitude()).usingComparatorWithPrecision(1e-12).containsExactly(magnitudes);
    assertThat(moments.second()[3 * INPUTS + 140]).isEqualTo(moments.second()[140 * INPUTS + 3]);
    assertThat(moments.second()[0]).isCloseTo(1, within(0.5));
  }

  @Test
  void threadsDoNotChangeABit() {
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      InputMoments moments = collect(new Workers(executor, 4));
      assertThat(moments.second()).isEqualTo(collect(Workers.CALLER).second());
    }
  }
}
