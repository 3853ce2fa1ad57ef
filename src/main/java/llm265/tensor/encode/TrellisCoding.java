package llm265.tensor.encode;

import llm265.dtype.TensorView;
import llm265.numeric.Logarithms;
import llm265.parallel.Workers;
import llm265.rate.QuantizerPoint;
import llm265.rate.RateController;
import llm265.tensor.EncodedTensor;
import llm265.tensor.StreamStore;
import llm265.tensor.analysis.ChannelWeights;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.feedback.DampedMoments;
import llm265.tensor.format.TilePasses;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.picture.SampleDepth;
import llm265.tensor.tools.Rotation;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.trellis.TrellisPlan;

/**
 * Codes one tensor into one stream without pictures, as often as it takes to meet a target.
 *
 * <p>A ratio of step to deviation means the step of each of the two quantizers, so that a ratio comes to about the same rate as
 * with pictures.
 */
final class TrellisCoding implements AutoCloseable, RateController.Trial {
  /** Tensors of fewer samples' worth of values are coded whole from the start. */
  private static final int LEAST_SAMPLES = 8;

  private static final double BITS_TOLERANCE = 0.001;
  private static final int PASSES = 12;

  /** The standard deviation of levels that a QP stands for, if nothing else determines it. */
  static final double NOMINAL_LEVEL_DEVIATION = 28;

  private final SourceTensor source;
  private final TrellisWay way;
  private final TilePasses passes;
  private final StreamStore store;
  private final Arranger arranger;
  private Arrangement arrangement;
  private ErrorBounds bounds = ErrorBounds.NONE;
  /** Null without feedback. */
  private DampedMoments moments;
  private TrellisPlan plan;
  private CodingResult last;

  /**
   * Begins with a tensor; reads it once, for its statistics.
   *
   * @throws IllegalArgumentException if values of the type cannot be coded
   */
  TrellisCoding(TensorView tensor, TrellisWay way, Workers workers, TilePasses passes, StreamStore store) {
    this.source = new SourceTensor(tensor, workers);
    this.way = way;
    this.passes = passes;
    this.store = store;
    this.arranger = new Arranger(source, workers);
  }

  long values() {
    return source.values();
  }

  long[] shape() {
    return source.shape();
  }

  /** Number of finite values, at least 1. */
  double finite() {
    return Math.max(1, source.values() - source.notFinite());
  }

  /** Standard deviation of the finite values. */
  double deviation() {
    return source.deviation();
  }

  /** From now on results have the weighted error, too. Before {@link #arrange}. */
  void setChannelWeights(ChannelWeights weights, boolean minimize) {
    bounds = bounds.with(weights);
    source.setWeights(weights);
    arranger.setChannels(minimize ? weights.scales() : null);
  }

  /**
   * From now on later inputs make up for the errors of earlier ones. Before {@link #arrange}.
   *
   * @param inputs the plane, and what errors of each input count for
   */
  void setFeedback(InputRows inputs) {
    moments = inputs.moments();
    arranger.setFraming(inputs.framing());
    arranger.setChannels(ChannelWeights.of(inputs.weights(), source.shape()).scales());
  }

  /** From now on values whose error would be greater are kept exactly. */
  void setMaxError(double maxError) {
    bounds = bounds.withMaxError(maxError);
    plan = null;
  }

  /**
   * Arranges the tensor: as it is, by scale, or rotated, whichever does best on a sample.
   *
   * @param bits rate that is expected
   * @param relativeError mean squared error that is expected, as a share of the variance
   * @param reflections of a rotation at most; 0 for none
   * @param byScale whether rows and columns may have laws by their scale
   */
  void arrange(double bits, double relativeError, int reflections, boolean byScale) {
    use(arranger.plain(bits, relativeError, SampleDepth.EIGHT));
    if (dependsOnStep() && byScale) {
      use(arranger.sorted(arrangement, SampleDepth.EIGHT));
    }
    if (dependsOnStep() && reflections > 0) {
      rotateIfBetter(reflections, 0.5 * Logarithms.log2(relativeError) + Logarithms.log2(12) / 2);
    }
  }

  private void rotateIfBetter(int reflections, double log2Ratio) {
    Arrangement before = arrangement;
    Rotation rotation = arranger.principalAxes(before.range(), reflections);
    if (rotation == null) {
      return;
    }
    double gap = gap(log2Ratio);
    use(arranger.rotated(rotation, SampleDepth.EIGHT));
    if (gap(log2Ratio) > gap - MethodChooser.WORTH_ROTATION) {
      use(before);
      arranger.close();
    }
  }

