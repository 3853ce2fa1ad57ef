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
import llm265.tensor.Codec;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import llm265.tensor.StreamStore;
import llm265.tensor.analysis.ChannelWeights;
import llm265.tensor.exact.BlockCoding;
import llm265.tensor.exact.ExactCoding;
import llm265.tensor.format.TilePasses;

/**
 * Codes tensors so that they meet a target: chooses range and method, then lets the rate controller find the step. Thread-safe.
 */
public final class TargetSearch {
  /** A range is chosen for at least this quality, however coarse the step, so that there are some bits to spend. */
  private static final double LEAST_DECIBELS = 1;

  /** Eight-bit samples do not get better than this; deeper ones do, by as much as each bit is worth. */
  private static final double MOST_DECIBELS = 45;

  /** Below this many bits per value samples may be better even for noise: a trellis has little to choose among zeros. */
  private static final double LEAST_SURE_BITS = 1.25;

  /** With more padding, as a share of the values, samples may be better: whole blocks of theirs are nothing but padding. */
  private static final double MOST_SURE_PADDING = 0.03;

  private final CodingSettings settings;
  private final Workers workers;
  private final TilePasses passes;
  private final MethodChooser methods;

  public TargetSearch(CodingSettings settings, Workers workers) {
    this(settings, workers, TilePasses.by(workers));
  }

  /** A search whose passes may be made elsewhere. */
  public TargetSearch(CodingSettings settings, Workers workers, TilePasses passes) {
    this.settings = settings;
    this.workers = workers;
    this.passes = passes;
    this.methods = new MethodChooser(settings.pictures(), settings.tools(), settings.mayRotate(), settings.known().choice());
  }

  /**
   * Codes a tensor into a store, tile by tile.
   *
   * @throws IllegalArgumentException if values of its type cannot be coded, or the weights do not fit it
   */
  public EncodedTensor code(TensorView tensor, StreamStore store) {
    if (settings.target() instanceof RateTarget.Lossless) {
      return EncodedTensor.lossless(tensor.count(), codeExactly(tensor, store));
    }
    TrellisWay way = wayFor(tensor);
    if (way != null) {
      return new TrellisSearch(settings, way, workers, passes).code(tensor, store);
    }
    try (TensorCoding coding = begin(tensor, store)) {
      return switch (settings.target()) {
        case RateTarget.Bits bits -> codeAtBits(coding, bits.bitsPerValue());
        case RateTarget.Snr snr -> codeAtSnr(coding, snr.decibels());
        case RateTarget.MaxError bound -> codeAtMaxError(coding, bound.error());
        case RateTarget.Qp qp -> codeAtQp(coding, qp.qp());
        case RateTarget.Lossless lossless -> throw new IllegalStateException("lossless coding has no samples to choose");
      };
    }
  }

  private long codeExactly(TensorView tensor, StreamStore store) {
    boolean withPictures = settings.codec() == Codec.H264
        || settings.codec() == Codec.AUTO && isSmallerAsPictures(tensor);
    return withPictures ? pictures(tensor, store).code(passes) : new BlockCoding(tensor).code(passes, store);
  }

  private boolean isSmallerAsPictures(TensorView tensor) {
    long blocks = new BlockCoding(tensor).code(passes, new MemoryStore());
    return pictures(tensor, new MemoryStore()).code(passes) < blocks;
  }

  private ExactCoding pictures(TensorView tensor, StreamStore store) {
    return new ExactCoding(tensor, settings.pictures().exactForm(), workers, store);
  }

  private TensorCoding begin(TensorView tensor, StreamStore store) {
    TensorCoding coding = new TensorCoding(tensor, methods.white(), workers, passes, store);
    if (settings.weights() != null) {
      boolean minimize = settings.pictures().prescribed() == null && !(settings.target() instanceof RateTarget.MaxError);
      coding.setChannelWeights(ChannelWeights.of(settings.weights(), tensor.shape()), minimize);
    }
    return coding;
  }

