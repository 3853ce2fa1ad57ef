package llm265.rate;

/**
 * Finds the quantizer step at which a tensor has a given size or quality.
 *
 * <p>Both are monotonic in the logarithm of the step, and nearly linear. The search starts from the {@link GaussianModel}. It
 * corrects this on a small excerpt of the tensor and then on a large one, if there are any, and codes the whole. Mostly this
 * meets the target; otherwise it corrects and codes again until it does. Everything is computed from what was measured, so the
 * result depends on the tensor and the target only.
 */
public final class RateController {
  /**
   * The result of coding a tensor, or an excerpt of it, with one step.
   *
   * @param bitsPerValue rate, every byte counted
   * @param snr in dB; infinite if there is no error
   */
  public record Measurement(double bitsPerValue, double snr) {}

  /** Codes a tensor with a given step. The last call of {@link #code} counts. */
  public interface Trial {
    /** Whether an excerpt is worth its time: the tensor is many times larger. */
    boolean hasExcerpt();

    /** QPY of the finest step. */
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

    /** Codes an excerpt and estimates the result for the whole tensor. */
    Measurement excerpt(QuantizerPoint point);

    /** Codes the whole tensor. */
    Measurement code(QuantizerPoint point);
  }

  /**
   * Where a search ended.
   *
   * @param point the point with which the tensor was coded last
   * @param measurement the result of that
   * @param passes how often the whole tensor was coded
   */
  public record Outcome(QuantizerPoint point, Measurement measurement, int passes) {}

  private static final int SAMPLE_PASSES = 3;

  /**
   * If the step would move less than this, in octaves, another excerpt is not worth it: the model's slope is right within a
   * factor of two.
   */
  private static final double SAMPLE_PRECISION = 0.01;

  /** The farthest that a step moves at once, in octaves. */
  private static final double MAX_MOVE = 3;

  private static final double MAX_SLOPE_CORRECTION = 3;

  /** How far rates may be off the target, as a share of it: first for large tensors, then for those without excerpts. */
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

  /** What is known about the tensor's rate before anything is coded; null for nothing. */
  private final RateCurve known;
  /** What rates of samples are multiplied with. */
  private final double excess;

  /** The difference between the measurements and the model. */
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

  private RateController(Trial trial, double levelDeviation, boolean bits, double wanted, double tolerance, RateCurve known,
      double excess) {
    this.trial = trial;
    this.levelDeviation = levelDeviation;
    this.bits = bits;
    this.wanted = wanted;
    this.tolerance = tolerance;
    this.known = known;
    this.excess = excess;
    this.maxPasses = trial.hasExcerpt() ? trial.mostPasses() : FINE_PASSES;
  }

  /**
   * Codes a tensor at a rate.
   *
   * @param bitsPerValue wanted bits per value
   * @param values number of values; since sizes are whole bytes, it limits the precision
   * @param excess rate of the whole over the rate by samples, if that is known; else 1
   * @param levelDeviation the wanted standard deviation of the levels
   */
  public static Outcome codeAtBits(Trial trial, double bitsPerValue, long values, double excess, double levelDeviation) {
    double relative = trial.hasExcerpt() ? trial.bitsTolerance() : FINE_BITS_TOLERANCE;
    double tolerance = Math.max(relative * bitsPerValue, 8.0 / values);
    return new RateController(trial, levelDeviation, true, bitsPerValue, tolerance, null, excess).search(0);
  }

  /**
   * Codes a tensor at an approximate rate, since other tensors of its file can make up for the difference. Starts from what is
   * known about it. Small tensors without fine steps are quick to code, and meet their rate.
   *
   * @param bitsPerValue wanted bits per value
   * @param values number of values
   * @param known its curve, from coding a little of it
   * @param share how far off other tensors may be, as a share of the rate
   * @param levelDeviation the wanted standard deviation of the levels
   */
  public static Outcome codeAboutBits(
      Trial trial, double bitsPerValue, long values, RateCurve known, double share, double levelDeviation) {
    boolean isQuick = !trial.hasExcerpt() && trial.bitsTolerance() >= BITS_TOLERANCE;
    double tolerance = Math.max((isQuick ? BITS_TOLERANCE : share) * bitsPerValue, 8.0 / values);
    return new RateController(trial, levelDeviation, true, bitsPerValue, tolerance, known, 1).search(0);
  }

  /**
   * Codes a tensor at a quality.
   *
   * @param snr wanted signal-to-noise ratio, in dB
   * @param head how much the ratio of the tensor is known to exceed that of its samples, in dB
   * @param levelDeviation the wanted standard deviation of the levels
   */
  public static Outcome codeAtSnr(Trial trial, double snr, double head, double levelDeviation) {
    double tolerance = trial.hasExcerpt() ? SNR_TOLERANCE : FINE_SNR_TOLERANCE;
    return new RateController(trial, levelDeviation, false, snr, tolerance, null, 1).search(head);
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
      Probe rough = sample(first, trial.rough(first));
      if (Double.isInfinite(rough.value)) {
        return first;
      }
      correction = rough.value - model(rough.log2Ratio);
      point = QuantizerPoint.of(byProbes(null, rough), levelDeviation, trial.leastQp());
    }
    double precision = known == null ? SAMPLE_PRECISION : Math.max(SAMPLE_PRECISION, 0.5 * tolerance);
    Probe before = null;
    for (int pass = 0; pass < SAMPLE_PASSES; pass++) {
      Probe probe = sample(point, trial.excerpt(point));
      if (Double.isInfinite(probe.value)) {
        break;
      }
      correction = probe.value - model(probe.log2Ratio);
      // With another QP the same ratio may give a rate that is some per cent off.
      point = point.moved(byProbes(before, probe), levelDeviation, trial.leastQp());
      if (Math.abs(point.log2Ratio() - probe.log2Ratio) < precision) {
        break;
      }
      before = probe;
    }
    return point;
  }

  private Probe sample(QuantizerPoint point, Measurement measurement) {
    return Probe.of(point, new Measurement(excess * measurement.bitsPerValue, measurement.snr), bits);
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

  /** Uses the last probes; if they lead out of the interval that contains the target, uses the straight line across it. */
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

  /** Uses the model, corrected by the last probe; with two probes, their slope corrects the model's. */
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
