package llm265.tensor.encode;

import llm265.dtype.TensorView;
import llm265.numeric.Logarithms;
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
import llm265.tensor.exact.ExactCoding;

/**
 * Codes tensors so that they meet a target: chooses range and method, then lets the rate controller find the step. Thread-safe.
 */
public final class TargetSearch {
  /** The standard deviation of samples that a QP stands for, if nothing else determines it. */
  private static final double NOMINAL_LEVELS = 28;

  /** Where a bound on errors lies at the best step: about this many deviations of the errors. */
  private static final double BOUND_DEVIATIONS = 3;

  /** A range is chosen for at least this quality, however coarse the step, so that there are some bits to spend. */
  private static final double LEAST_DECIBELS = 1;

  /** Eight-bit samples do not get better than this; deeper ones do, by as much as each bit is worth. */
  private static final double MOST_DECIBELS = 45;

  private final CodingSettings settings;
  private final Workers workers;
  private final MethodChooser methods;

  public TargetSearch(CodingSettings settings, Workers workers) {
    this.settings = settings;
    this.workers = workers;
    boolean mayRotate = settings.weights() == null && !(settings.target() instanceof RateTarget.MaxError);
    this.methods = new MethodChooser(settings.pictures(), settings.tools(), mayRotate, settings.known().choice());
  }

  /**
   * Codes a tensor into a store, tile by tile.
   *
   * @throws IllegalArgumentException if values of its type cannot be coded, or the weights do not fit it
   */
  public EncodedTensor code(TensorView tensor, StreamStore store) {
    if (settings.target() instanceof RateTarget.Lossless) {
      return EncodedTensor.lossless(tensor.count(), new ExactCoding(tensor, workers, store).code());
    }
    try (TensorCoding coding = new TensorCoding(tensor, methods.white(), workers, store)) {
      if (settings.weights() != null) {
        boolean minimize = settings.pictures().prescribed() == null && !(settings.target() instanceof RateTarget.MaxError);
        coding.setChannelWeights(ChannelWeights.of(settings.weights(), tensor.shape()), minimize);
      }
      return switch (settings.target()) {
        case RateTarget.Bits bits -> codeAtBits(coding, bits.bitsPerValue());
        case RateTarget.Snr snr -> codeAtSnr(coding, snr.decibels());
        case RateTarget.MaxError bound -> codeAtMaxError(coding, bound.error());
        case RateTarget.Qp qp -> codeAtQp(coding, qp.qp());
        case RateTarget.Lossless lossless -> throw new IllegalStateException("lossless coding has no samples to choose");
      };
    }
  }

  private void chooseRange(TensorCoding coding, double bits, double relativeError) {
    coding.chooseRange(settings.tools().has(TensorTools.Tool.OUTLIERS) ? bits : 0, relativeError);
  }

  /** A point of a tensor's curve and how it is coded there, or the curve of a tensor that has only one point. */
  public record Probed(RateCurve.Probe probe, RateCurve fixed, MethodChoice choice) {}

  /**
   * Codes a little of a tensor near a rate.
   *
   * @param curve what is known about the tensor already; null for nothing
   * @return the estimated result for the whole; a fixed curve if the result is the same at any rate
   */
  public Probed probe(TensorView tensor, double bits, RateCurve curve) {
    try (TensorCoding coding = new TensorCoding(tensor, methods.white(), workers, new MemoryStore())) {
      return probe(coding, bits, curve);
    }
  }

  private Probed probe(TensorCoding coding, double bits, RateCurve curve) {
    double byModel = GaussianModel.log2RatioForBits(bits);
    chooseRange(coding, bits, GaussianModel.relativeError(byModel));
    double finite = Math.max(1, coding.values() - coding.notFinite());
    if (!coding.dependsOnStep()) {
      CodingResult result = coding.present().trial(0, coding.levels());
      return new Probed(null, RateCurve.fixed(8 * result.bytes() / coding.values(), result.squaredError() / finite), null);
    }
    MethodChoice choice = methods.choose(coding, byModel);
    QuantizerPoint point = QuantizerPoint.of(
        curve == null ? byModel : curve.log2Ratio(bits), coding.levels(), coding.leastQp());
    CodingResult result = coding.present().trial(point.qp(), point.levels());
    RateCurve.Probe probe =
        new RateCurve.Probe(point, 8 * result.bytes() / coding.values(), result.squaredError() / finite);
    return new Probed(probe, null, choice);
  }

  private EncodedTensor codeAtBits(TensorCoding coding, double bits) {
    double log2Ratio = GaussianModel.log2RatioForBits(bits);
    chooseRange(coding, bits, GaussianModel.relativeError(log2Ratio));
    if (!coding.dependsOnStep()) {
      return codeOnce(coding, 0);
    }
    methods.choose(coding, log2Ratio);
    TensorPasses passes = new TensorPasses(coding);
    RateCurve curve = settings.known().curve();
    return passes.result(curve == null
        ? RateController.codeAtBits(passes, bits, coding.values(), coding.levels())
        : RateController.codeAboutBits(passes, bits, coding.values(), curve, settings.known().tolerance(), coding.levels()));
  }

  private EncodedTensor codeAtSnr(TensorCoding coding, double snr) {
    double log2Ratio = GaussianModel.log2RatioForSnr(snr);
    chooseRange(coding, GaussianModel.bits(log2Ratio), GaussianModel.relativeError(log2Ratio));
    if (!coding.dependsOnStep()) {
      return codeOnce(coding, 0);
    }
    methods.choose(coding, log2Ratio);
    TensorPasses passes = new TensorPasses(coding);
    return passes.result(RateController.codeAtSnr(passes, snr, coding.varianceHead(), coding.levels()));
  }

  private EncodedTensor codeAtMaxError(TensorCoding coding, double error) {
    // Errors are sums over many levels, and the bound lies at about three of their deviations.
    double snr = 20 * StrictMath.log10(BOUND_DEVIATIONS * coding.deviation() / error);
    double log2Ratio = GaussianModel.log2RatioForSnr(Math.clamp(snr, LEAST_DECIBELS, mostDecibels()));
    chooseRange(coding, GaussianModel.bits(log2Ratio), GaussianModel.relativeError(log2Ratio));
    if (!coding.dependsOnStep()) {
      coding.setMaxError(error);
      return codeOnce(coding, 0);
    }
    log2Ratio = GaussianModel.log2RatioForSnr(Math.clamp(snr - coding.varianceHead(), LEAST_DECIBELS, mostDecibels()));
    methods.choose(coding, log2Ratio);
    coding.setMaxError(error);
    TensorPasses passes = new TensorPasses(coding);
    return passes.result(LeastSizeSearch.code(passes, log2Ratio, coding.levels()));
  }

  /** The best quality that samples can have, in decibels. */
  private double mostDecibels() {
    return MOST_DECIBELS + Logarithms.DECIBELS_PER_BIT * (settings.pictures().bitDepth() - 8);
  }

  private EncodedTensor codeAtQp(TensorCoding coding, int qp) {
    double log2Ratio = new QuantizerPoint(qp, NOMINAL_LEVELS).log2Ratio();
    chooseRange(coding, GaussianModel.bits(log2Ratio), GaussianModel.relativeError(log2Ratio));
    if (coding.dependsOnStep()) {
      methods.choose(coding, log2Ratio);
    }
    return codeOnce(coding, qp);
  }

  private static EncodedTensor codeOnce(TensorCoding coding, int qp) {
    return coding.encoded(coding.code(qp, coding.levels()), qp, 1);
  }
}