  /** As {@link #arrange}, as has been found to be good. */
  void arrange(double bits, double relativeError, boolean byScale, MethodChoice choice) {
    use(arranger.plain(bits, relativeError, SampleDepth.EIGHT));
    if (dependsOnStep()) {
      use(choice.rotation() != null
          ? arranger.rotated(choice.rotation(), SampleDepth.EIGHT)
          : byScale ? arranger.sorted(arrangement, SampleDepth.EIGHT) : arrangement);
    }
  }

  private void use(Arrangement other) {
    arrangement = other;
    plan = null;
  }

  /** How it is arranged. */
  MethodChoice choice() {
    return way.choice(arrangement.rotation());
  }

  /** Bits per value less those that the quality is worth, on a sample; to be compared with those of the same tensor only. */
  double gap(double log2Ratio) {
    CodingResult result = sampled(log2Ratio);
    return 8 * result.bytes() / values() - result.snr() / Logarithms.DECIBELS_PER_BIT;
  }

  private TrellisPlan plan() {
    if (plan == null) {
      plan = way.plan(arrangement, bounds, moments);
    }
    return plan;
  }

  /** True if what a step leads to depends on the step: not so for constants and for tensors that are kept exactly. */
  boolean dependsOnStep() {
    return arrangement.dependsOnStep();
  }

  /** How much greater the variance of all finite values is than that of those of the reference class, in dB. */
  double varianceHead() {
    double variance = arranger.codedVariance();
    double inner = referenceDeviation() * referenceDeviation();
    return inner > 0 && variance > 0 ? 10 * StrictMath.log10(variance / inner) : 0;
  }

  private double referenceDeviation() {
    return arrangement.range().deviation() * ScaleClasses.factor(arrangement.referenceClass());
  }

  private double step(double log2Ratio) {
    return 0.5 * referenceDeviation() * StrictMath.pow(2, log2Ratio);
  }

  /** What the whole would come to, by a sample. */
  CodingResult sampled(double log2Ratio) {
    TrellisPlan.Estimate estimate = plan().estimate(step(log2Ratio));
    return source.estimate(new TensorExcerpt.Estimate(estimate.bytes(), estimate.squaredError(), estimate.exact()));
  }

  @Override
  public boolean hasExcerpt() {
    return dependsOnStep() && values() >= (long) LEAST_SAMPLES * way.sampleValues();
  }

  @Override
  public int leastQp() {
    return QuantizerPoint.LEAST_QP;
  }

  @Override
  public double bitsTolerance() {
    return BITS_TOLERANCE;
  }

  @Override
  public int mostPasses() {
    return PASSES;
  }

  @Override
  public RateController.Measurement rough(QuantizerPoint point) {
    return excerpt(point);
  }

  @Override
  public RateController.Measurement excerpt(QuantizerPoint point) {
    return measurement(sampled(point.log2Ratio()));
  }

  @Override
  public RateController.Measurement code(QuantizerPoint point) {
    return measurement(codeAt(plan().next(step(point.log2Ratio()))));
  }

  /** Codes a tensor whose step means nothing. */
  EncodedTensor codeWithoutStep() {
    codeAt(plan().withoutStep());
    return encoded(0, 1);
  }

  /** Codes the tensor at a ratio of step to deviation. */
  EncodedTensor codeAt(double log2Ratio, int qp) {
    codeAt(plan().at(step(log2Ratio)));
    return encoded(qp, 1);
  }

  private CodingResult codeAt(TrellisPlan.Tiles tiles) {
    last = new StreamPass(source, arrangement, tiles.transforms(), store)
        .code(arrangement.framing().tiles(), tiles, passes);
    return last;
  }

  private RateController.Measurement measurement(CodingResult result) {
    return new RateController.Measurement(8 * result.bytes() / values(), result.snr());
  }

  /** Sum of the squared errors of the last pass. */
  double squaredError() {
    return last.squaredError();
  }

  /** What came of the last pass, which a search ended with. */
  EncodedTensor encoded(RateController.Outcome outcome) {
    return encoded(outcome.point().qp(), outcome.passes());
  }

  private EncodedTensor encoded(int qp, int passes) {
    return new EncodedTensor(
        values(), (long) last.bytes(), last.snr(), qp, last.outliers(), source.notFinite(), passes, last.weighted(), false);
  }

  /** Frees the memory of a rotated plane, if there is one. */
  @Override
  public void close() {
    arranger.close();
  }
}
