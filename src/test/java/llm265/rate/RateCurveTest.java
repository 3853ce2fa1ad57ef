package llm265.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class RateCurveTest {
  /** Of a reconstruction to samples of 8 bits. */
  static final double ROUNDING = 1.0 / 12;

  /** What coding Gaussian values of some variance with a step comes to by the model, and more bits or decibels than that. */
  static RateCurve.Probe probe(double log2Ratio, double variance, double moreBits, double moreError) {
    QuantizerPoint point = QuantizerPoint.of(log2Ratio, 28);
    double error = variance * GaussianModel.relativeError(log2Ratio) * moreError;
    return new RateCurve.Probe(point, GaussianModel.bits(log2Ratio) + moreBits, error);
  }

  @Property(tries = 1000)
  void curveGoesThroughItsProbes(
      @ForAll @DoubleRange(min = -4, max = -0.5) double first,
      @ForAll @DoubleRange(min = 0.3, max = 2) double distance,
      @ForAll @DoubleRange(min = -0.3, max = 0.5) double moreBits,
      @ForAll @DoubleRange(min = 0.5, max = 1.5) double moreError) {
    RateCurve.Probe a = probe(first, 4, moreBits, 1);
    RateCurve.Probe b = probe(first + distance, 4, 0, moreError);
    if (a.bits() < b.bits() + 0.05 || a.meanSquaredError() > b.meanSquaredError()) {
      return;
    }
    RateCurve curve = RateCurve.through(List.of(b, a), ROUNDING);

    for (RateCurve.Probe probe : List.of(a, b)) {
      assertThat(curve.log2Ratio(probe.bits())).isCloseTo(probe.point().log2Ratio(), within(1e-3));
      assertThat(10 * Math.log10(curve.error(probe.bits()) / probe.meanSquaredError())).isCloseTo(0, within(1e-3));
    }
  }

  @Property(tries = 200)
  void errorNeverRisesWithTheRate(
      @ForAll @DoubleRange(min = -5, max = 2) double first,
      @ForAll @DoubleRange(min = -5, max = 2) double second,
      @ForAll @DoubleRange(min = 0.1, max = 10) double moreError) {
    RateCurve curve = RateCurve.through(List.of(probe(first, 1, 0.2, 1), probe(second, 1, -0.001, moreError)), ROUNDING);

    for (double bits = 0; bits < 12; bits += 0.1) {
      assertThat(curve.error(bits + 0.1)).isLessThanOrEqualTo(curve.error(bits));
      assertThat(curve.log2Ratio(bits + 0.1)).isLessThanOrEqualTo(curve.log2Ratio(bits));
    }
  }

  @Test
  void oneProbeMovesTheModel() {
    RateCurve curve = RateCurve.through(List.of(probe(-1, 9, 0, 1)), ROUNDING);

    // 6 dB a bit, from 16 dB at 3 bits on.
    assertThat(10 * Math.log10(9 / curve.error(3))).isCloseTo(16, within(0.4));
    assertThat(10 * Math.log10(9 / curve.error(1))).isCloseTo(4.4, within(0.4));
  }

  @Test
  void eightBitSamplesBoundTheQuality() {
    RateCurve curve = RateCurve.through(List.of(probe(-1, 1, 0, 1)), ROUNDING);

    assertThat(curve.error(12)).isGreaterThan(0.5 / 12 / (28 * 28));
  }

  @Test
  void fixedCurveStaysWhereItIs() {
    RateCurve curve = RateCurve.fixed(0.07, 2);

    assertThat(curve.isFixed()).isTrue();
    assertThat(curve.fixedBits()).isEqualTo(0.07);
    assertThat(curve.error(5)).isEqualTo(2);
  }

  @Test
  void exactProbeIsNoTrouble() {
    RateCurve curve = RateCurve.through(List.of(new RateCurve.Probe(QuantizerPoint.of(0, 28), 2, 0)), ROUNDING);

    assertThat(curve.error(2)).isNotNegative().isLessThan(1e-60);
  }
}
