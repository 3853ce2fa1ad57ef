package llm265.runtime.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import llm265.runtime.exchange.ParameterLayout.Parameter;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizersTest {
  private static final int WORKERS = 3;
  private static final int MATRIX = 32 * 24;
  private static final int VECTOR = 24;
  private static final int WARMUP = 3;
  private static final int STEPS = 60;

  private static ParameterLayout layout() {
    return new ParameterLayout(List.of(
        new Parameter("first", 16, 24, 0), new Parameter("norm", 1, VECTOR, 384),
        new Parameter("second", 16, 24, 384 + VECTOR)));
  }

  private static Optimizers optimizers() {
    return new Optimizers(layout(), WORKERS, AdamSettings.DEFAULT);
  }

  static Map<String, Supplier<DistributedOptimizer>> all() {
    Map<String, Supplier<DistributedOptimizer>> all = new TreeMap<>();
    all.put("raw", () -> optimizers().raw16());
    all.put("rounding", () -> optimizers().rounding(4, false));
    all.put("rounding, feedback", () -> optimizers().rounding(2, true));
    all.put("direct", () -> optimizers().direct(2, 0));
    all.put("feedback", () -> optimizers().feedback(2, 0));
    all.put("feedback both ways", () -> optimizers().feedbackBothWays(2, WARMUP));
    all.put("momentum difference", () -> optimizers().momentumDifference(2));
    all.put("preconditioned", () -> optimizers().preconditioned(2, true, WARMUP));
    all.put("preconditioned, direct", () -> optimizers().preconditioned(2, false, 0));
    all.put("codec Adam", () -> optimizers().codecAdam(new RateSchedule(2, 20, WARMUP, 4), true));
    all.put("codec Adam, raw first", () -> optimizers().codecAdam(new RateSchedule(6, 20, WARMUP, 16), false));
    all.put("1-bit Adam", () -> optimizers().oneBitAdam(WARMUP));
    all.put("1-bit LAMB", () -> optimizers().oneBitLamb(WARMUP));
    all.put("PowerSGD", () -> optimizers().powerSgd(2, 0));
    all.put("TopK", () -> optimizers().largest(1, WARMUP));
    return all;
  }

  static Stream<String> names() {
    return all().keySet().stream();
  }

  private static float[][] gradients(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] gradients = new float[WORKERS][layout().values()];
    for (float[] gradient : gradients) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] = (float) (0.01 * random.nextGaussian());
      }
    }
    return gradients;
  }

  private static float[] weights() {
    float[] weights = new float[layout().values()];
    Arrays.fill(weights, 0.1f);
    return weights;
  }

  private static void steps(DistributedOptimizer optimizer, float[] weights, int from, int to) {
    for (int step = from; step < to; step++) {
      optimizer.step(gradients(step), weights, 1e-3);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void goesOnFromItsStateBitForBit(String name) {
    for (int at : new int[] {1, WARMUP + 2}) {
      DistributedOptimizer optimizer = all().get(name).get();
      float[] weights = weights();
      steps(optimizer, weights, 0, at);
      DistributedOptimizer other = all().get(name).get();
      other.restore(optimizer.state());
      float[] resumed = weights.clone();
      steps(optimizer, weights, at, at + 4);
      steps(other, resumed, at, at + 4);
      assertThat(resumed).isEqualTo(weights);
      assertThat(other.traffic()).isEqualTo(optimizer.traffic());
      assertThat(other.state()).isEqualTo(optimizer.state());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void refusesOtherStates(String name) {
    DistributedOptimizer optimizer = all().get(name).get();
    byte[] state = optimizer.state();
    byte[] damaged = state.clone();
    damaged[damaged.length / 2] ^= 1;
    assertThatThrownBy(() -> optimizer.restore(damaged)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> optimizer.restore(new byte[3])).isInstanceOf(IllegalArgumentException.class);
    byte[] others = all().get(name.equals("raw") ? "1-bit LAMB" : "raw").get().state();
    assertThatThrownBy(() -> optimizer.restore(others)).isInstanceOf(IllegalArgumentException.class);
    optimizer.restore(state);
  }

  private static Traffic traffic(DistributedOptimizer optimizer, int steps) {
    steps(optimizer, weights(), 0, steps);
    return optimizer.traffic();
  }

  @Test
  void bitsAreThoseOfTheFormulas() {
    int vectorBits = 16 * VECTOR;
    int all = MATRIX + VECTOR;
    assertThat(traffic(optimizers().raw16(), 2)).isEqualTo(new Traffic(2 * 16.0 * all, 2 * 16.0 * all, 2.0 * all));
    double rounding = 4.0 * MATRIX + 16 * 6 + vectorBits;
    Traffic rounded = traffic(optimizers().rounding(4, false), 1);
    assertThat(rounded.upBits()).isCloseTo(rounding, within(1e-6));
    assertThat(rounded.downBits()).isEqualTo(16.0 * all);
    double signs = MATRIX + 2 * 32 + vectorBits;
    Traffic oneBit = traffic(optimizers().oneBitAdam(1), 4);
    assertThat(oneBit.upBits()).isCloseTo(16.0 * all + 3 * signs, within(1e-6));
    assertThat(oneBit.downBits()).isCloseTo(16.0 * all + 3 * signs, within(1e-6));
    assertThat(traffic(optimizers().oneBitLamb(1), 2).upBits())
        .isCloseTo(16.0 * all + MATRIX + 32 + vectorBits, within(1e-6));
    assertThat(traffic(optimizers().powerSgd(2, 0), 1).upBits()).isEqualTo(32.0 * 2 * 2 * (16 + 24) + vectorBits);
    Traffic largest = traffic(optimizers().largest(1, 0), 1);
    assertThat(largest.upBits()).isCloseTo(MATRIX + vectorBits, within(0.05 * MATRIX));
  }

  private static Offset<Double> within(double offset) {
    return Offset.offset(offset);
  }

  @Test
  void codecHoldsItsRateBothWays() {
    RegressionProblem problem = new RegressionProblem();
    DistributedOptimizer optimizer =
        new Optimizers(RegressionProblem.layout(), RegressionProblem.WORKERS, AdamSettings.DEFAULT).feedbackBothWays(1.5, 0);
    problem.train(optimizer, 30, 0.01);
    double vectors = 16.0 * 64 / (64 * 64 + 64);
    assertThat(optimizer.traffic().up()).isBetween(1.45, 1.55 + vectors);
    assertThat(optimizer.traffic().down()).isBetween(1.45, 1.55 + vectors);
  }

  @Test
  void oneBitAdamBeginsAsAdamWithoutBiasCorrection() {
    Optimizers plain = new Optimizers(layout(), WORKERS, AdamSettings.PLAIN);
    float[] weights = weights();
    steps(plain.oneBitAdam(10), weights, 0, 8);
    float[] expected = weights();
    steps(plain.raw16(), expected, 0, 8);
    assertThat(weights).isEqualTo(expected);
    float[] byHand = weights();
    double[] first = new double[byHand.length];
    double[] second = new double[byHand.length];
    for (int step = 0; step < 8; step++) {
      float[][] gradients = gradients(step);
      for (int i = 0; i < byHand.length; i++) {
        double mean = ((double) gradients[0][i] + gradients[1][i] + gradients[2][i]) / 3;
        first[i] = 0.9 * first[i] + 0.1 * mean;
        second[i] = 0.99 * second[i] + 0.01 * mean * mean;
        byHand[i] -= (float) (1e-3 * first[i] / (Math.sqrt(second[i]) + 1e-8));
      }
    }
    // Gradients go as bfloat16.
    assertThat(weights).usingComparatorWithPrecision(2e-3f).containsExactly(byHand);
  }

  @Test
  void feedbackAtALowRateDoesNearlyAsWellAsRawAndDirectDoesNot() {
    RegressionProblem problem = new RegressionProblem();
    Supplier<Optimizers> fresh =
        () -> new Optimizers(RegressionProblem.layout(), RegressionProblem.WORKERS, AdamSettings.DEFAULT);
    double raw = problem.train(fresh.get().raw16(), STEPS, 0.03);
    double feedback = problem.train(fresh.get().feedback(0.8, 0), STEPS, 0.03);
    double direct = problem.train(fresh.get().direct(0.8, 0), STEPS, 0.03);
    assertThat(feedback).isLessThan(1.9 * raw);
    assertThat(direct).isGreaterThan(3 * feedback);
  }
}
