package llm265.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AllocatorTest {
  private static Allocator.Tensor gaussian(long values, double deviation, double weight, int layer) {
    RateCurve curve = RateCurve.through(List.of(RateCurveTest.probe(-1, deviation * deviation, 0, 1)), RateCurveTest.ROUNDING);
    return new Allocator.Tensor(values, curve, weight, layer < 0 ? OptionalInt.empty() : OptionalInt.of(layer), 0.1);
  }

  private static double bits(List<Allocator.Tensor> tensors, double[] targets) {
    double sum = 0;
    for (int i = 0; i < targets.length; i++) {
      sum += targets[i] * tensors.get(i).values();
    }
    return sum;
  }

  private static double error(List<Allocator.Tensor> tensors, double[] targets) {
    double sum = 0;
    for (int i = 0; i < targets.length; i++) {
      Allocator.Tensor tensor = tensors.get(i);
      sum += tensor.weight() * tensor.values() * tensor.curve().error(targets[i]);
    }
    return sum;
  }

  private static List<Allocator.Tensor> random(long seed) {
    Random random = new Random(seed);
    List<Allocator.Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      double deviation = Math.pow(10, 2 * random.nextDouble() - 3);
      tensors.add(gaussian(1 + random.nextInt(100_000), deviation, 0.5 + random.nextDouble(), i < 4 ? i : -1));
    }
    return tensors;
  }

  @Property(tries = 100)
  void sharesMeetTheBudgetWithinTheirBounds(
      @ForAll @LongRange(min = 0, max = 1000) long seed, @ForAll @DoubleRange(min = 0.5, max = 7) double mean,
      @ForAll Allocation allocation) {
    List<Allocator.Tensor> tensors = random(seed);
    double budget = mean * tensors.stream().mapToDouble(Allocator.Tensor::values).sum();
    double[] targets = Allocator.share(allocation, tensors, budget, 8);

    assertThat(bits(tensors, targets)).isCloseTo(budget, within(1e-6 * budget));
    assertThat(targets).satisfies(all -> assertThat(Arrays.stream(all)).allMatch(bits -> bits > 0.1 - 1e-9 && bits < 8 + 1e-9));
  }

  @Property(tries = 50)
  void slopeIsBestAndLinearNoWorseThanUniform(
      @ForAll @LongRange(min = 0, max = 1000) long seed, @ForAll @DoubleRange(min = 1, max = 5) double mean) {
    List<Allocator.Tensor> tensors = random(seed);
    double budget = mean * tensors.stream().mapToDouble(Allocator.Tensor::values).sum();
    double uniform = error(tensors, Allocator.share(Allocation.UNIFORM, tensors, budget, 8));
    double linear = error(tensors, Allocator.share(Allocation.LINEAR, tensors, budget, 8));
    double slope = error(tensors, Allocator.share(Allocation.SLOPE, tensors, budget, 8));

    assertThat(linear).isLessThanOrEqualTo(uniform * (1 + 1e-9));
    // Places on the curves are a finite number.
    assertThat(slope).isLessThanOrEqualTo(linear * 1.002);
    // Nothing is gained by moving a hundredth of the bits from one tensor to another.
    double[] best = Allocator.share(Allocation.SLOPE, tensors, budget, 8);
    for (int from = 0; from < best.length; from++) {
      for (int to = 0; to < best.length; to++) {
        double[] moved = best.clone();
        double amount = 0.01 * Math.min(tensors.get(from).values(), tensors.get(to).values());
        moved[from] -= amount / tensors.get(from).values();
        moved[to] += amount / tensors.get(to).values();
        if (from != to && moved[from] >= 0.1 && moved[to] <= 8) {
          assertThat(error(tensors, moved)).isGreaterThan(slope * 0.998);
        }
      }
    }
  }

  @Test
  void atHighRatesTheErrorIsTheSameEverywhere() {
    List<Allocator.Tensor> tensors = List.of(gaussian(1000, 1, 1, -1), gaussian(5000, 2, 1, -1), gaussian(2000, 0.5, 1, -1));
    double[] targets = Allocator.share(Allocation.SLOPE, tensors, 3.5 * 8000, 8);

    double error = tensors.getFirst().curve().error(targets[0]);
    for (int i = 1; i < 3; i++) {
      assertThat(10 * Math.log10(tensors.get(i).curve().error(targets[i]) / error)).isCloseTo(0, within(0.25));
    }
    assertThat(targets[1] - targets[0]).isCloseTo(1, within(0.1));
    assertThat(targets[0] - targets[2]).isCloseTo(1, within(0.1));
  }

  @Test
  void weightCountsAsVarianceDoes() {
    List<Allocator.Tensor> tensors = List.of(gaussian(1000, 1, 4, -1), gaussian(1000, 2, 1, -1), gaussian(1000, 1, 0, -1));
    double[] targets = Allocator.share(Allocation.SLOPE, tensors, 2.5 * 3000, 8);

    assertThat(targets[0]).isCloseTo(targets[1], within(0.05));
    assertThat(targets[2]).isEqualTo(0.1);
  }

  @Test
  void tensorsKeepTheLeastOfTheirOwn() {
    Allocator.Tensor small = gaussian(1000, 0.01, 1, 0);
    Allocator.Tensor held = new Allocator.Tensor(1000, small.curve(), 1, OptionalInt.of(1), 1.5);
    List<Allocator.Tensor> tensors = List.of(small, held, gaussian(1000, 1, 1, 2));

    double[] slope = Allocator.share(Allocation.SLOPE, tensors, 3 * 3000, 8);
    assertThat(slope[0]).isEqualTo(0.1);
    assertThat(slope[1]).isEqualTo(1.5);
    Allocator.Tensor first = new Allocator.Tensor(1000, small.curve(), 1, OptionalInt.of(0), 1.5);
    double[] linear = Allocator.share(Allocation.LINEAR, List.of(first, tensors.get(2)), 3 * 2000, 8);
    assertThat(linear[0]).isCloseTo(1.5, within(0.01));
    assertThat(linear[1]).isCloseTo(4.5, within(0.01));
  }

  @Test
  void linearGivesGrowingLayersGrowingRates() {
    List<Allocator.Tensor> tensors =
        List.of(gaussian(1000, 1, 1, 0), gaussian(1000, 1.5, 1, 1), gaussian(1000, 2.25, 1, 2), gaussian(500, 9, 1, -1));
    double[] targets = Allocator.share(Allocation.LINEAR, tensors, 4 * 3500, 8);

    assertThat(targets[3]).isEqualTo(4);
    assertThat(targets[1]).isCloseTo(4, within(1e-9));
    assertThat(targets[2] - targets[1]).isCloseTo(targets[1] - targets[0], within(1e-9));
    assertThat(targets[1] - targets[0]).isCloseTo(Math.log(1.5) / Math.log(2), within(0.05));
  }

  @Test
  void linearWithoutLayersIsUniform() {
    List<Allocator.Tensor> tensors = List.of(gaussian(1000, 1, 1, -1), gaussian(1000, 5, 1, -1), gaussian(10, 5, 1, 3));

    assertThat(Allocator.share(Allocation.LINEAR, tensors, 2 * 2010, 8)).containsExactly(2, 2, 2);
  }

  @ParameterizedTest
  @EnumSource(Allocation.class)
  void fixedTensorsTakeWhatTheyTake(Allocation allocation) {
    Allocator.Tensor constant = new Allocator.Tensor(4000, RateCurve.fixed(0.1, 0), 1, OptionalInt.empty(), 0.1);
    List<Allocator.Tensor> tensors = List.of(constant, gaussian(1000, 1, 1, 0), gaussian(3000, 1, 1, 1));
    double[] targets = Allocator.share(allocation, tensors, 3 * 8000, 8);

    assertThat(targets[0]).isEqualTo(0.1);
    assertThat(targets[1]).isCloseTo((24_000 - 400) / 4000.0, within(0.05));
    assertThat(bits(tensors, targets)).isCloseTo(24_000, within(1e-6));
    double[] alone = Allocator.share(allocation, List.of(constant), 3 * 4000, 8);
    assertThat(alone).containsExactly(0.1);
  }

  @ParameterizedTest
  @EnumSource(Allocation.class)
  void budgetOutOfReachIsMissedByAllAlike(Allocation allocation) {
    List<Allocator.Tensor> tensors = List.of(gaussian(1000, 1, 1, 0), gaussian(3000, 3, 1, 1));

    assertThat(Allocator.share(allocation, tensors, 9 * 4000, 8)).containsExactly(9, 9);
    assertThat(Allocator.share(allocation, tensors, 0.05 * 4000, 8)).containsExactly(0.05, 0.05);
    assertThat(Allocator.share(allocation, tensors, -100, 8)).containsExactly(0, 0);
  }

  @Test
  void tensorsWithoutErrorShareEqually() {
    List<Allocator.Tensor> tensors = List.of(gaussian(1000, 1, 0, 0), gaussian(3000, 3, 0, 1));

    assertThat(Allocator.share(Allocation.SLOPE, tensors, 8000, 8)).containsExactly(2, 2);
  }
}
