package llm265.rate;

/**
 * Finds the quantizer step at which a tensor has a wanted size or quality.
 *
 * <p>Both are monotonic in the logarithm of the step, and nearly linear. The search starts from the {@link GaussianModel},
 * corrects it on a small sample of the tensor and then on a large one, if there are any, codes the whole, which mostly is it, and
 * else corrects and codes again until the target is met. Everything is computed from what was measured, so the result depends on
 * the tensor and the target only.
 */
public final class RateController {
  /**
   * What came out of coding a tensor, or a sample of it, with one step.
   *
   * @param bitsPerValue everything counted
   * @param snr in dB; infinite if there is no error
   */
  public record Measurement(double bitsPerValue, double snr) {}

  /** Codes a tensor with a given step. The last call of {@link #code} counts. */
  public interface Trial {
    /** True if a sample is worth its time: the tensor is many times larger. */
    boolean hasExcerpt();

    /** QPY of the finest step that there is. */
    default int leastQp() {
      return 0;
    }

    /** How far the rate of a large tensor may be from its target, as a share of it. */
    default double bitsTolerance() {
      return BITS_TOLERANCE;
    }

    /** How often a large tensor is coded at most. */
    default int mostPasses() {
      return PASSES;
    }

    /** Codes a small sample and estimates about what the whole would come to. */
    Measurement rough(QuantizerPoint point);

    /** Codes a sample and estimates what the whole would come to. */
    Measurement excerpt(QuantizerPoint point);

    /** Codes the whole tensor. */
    Measurement code(QuantizerPoint point);
  }

  /**
   * Where a search ended.
   *
   * @param point with which the tensor was coded last
   * @param measurement what came of it
   * @param passes how often the whole tensor was coded
   */
  public record Outcome(QuantizerPoint point, Measurement measurement, int passes) {}

  private static final int SAMPLE_PASSES = 3;

  /**
   * A sample step that moves less than this, in octaves, is not worth another sample: the model's slope is right to a factor of
   * two.
   */
  private static final double SAMPLE_PRECISION = 0.01;

  /** No step moves farther than this at once, in octaves. */
  private static final double MAX_MOVE = 3;

  private static final double MAX_SLOPE_CORRECTION = 3;

  /** How far rates may be from the target, as a share of it: of large tensors, and of those without samples. */
  private static final double BITS_TOLERANCE = 0.002;

  private static final double FINE_BITS_TOLERANCE = 0.0005;

  private static final double SNR_TOLERANCE = 0.03;
  private static final double FINE_SNR_TOLERANCE = 0.01;
  private static final int PASSES = 4;
  private static final int FINE_PASSES = 10;

  private final Trial trial;
  private final double levelDeviation;
  private final boolean bits;
  private final double wanted;
  private final double tolerance;
  private final int maxPasses;

  /** What is known of the tensor's rate before anything is coded; null for nothing. */
  private final RateCurve known;

  /** The difference between what is measured and what the model says. */
  private double correction;

  private Probe below;
  private Probe above;
  private Probe best;

  private record Probe(QuantizerPoint point, double log2Ratio, double value, Measurement measurement) {
    static Probe of(QuantizerPoint point, Measurement measurement, boolean bits) {
      double value = bits ? measurement.bitsPerValue() : measurement.snr();
      return new Probe(point, point.log2Ratio(), value, measurement);
    }
  }

  private RateController(Trial trial, double levelDeviation, boolean bits, double wanted, double tolerance, RateCurve known) {
    this.trial = trial;
    this.levelDeviation = levelDeviation;
    this.bits = bits;
    this.wanted = wanted;
    this.tolerance = tolerance;
    this.known = known;
    this.maxPasses = trial.hasExcerpt() ? trial.mostPasses() : FINE_PASSES;
  }

  /**
   * Codes a tensor at a rate.
   *
   * @param bitsPerValue bits per value aimed at
   * @param values number of values: sizes come in whole bytes, which is all that can be asked for
   * @param levelDeviation standard deviation of the levels to aim at
   */
  public static Outcome codeAtBits(Trial trial, double bitsPerValue, long values, double levelDeviation) {
    double relative = trial.hasExcerpt() ? trial.bitsTolerance() : FINE_BITS_TOLERANCE;
    double tolerance = Math.max(relative * bitsPerValue, 8.0 / values);
    return new RateController(trial, levelDeviation, true, bitsPerValue, tolerance, null).search(0);
  }

  /**
   * Codes a tensor at about a rate, since others of its file can make up for the difference, and beginning with what is known of
   * it. Tensors without samples are soon coded, and meet their rate.
   *
   * @param bitsPerValue bits per value aimed at
   * @param values number of values
   * @param known its curve, as a look at a little of it has shown it
   * @param share how far off large tensors may be, as a share of the rate
   * @param levelDeviation standard deviation of the levels to aim at
   */
  public static Outcome codeAboutBits(
      Trial trial, double bitsPerValue, long values, RateCurve known, double share, double levelDeviation) {
    double relative = trial.hasExcerpt() ? share : BITS_TOLERANCE;
    double tolerance = Math.max(relative * bitsPerValue, 8.0 / values);
    return new RateController(trial, levelDeviation, true, bitsPerValue, tolerance, known).search(0);
  }