  /**
   * How a tensor is coded: the way that has been found to be good, or the one that takes fewer bits for the quality on a sample.
   *
   * @return null for samples that stand for values
   */
  private TrellisWay wayFor(TensorView tensor) {
    if (settings.mayFeedBack() && InputRows.framing(settings.moments(), tensor.shape()) != null) {
      return settings.codec() == Codec.H264 ? settings.carriers()
          : settings.codec() == Codec.TRINITY || !settings.mayCarry() ? settings.chunks() : betterOfBoth(tensor);
    }
    MethodChoice known = settings.known().choice();
    if (known != null) {
      return known.codec() == Codec.TRINITY ? settings.chunks() : known.isCarried() ? settings.carriers() : null;
    }
    return hasChoice() ? better(tensor, ratioToCompareAt(tensor)) : onlyWay();
  }

  private boolean hasChoice() {
    return settings.codec() == Codec.AUTO || settings.codec() == Codec.H264 && settings.mayCarry();
  }

  /** The way where there is no other; null for samples. */
  private TrellisWay onlyWay() {
    return settings.codec() == Codec.TRINITY ? settings.chunks() : null;
  }

  private double ratioToCompareAt(TensorView tensor) {
    return switch (settings.target()) {
      case RateTarget.Bits bits -> GaussianModel.log2RatioForBits(bits.bitsPerValue());
      case RateTarget.Snr snr -> GaussianModel.log2RatioForSnr(snr.decibels());
      case RateTarget.Qp qp -> new QuantizerPoint(qp.qp(), TrellisCoding.NOMINAL_LEVEL_DEVIATION).log2Ratio();
      case RateTarget.MaxError bound -> {
        double deviation = new SourceTensor(tensor, workers).deviation();
        double snr = 20 * StrictMath.log10(TrellisSearch.BOUND_DEVIATIONS * deviation / bound.error());
        yield GaussianModel.log2RatioForSnr(Math.clamp(snr, LEAST_DECIBELS, mostDecibels()));
      }
      case RateTarget.Lossless lossless -> throw new IllegalStateException("lossless coding has no steps");
    };
  }

  private TrellisWay better(TensorView tensor, double log2Ratio) {
    double bits = GaussianModel.bits(log2Ratio);
    TrellisWay best = settings.mayCarry() ? settings.carriers() : null;
    try (TensorCoding coding = begin(tensor, new MemoryStore())) {
      chooseRange(coding, bits, GaussianModel.relativeError(log2Ratio));
      if (!coding.dependsOnStep()) {
        return onlyWay();
      }
      double gap = best == null ? Double.POSITIVE_INFINITY : Double.NaN;
      if (settings.codec() == Codec.AUTO) {
        double ofChunks = gap(settings.chunks(), tensor, bits, log2Ratio);
        gap = best == null ? gap : gap(best, tensor, bits, log2Ratio);
        best = ofChunks <= gap ? settings.chunks() : best;
        gap = Math.min(ofChunks, gap);
      }
      if (best != null && bits >= LEAST_SURE_BITS && coding.padding() <= MOST_SURE_PADDING
          && !methods.areLikeNeighbours(coding)) {
        return best;
      }
      gap = Double.isNaN(gap) ? gap(best, tensor, bits, log2Ratio) : gap;
      methods.choose(coding, log2Ratio);
      return MethodChooser.gap(coding, coding.present(), log2Ratio) < gap ? null : best;
    }
  }

  private TrellisWay betterOfBoth(TensorView tensor) {
    double log2Ratio = ratioToCompareAt(tensor);
    double bits = GaussianModel.bits(log2Ratio);
    return gap(settings.chunks(), tensor, bits, log2Ratio) <= gap(settings.carriers(), tensor, bits, log2Ratio)
        ? settings.chunks() : settings.carriers();
  }

  private double gap(TrellisWay way, TensorView tensor, double bits, double log2Ratio) {
    return new TrellisSearch(settings, way, workers, passes).gap(tensor, bits, log2Ratio);
  }

  private void chooseRange(TensorCoding coding, double bits, double relativeError) {
    coding.chooseRange(settings.tools().has(TensorTools.Tool.OUTLIERS) ? bits : 0, relativeError);
  }

