package llm265.tensor.encode;

import llm265.h264.EncoderConfig;
import llm265.numeric.Logarithms;
import llm265.rate.GaussianModel;
import llm265.rate.QuantizerPoint;
import llm265.tensor.picture.CodingMethod;
import llm265.tensor.picture.H264PictureCoder;
import llm265.tensor.picture.PictureCoder;

/**
 * Chooses how a tensor is coded, by results on an excerpt: which prediction modes, and which tools of the tensor layer.
 *
 * @param pictures the pictures that tensors are coded on
 * @param tools the tensor layer's tools that may be used
 * @param mayRotate false if the errors of single values are bounded or weighted, since a rotation mixes values
 * @param known how the tensor is coded near this target, if this is known; otherwise null
 */
public record MethodChooser(CodingSettings.Pictures pictures, TensorTools tools, boolean mayRotate, MethodChoice known) {
  /** Bits per value that full mode decision must save on an excerpt to be used. */
  private static final double WORTH_MODE_DECISION = 0.02;

  /** Bits per value that a rotation must save on an excerpt to be used. */
  static final double WORTH_ROTATION = 0.01;

  /** Below this many bits per value, raw low bits are not tried: choosing levels by rate does better there. */
  private static final double LEAST_SPLIT_BITS = 4;

  /** Below this correlation with a neighbour, mode decision is not tried: prediction could not save a hundredth of a bit. */
  private static final double LEAST_CORRELATION = 0.1;

  /**
   * Below this ratio of mean to standard deviation the pre-inverse transform is tried; it is .798 for Gauss, .707 for Laplace.
   */
  private static final double HEAVY_TAILS = 0.785;

  /** Codes white noise, or is prescribed by the caller: the method that a tensor starts with. */
  public PictureCoder.Factory white() {
    return pictures.prescribed() != null ? pictures.prescribed() : factory(EncoderConfig.WHITE_TENSOR);
  }

  private PictureCoder.Factory factory(EncoderConfig config) {
    return H264PictureCoder.factory(
        config.withChroma(pictures.chroma()).withLevelTrellis(tools.has(TensorTools.Tool.LEVEL_TRELLIS)), pictures.bitDepth());
  }

  /**
   * Chooses how a tensor is coded. Full mode decision is for values that resemble their neighbours. Otherwise values are coded
   * as white noise: sorted by scale or not, rotated or not, with sign patterns or with the pre-inverse transform, whichever
   * does best on an excerpt. If streams may go beyond High, another choice is the steps of a quantizer on lossless pictures,
   * with their low bits next to them: at high rates the codes of large levels take more bits than that.
   *
   * @param log2Ratio ratio of step to deviation at which methods are compared
   * @return the choice; null if the caller prescribes it
   */
  public MethodChoice choose(TensorCoding coding, double log2Ratio) {
    if (pictures.prescribed() != null) {
      return null;
    }
    if (known != null) {
      use(coding, known);
      return known;
    }
    boolean maySplit = pictures.bitDepth() > 8 && GaussianModel.bits(log2Ratio) >= LEAST_SPLIT_BITS;
    Candidate split = coding.candidate(split());
    MethodChoice lossy = chooseLossy(coding, log2Ratio);
    if (maySplit) {
      double[] gaps = gaps(coding, log2Ratio, split, coding.present());
      if (gaps[0] < gaps[1]) {
        MethodChoice choice = new MethodChoice(false, null, false, true);
        use(coding, choice);
        return choice;
      }
    }
    return lossy;
  }

  /** Whether values correlate with their neighbours. */
  boolean areLikeNeighbours(TensorCoding coding) {
    return coding.present().correlation(coding.levelDeviation()) >= LEAST_CORRELATION;
  }

  private MethodChoice chooseLossy(TensorCoding coding, double log2Ratio) {
    CodingMethod asNoise = asNoise();
    coding.use(asNoise);
    boolean byModes = false;
    // The gap of the present arrangement; NaN if it is not known.
    double gap = Double.NaN;
    if (tools.has(TensorTools.Tool.MODE_DECISION) && areLikeNeighbours(coding)) {
      double[] gaps = gaps(coding, log2Ratio, coding.candidate(byModes()), coding.candidate(asNoise));
      byModes = gaps[0] < gaps[1] - WORTH_MODE_DECISION;
      gap = byModes ? gaps[0] : gaps[1];
    }
    if (!byModes && tools.has(TensorTools.Tool.SCALE_CLASSES) && coding.sortByScale()) {
      gap = Double.NaN;
    }
    if (mayRotate && tools.reflections() > 0) {
      gap = coding.rotateIfBetter(
          tools.reflections(), asNoise, gap, WORTH_ROTATION, candidate -> gap(coding, candidate, log2Ratio));
      byModes &= coding.rotation() == null;
    }
    boolean preInverse = false;
    if (!byModes && tools.has(TensorTools.Tool.PRE_INVERSE) && coding.meanDeviation() < HEAVY_TAILS) {
      Candidate inverted = coding.candidate(inverted());
      double[] gaps = Double.isNaN(gap)
          ? gaps(coding, log2Ratio, inverted, coding.candidate(asNoise))
          : new double[] {gap(coding, inverted, log2Ratio), gap};
      preInverse = gaps[0] < gaps[1];
    }
    coding.use(byModes ? byModes() : preInverse ? inverted() : asNoise);
    return new MethodChoice(byModes, coding.rotation(), preInverse, false);
  }

  private void use(TensorCoding coding, MethodChoice choice) {
    if (choice.isSplit()) {
      coding.arrangePlain();
      coding.use(split());
      return;
    }
    coding.use(asNoise());
    if (choice.rotation() != null) {
      coding.rotate(choice.rotation());
    } else if (!choice.byModes() && tools.has(TensorTools.Tool.SCALE_CLASSES)) {
      coding.sortByScale();
    }
    coding.use(choice.byModes() ? byModes() : choice.preInverse() ? inverted() : asNoise());
  }

  private CodingMethod asNoise() {
    return new CodingMethod(white(), tools.signPatterns(), false);
  }

  private CodingMethod byModes() {
    return new CodingMethod(factory(EncoderConfig.TENSOR), 1, false);
  }

  private CodingMethod split() {
    EncoderConfig config = EncoderConfig.WHITE_TENSOR.withChroma(pictures.chroma()).withLossless(true);
    return new CodingMethod(H264PictureCoder.factory(config), 1, false, true);
  }

  private CodingMethod inverted() {
    return new CodingMethod(white(), 1, true);
  }

  /** The gaps of candidates, measured side by side. */
  private static double[] gaps(TensorCoding coding, double log2Ratio, Candidate... candidates) {
    return coding.measure(candidate -> gap(coding, candidate, log2Ratio), candidates);
  }

  /** Bits per value of a candidate's excerpt less the bits that its quality is worth. */
  static double gap(TensorCoding coding, Candidate candidate, double log2Ratio) {
    QuantizerPoint point = QuantizerPoint.of(log2Ratio, candidate.levelDeviation(), candidate.leastQp());
    CodingResult result = candidate.trial(point.qp(), point.levelDeviation());
    return 8 * result.bytes() / coding.values() - result.snr() / Logarithms.DECIBELS_PER_BIT;
  }
}
