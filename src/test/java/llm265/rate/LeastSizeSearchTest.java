package llm265.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class LeastSizeSearchTest {
  /** A size that is least at a ratio: bits that fall as the step grows, and exact values that rise. */
  private static final class Valley implements RateController.Trial {
    private final double lowest;
    private final boolean sampled;
    private QuantizerPoint last;
    private int codings;
    private int samples;

    Valley(double lowest, boolean sampled) {
      this.lowest = lowest;
      this.sampled = sampled;
    }

    @Override
    public boolean hasExcerpt() {
      return sampled;
    }

    @Override
    public RateController.Measurement rough(QuantizerPoint point) {
      samples++;
      return measure(point);
    }

    @Override
    public RateController.Measurement excerpt(QuantizerPoint point) {
      throw new AssertionError("what is about to be found does not need the larger sample");
    }

    @Override
    public RateController.Measurement code(QuantizerPoint point) {
      codings++;
      last = point;
      return measure(point);
    }

    private RateController.Measurement measure(QuantizerPoint point) {
      double x = point.log2Ratio() - lowest;
      return new RateController.Measurement(3 - x + Math.pow(2, 2 * x) / (2 * Math.log(2)), 0);
    }
  }

  @Property(tries = 200)
  void lowestPointIsFound(
      @ForAll @DoubleRange(min = -3, max = 1) double start, @ForAll @DoubleRange(min = -2, max = 1) double lowest,
      @ForAll boolean sampled) {
    Valley valley = new Valley(lowest, sampled);
    RateController.Outcome outcome = LeastSizeSearch.code(valley, start, 28);

    assertThat(outcome.point().log2Ratio()).isCloseTo(lowest, within(0.12));
    assertThat(outcome.point()).isEqualTo(valley.last);
    assertThat(outcome.passes()).isEqualTo(valley.codings);
    assertThat(sampled ? valley.codings : 1).isEqualTo(1);
    assertThat(valley.codings + valley.samples).isLessThanOrEqualTo(14);
  }
}
