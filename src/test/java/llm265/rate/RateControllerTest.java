package llm265.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class RateControllerTest {
  /** A tensor that is off the model: by a factor and a constant in bits, and by a bend in dB. */
  private static class Source implements RateController.Trial {
    private final double factor;
    private final double constant;
    private final boolean sampled;
    private final double sampleError;
    private QuantizerPoint last;
    private int codings;

    Source(double factor, double constant, boolean sampled, double sampleError) {
      this.factor = factor;
      this.constant = constant;
      this.sampled = sampled;
      this.sampleError = sampleError;
    }

    @Override
    public boolean hasExcerpt() {
      return sampled;
    }

    @Override
    public RateController.Measurement rough(QuantizerPoint point) {
      return measure(point, 10 * sampleError);
    }

    @Override
    public RateController.Measurement excerpt(QuantizerPoint point) {
      return measure(point, sampleError);
    }

    private RateController.Measurement measure(QuantizerPoint point, double error) {
      RateController.Measurement exact = measure(point);
      return new RateController.Measurement(exact.bitsPerValue() * (1 + error), exact.snr() + 5 * error);
    }

    @Override
    public RateController.Measurement code(QuantizerPoint point) {
      last = point;
      codings++;
      return measure(point);
    }

    private RateController.Measurement measure(QuantizerPoint point) {
      double log2Ratio = point.log2Ratio();
      double bits = factor * GaussianModel.bits(log2Ratio) + constant;
      double error = GaussianModel.relativeError(log2Ratio) + 1e-4;
      return new RateController.Measurement(bits, -10 * Math.log10(error) + constant);
    }
  }

  @Property(tries = 200)
  void bitsAreMetWhateverTheSource(
      @ForAll @DoubleRange(min = 0.6, max = 1.4) double factor,
      @ForAll @DoubleRange(min = 0, max = 0.3) double constant,
      @ForAll @DoubleRange(min = 0.5, max = 4) double bits,
      @ForAll boolean sampled) {
    Source source = new Source(factor, constant, sampled, 0.01);
    RateController.Outcome outcome = RateController.codeAtBits(source, bits, 1 << 20, 1, 28);

    assertThat(outcome.measurement().bitsPerValue()).isCloseTo(bits, within((sampled ? 0.002 : 0.0005) * bits));
    assertThat(outcome.point()).isEqualTo(source.last);
    assertThat(outcome.passes()).isEqualTo(source.codings).isLessThanOrEqualTo(sampled ? 4 : 7);
  }

  @Property(tries = 200)
  void qualityIsMetWhateverTheSource(
      @ForAll @DoubleRange(min = -3, max = 10) double constant,
      @ForAll @DoubleRange(min = 6, max = 30) double snr,
      @ForAll boolean sampled) {
    Source source = new Source(1, constant, sampled, 0.02);
    RateController.Outcome outcome = RateController.codeAtSnr(source, snr + constant, 0, 28);

    assertThat(outcome.measurement().snr()).isCloseTo(snr + constant, within(sampled ? 0.03 : 0.01));
    assertThat(outcome.passes()).isLessThanOrEqualTo(sampled ? 4 : 7);
  }

  @Test
  void goodSampleMakesOnePassEnough() {
    Source source = new Source(1.2, 0.1, true, 0.0005);

    assertThat(RateController.codeAtBits(source, 3, 1 << 20, 1, 28).passes()).isEqualTo(1);
  }

  @Test
  void wrongSampleDoesNoHarmWhereItsErrorIsKnown() {
    Source source = new Source(1, 0.1, true, 0.03);

    assertThat(RateController.codeAtBits(source, 3, 1 << 20, 1, 28).passes()).isGreaterThan(1);
    assertThat(RateController.codeAtBits(source, 3, 1 << 20, 1 / 1.03, 28).passes()).isEqualTo(1);
  }

  /** What a look at a little of the source shows at 2.5 bits or so. */
  private static RateCurve curve(Source source, double error) {
    QuantizerPoint point = QuantizerPoint.of(GaussianModel.log2RatioForBits(2.5), 28);
    RateController.Measurement measured = source.measure(point, error);
    return RateCurve.through(List.of(new RateCurve.Probe(point, measured.bitsPerValue(), 0.03)), RateCurveTest.ROUNDING);
  }

  @Property(tries = 200)
  void rateOfAPlanIsNearlyMetAtOnce(
      @ForAll @DoubleRange(min = 0.6, max = 1.4) double factor,
      @ForAll @DoubleRange(min = 1, max = 4) double bits,
      @ForAll @DoubleRange(min = -0.05, max = 0.05) double error,
      @ForAll boolean sampled) {
    Source source = new Source(factor, 0.05, sampled, 0.005);
    RateController.Outcome outcome =
        RateController.codeAboutBits(source, bits, 1 << 20, curve(source, error), 0.01, 28);

    assertThat(outcome.measurement().bitsPerValue()).isCloseTo(bits, within((sampled ? 0.01 : 0.002) * bits));
    assertThat(outcome.passes()).isEqualTo(source.codings).isLessThanOrEqualTo(sampled ? 2 : 5);
  }

  @Test
  void knownCurveMakesOnePassEnough() {
    Source source = new Source(1, 0.2, false, 0);

    assertThat(RateController.codeAboutBits(source, 2.6, 1 << 20, curve(source, 0), 0.01, 28).passes()).isEqualTo(1);
    assertThat(RateController.codeAtBits(source, 2.6, 1 << 20, 1, 28).passes()).isGreaterThan(1);
  }

  @Test
  void targetOutOfReachGivesTheNearest() {
    Source source = new Source(1, 0, false, 0);
    RateController.Outcome outcome = RateController.codeAtBits(source, 15, 1 << 20, 1, 28);

    assertThat(outcome.point().qp()).isZero();
    assertThat(outcome.passes()).isLessThanOrEqualTo(3);
  }

  @Test
  void whatCannotBeMetExactlyEndsAtTheNearestPoint() {
    // Sizes that jump: nothing between 2.4 and 3.6 bits.
    Source source = new Source(1, 0, false, 0) {
      @Override
      public RateController.Measurement code(QuantizerPoint point) {
        RateController.Measurement smooth = super.code(point);
        double bits = smooth.bitsPerValue();
        return new RateController.Measurement(bits > 3 ? bits + 0.6 : bits - 0.6, smooth.snr());
      }
    };
    RateController.Outcome outcome = RateController.codeAtBits(source, 2.8, 1 << 20, 1, 28);

    assertThat(outcome.measurement().bitsPerValue()).isBetween(2.2, 2.4);
    assertThat(outcome.point()).isEqualTo(source.last);
  }
}
