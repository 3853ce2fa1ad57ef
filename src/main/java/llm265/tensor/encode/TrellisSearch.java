package llm265.tensor.encode;

import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.rate.GaussianModel;
import llm265.rate.LeastSizeSearch;
import llm265.rate.QuantizerPoint;
import llm265.rate.RateController;
import llm265.rate.RateCurve;
import llm265.rate.RateTarget;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import llm265.tensor.StreamStore;
import llm265.tensor.analysis.ChannelWeights;
import llm265.tensor.format.TilePasses;

/** Codes tensors by trellis so that they meet a target. Thread-safe. */
final class TrellisSearch {
  /** Where a bound on errors lies at the best step: about this many deviations of the errors. */
  static final double BOUND_DEVIATIONS = 3;

  /** Steps are chosen for at least this quality and at most that. */
  private static final double LEAST_DECIBELS = 1;

  private static final double MOST_DECIBELS = 80;

  private final CodingSettings settings;
  private final TrellisWay way;
  private final Workers workers;
  private final TilePasses passes;

  TrellisSearch(CodingSettings settings, TrellisWay way, Workers workers, TilePasses passes) {
    this.settings = settings;
    this.way = way;
    this.workers = workers;
    this.passes = passes;
  }

  /** Begins with a tensor. */
  private TrellisCoding begin(TensorView tensor, StreamStore store) {
    TrellisCoding coding = new TrellisCoding(tensor, way, workers, passes, store);
    if (settings.weights() != null && !hasFeedback(coding)) {
      coding.setChannelWeights(ChannelWeights.of(settings.weights(), tensor.shape()), minimizes());
    }
    return coding;
  }

  /** Whether errors are made small on the whole, not each by itself. */
  private boolean minimizes() {
    return !(settings.target() instanceof RateTarget.MaxError);
  }

  private boolean hasFeedback(TrellisCoding coding) {
    return minimizes() && InputRows.framing(settings.moments(), coding.shape()) != null;
  }

  EncodedTensor code(TensorView tensor, StreamStore store) {
    try (TrellisCoding coding = begin(tensor, store)) {
      return switch (settings.target()) {
        case RateTarget.Bits bits -> codeAtBits(coding, bits.bitsPerValue());
        case RateTarget.Snr snr -> codeAtSnr(coding, snr.decibels());
        case RateTarget.MaxError bound -> codeAtMaxError(coding, bound.error());
        case RateTarget.Qp qp -> codeAtQp(coding, qp.qp());
        case RateTarget.Lossless lossless -> throw new IllegalStateException("lossless coding has no steps");
      };
    }
  }

  /** Arranges a tensor for a ratio of step to deviation; returns whether its step means anything. */
  private boolean arrange(TrellisCoding coding, double bits, double log2Ratio) {
    if (hasFeedback(coding)) {
      int block = way.feedbackBlock(InputRows.framing(settings.moments(), coding.shape()));
      coding.setFeedback(InputRows.of(settings.moments(), coding.shape(), block, bits));
    }
    double relativeError = GaussianModel.relativeError(log2Ratio);
    boolean byScale = settings.tools().has(TensorTools.Tool.SCALE_CLASSES);
    MethodChoice known = settings.known().choice();
    if (known != null) {
      coding.arrange(bits, relativeError, byScale, known);
    } else {
      coding.arrange(bits, relativeError, settings.mayRotate() ? settings.tools().reflections() : 0, byScale);
    }
    return coding.dependsOnStep();
  }

  private EncodedTensor codeAtBits(TrellisCoding coding, double bits) {
    if (!arrange(coding, bits, GaussianModel.log2RatioForBits(bits))) {
      return coding.codeWithoutStep();
    }
    RateCurve curve = settings.known().curve();
    return coding.encoded(curve == null
        ? RateController.codeAtBits(
            coding, bits, coding.values(), settings.known().excess(), TrellisCoding.NOMINAL_LEVEL_DEVIATION)
        : RateController.codeAboutBits(
            coding, bits, coding.values(), curve, settings.known().tolerance(), TrellisCoding.NOMINAL_LEVEL_DEVIATION));
  }

  private EncodedTensor codeAtSnr(TrellisCoding coding, double snr) {
    double log2Ratio = GaussianModel.log2RatioForSnr(snr);
    if (!arrange(coding, GaussianModel.bits(log2Ratio), log2Ratio)) {
      return coding.codeWithoutStep();
    }
    return coding.encoded(RateController.codeAtSnr(coding, snr, coding.varianceHead(), TrellisCoding.NOMINAL_LEVEL_DEVIATION));
  }

  private EncodedTensor codeAtMaxError(TrellisCoding coding, double error) {
    double snr = 20 * StrictMath.log10(BOUND_DEVIATIONS * coding.deviation() / error);
    double log2Ratio = GaussianModel.log2RatioForSnr(Math.clamp(snr, LEAST_DECIBELS, MOST_DECIBELS));
    boolean dependsOnStep = arrange(coding, GaussianModel.bits(log2Ratio), log2Ratio);
    coding.setMaxError(error);
    if (!dependsOnStep) {
      return coding.codeWithoutStep();
    }
    double start = GaussianModel.log2RatioForSnr(Math.clamp(snr - coding.varianceHead(), LEAST_DECIBELS, MOST_DECIBELS));
    return coding.encoded(LeastSizeSearch.code(coding, start, TrellisCoding.NOMINAL_LEVEL_DEVIATION));
  }

  private EncodedTensor codeAtQp(TrellisCoding coding, int qp) {
    double log2Ratio = new QuantizerPoint(qp, TrellisCoding.NOMINAL_LEVEL_DEVIATION).log2Ratio();
    return arrange(coding, GaussianModel.bits(log2Ratio), log2Ratio)
        ? coding.codeAt(log2Ratio, qp) : coding.codeWithoutStep();
  }

  /**
   * Looks at a sample of a tensor at about a rate.
   *
   * @param curve what is known of the tensor already; null for nothing
   */
  Probed probe(TensorView tensor, double bits, RateCurve curve) {
    try (TrellisCoding coding = begin(tensor, new MemoryStore())) {
      double byModel = GaussianModel.log2RatioForBits(bits);
      if (!arrange(coding, bits, byModel)) {
        EncodedTensor whole = coding.codeWithoutStep();
        return new Probed(
            null, RateCurve.fixed(8.0 * whole.bytes() / coding.values(), coding.squaredError() / coding.finite()), null,
            variance(coding));
      }
      QuantizerPoint point = QuantizerPoint.of(
          curve == null ? byModel : curve.log2Ratio(bits), TrellisCoding.NOMINAL_LEVEL_DEVIATION, coding.leastQp());
      CodingResult result = coding.sampled(point.log2Ratio());
      RateCurve.Probe probe = new RateCurve.Probe(
          point, 8 * result.bytes() / coding.values(), result.squaredError() / coding.finite());
      return new Probed(probe, null, coding.choice(), variance(coding));
    }
  }

  private static double variance(TrellisCoding coding) {
    return coding.deviation() * coding.deviation();
  }

  /**
   * Bits per value less those that the quality is worth, on a sample.
   *
   * @return NaN where a step means nothing
   */
  double gap(TensorView tensor, double bits, double log2Ratio) {
    try (TrellisCoding coding = begin(tensor, new MemoryStore())) {
      return arrange(coding, bits, log2Ratio) ? coding.gap(log2Ratio) : Double.NaN;
    }
  }
}