  /**
   * Codes a tensor at a quality.
   *
   * @param snr signal-to-noise ratio aimed at, in dB
   * @param head how much the ratio of the tensor is known to be above that of its samples, in dB
   * @param levelDeviation standard deviation of the levels to aim at
   */
  public static Outcome codeAtSnr(Trial trial, double snr, double head, double levelDeviation) {
    double tolerance = trial.hasExcerpt() ? SNR_TOLERANCE : FINE_SNR_TOLERANCE;
    return new RateController(trial, levelDeviation, false, snr, tolerance, null).search(head);
  }

  private Outcome search(double head) {
    correction = known == null ? head : wanted - model(known.log2Ratio(wanted));
    QuantizerPoint point = QuantizerPoint.of(byModel(), levelDeviation, trial.leastQp());
    if (trial.hasExcerpt()) {
      point = bySamples(point);
    }
    return codeWhole(point);
  }

  private QuantizerPoint bySamples(QuantizerPoint first) {
    QuantizerPoint point = first;
    if (known == null) {
      Probe rough = Probe.of(first, trial.rough(first), bits);
      if (Double.isInfinite(rough.value)) {
        return first;
      }
      correction = rough.value - model(rough.log2Ratio);
      point = QuantizerPoint.of(byProbes(null, rough), levelDeviation, trial.leastQp());
    }
    double precision = known == null ? SAMPLE_PRECISION : Math.max(SAMPLE_PRECISION, 0.5 * tolerance);
    Probe before = null;
    for (int pass = 0; pass < SAMPLE_PASSES; pass++) {
      Probe probe = Probe.of(point, trial.excerpt(point), bits);
      if (Double.isInfinite(probe.value)) {
        break;
      }
      correction = probe.value - model(probe.log2Ratio);
      // With another QP the same ratio comes to a rate that may be some per cent off.
      point = point.moved(byProbes(before, probe), levelDeviation, trial.leastQp());
      if (Math.abs(point.log2Ratio() - probe.log2Ratio) < precision) {
        break;
      }
      before = probe;
    }
    return point;
  }

  private Outcome codeWhole(QuantizerPoint first) {
    QuantizerPoint point = first;
    Probe before = null;
    Probe last = null;
    int passes = 0;
    while (passes < maxPasses) {
      before = last;
      last = probe(point);
      passes++;
      if (Math.abs(last.value - wanted) <= tolerance || Double.isInfinite(last.value)) {
        break;
      }
      QuantizerPoint next = point.moved(next(before, last), levelDeviation, trial.leastQp());
      if (next.equals(point) || isKnown(next)) {
        break;
      }
      point = next;
    }
    if (best != last) {
      // Coding is deterministic: the same point gives the same bytes again.
      last = probe(best.point);
      passes++;
    }
    return new Outcome(last.point, last.measurement, passes);
  }

  private Probe probe(QuantizerPoint point) {
    Probe probe = Probe.of(point, trial.code(point), bits);
    if (best == null || Math.abs(probe.value - wanted) <= Math.abs(best.value - wanted)) {
      best = probe;
    }
    // Both rate and quality fall as the step grows.
    if (probe.value > wanted) {
      above = above == null || probe.log2Ratio > above.log2Ratio ? probe : above;
    } else {
      below = below == null || probe.log2Ratio < below.log2Ratio ? probe : below;
    }
    return probe;
  }

  private boolean isKnown(QuantizerPoint point) {
    return above != null && above.point.equals(point) || below != null && below.point.equals(point);
  }

  /** By the last probes; where that leaves the interval in which the target must lie, by the straight line across it. */
  private double next(Probe before, Probe last) {
    correction = last.value - model(last.log2Ratio);
    double estimate = byProbes(before, last);
    if (above == null || below == null || above.log2Ratio >= below.log2Ratio
        || estimate > above.log2Ratio && estimate < below.log2Ratio) {
      return estimate;
    }
    double share = (above.value - wanted) / (above.value - below.value);
    return above.log2Ratio + Math.clamp(share, 0.02, 0.98) * (below.log2Ratio - above.log2Ratio);
  }

  /** By the model, corrected by the last probe; with two probes their slope corrects the model's. */
  private double byProbes(Probe before, Probe last) {
    double move = byModel() - last.log2Ratio;
    if (before != null && before.value != last.value) {
      double modelled = model(before.log2Ratio) - model(last.log2Ratio);
      double measured = before.value - last.value;
      move *= Math.clamp(modelled / measured, 1 / MAX_SLOPE_CORRECTION, MAX_SLOPE_CORRECTION);
    }
    return last.log2Ratio + Math.clamp(move, -MAX_MOVE, MAX_MOVE);
  }

  private double model(double log2Ratio) {
    return bits ? GaussianModel.bits(log2Ratio) : GaussianModel.snr(log2Ratio);
  }

  private double byModel() {
    double corrected = wanted - correction;
    return bits ? GaussianModel.log2RatioForBits(corrected) : GaussianModel.log2RatioForSnr(corrected);
  }
}