  /**
   * Codes a little of a tensor near a rate.
   *
   * @param curve what is known about the tensor already; null for nothing
   * @return the estimated result for the whole; a fixed curve if the result is the same at any rate
   */
  public Probed probe(TensorView tensor, double bits, RateCurve curve) {
    TrellisWay way = hasChoice() ? better(tensor, GaussianModel.log2RatioForBits(bits)) : onlyWay();
    if (way != null) {
      return new TrellisSearch(settings, way, workers, passes).probe(tensor, bits, curve);
    }
    try (TensorCoding coding = new TensorCoding(tensor, methods.white(), workers, passes, new MemoryStore())) {
      return probe(coding, bits, curve);
    }
  }

  private Probed probe(TensorCoding coding, double bits, RateCurve curve) {
    double byModel = GaussianModel.log2RatioForBits(bits);
    chooseRange(coding, bits, GaussianModel.relativeError(byModel));
    double finite = Math.max(1, coding.values() - coding.notFinite());
    double variance = coding.deviation() * coding.deviation();
    if (!coding.dependsOnStep()) {
      CodingResult result = coding.present().trial(0, coding.levelDeviation());
      return new Probed(
          null, RateCurve.fixed(8 * result.bytes() / coding.values(), result.squaredError() / finite), null, variance);
    }
    MethodChoice choice = methods.choose(coding, byModel);
    QuantizerPoint point = QuantizerPoint.of(
        curve == null ? byModel : curve.log2Ratio(bits), coding.levelDeviation(), coding.leastQp());
    CodingResult result = coding.present().trial(point.qp(), point.levelDeviation());
    RateCurve.Probe probe =
        new RateCurve.Probe(point, 8 * result.bytes() / coding.values(), result.squaredError() / finite);
    return new Probed(probe, null, choice, variance);
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
        ? RateController.codeAtBits(passes, bits, coding.values(), settings.known().excess(), coding.levelDeviation())
        : RateController.codeAboutBits(
            passes, bits, coding.values(), curve, settings.known().tolerance(), coding.levelDeviation()));
  }

  private EncodedTensor codeAtSnr(TensorCoding coding, double snr) {
    double log2Ratio = GaussianModel.log2RatioForSnr(snr);
    chooseRange(coding, GaussianModel.bits(log2Ratio), GaussianModel.relativeError(log2Ratio));
    if (!coding.dependsOnStep()) {
      return codeOnce(coding, 0);
    }
    methods.choose(coding, log2Ratio);
    TensorPasses passes = new TensorPasses(coding);
    return passes.result(RateController.codeAtSnr(passes, snr, coding.varianceHead(), coding.levelDeviation()));
  }

  private EncodedTensor codeAtMaxError(TensorCoding coding, double error) {
    // Errors are sums over many levels, and the bound lies at about three of their deviations.
    double snr = 20 * StrictMath.log10(TrellisSearch.BOUND_DEVIATIONS * coding.deviation() / error);
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
    return passes.result(LeastSizeSearch.code(passes, log2Ratio, coding.levelDeviation()));
  }

  /** The best quality that samples can have, in decibels. */
  private double mostDecibels() {
    return MOST_DECIBELS + Logarithms.DECIBELS_PER_BIT * (settings.pictures().bitDepth() - 8);
  }

  private EncodedTensor codeAtQp(TensorCoding coding, int qp) {
    double log2Ratio = new QuantizerPoint(qp, TrellisCoding.NOMINAL_LEVEL_DEVIATION).log2Ratio();
    chooseRange(coding, GaussianModel.bits(log2Ratio), GaussianModel.relativeError(log2Ratio));
    if (coding.dependsOnStep()) {
      methods.choose(coding, log2Ratio);
    }
    return codeOnce(coding, qp);
  }

  private static EncodedTensor codeOnce(TensorCoding coding, int qp) {
    return coding.encoded(coding.code(qp, coding.levelDeviation()), qp, 1);
  }
}
