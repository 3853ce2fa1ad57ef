package llm265.tensor.encode;

import java.util.function.ToDoubleFunction;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.tensor.EncodedTensor;
import llm265.tensor.StreamStore;
import llm265.tensor.analysis.ChannelWeights;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.picture.CodingMethod;
import llm265.tensor.picture.PictureCoder;
import llm265.tensor.picture.PictureTileCoder;
import llm265.tensor.picture.PictureTiles;
import llm265.tensor.picture.SampleDepth;
import llm265.tensor.picture.SampleQuantizer;
import llm265.tensor.tools.Rotation;
import llm265.tensor.tools.ScaleClasses;

/**
 * Codes one tensor into one stream, as often as it takes to meet a target: statistics and range of the samples are found
 * once, then each {@link #code} writes the whole stream with another step.
 */
public final class TensorCoding implements AutoCloseable {
  /** Tensors of fewer excerpts' worth of values are coded whole from the start. */
  private static final int LEAST_EXCERPTS = 4;

  private final SourceTensor source;
  private CodingMethod method;
  private final Workers workers;
  private final StreamStore store;
  private final Arranger arranger;
  private Arrangement plain;
  private Arrangement arrangement;
  private ErrorBounds bounds = ErrorBounds.NONE;

  /**
   * Begins with a tensor; reads it once, for its statistics.
   *
   * @param tensor of type F32, F16, BF16 or F64; values of F64 are coded as the nearest of F32
   * @param store receives the stream
   * @throws IllegalArgumentException if values of the type cannot be coded
   */
  public TensorCoding(TensorView tensor, PictureCoder.Factory coders, Workers workers, StreamStore store) {
    this.source = new SourceTensor(tensor, workers);
    this.method = new CodingMethod(coders, 1, false);
    this.workers = workers;
    this.store = store;
    this.arranger = new Arranger(source, workers);
  }

  public long values() {
    return source.values();
  }

  /** Number of values that are NaN or infinite, or too large for F32: kept exactly. */
  public long notFinite() {
    return source.notFinite();
  }

  /**
   * Chooses which values become samples, for about this rate and quality, with the tensor as it is. Before the first {@link
   * #code}.
   *
   * @param bitsPerValue rate that is expected; 0 for no outliers but values that are not finite
   * @param relativeError mean squared error that is expected at that rate, as a share of the samples' variance
   */
  public void chooseRange(double bitsPerValue, double relativeError) {
    plain = arranger.plain(bitsPerValue, relativeError, depth());
    arrange(plain);
  }

  private void arrange(Arrangement other) {
    arrangement = other;
    use(method);
  }

  /** Of the samples, in whichever way they are coded. */
  private SampleDepth depth() {
    return new SampleDepth(method.coders().bitDepth());
  }

  /** QPY of the finest step. */
  public int leastQp() {
    return candidate(method).leastQp();
  }

  /** The tensor as it is arranged now, coded in the way that is in use. */
  public Candidate present() {
    return candidate(method);
  }

  /** The tensor as it is arranged now, coded in a way. */
  public Candidate candidate(CodingMethod of) {
    return new Candidate(arrangement, of, bounds, values(), source::estimate);
  }

  /** Measures candidates side by side, as far as there are threads. */
  public double[] measure(ToDoubleFunction<Candidate> measurement, Candidate... candidates) {
    double[] results = new double[candidates.length];
    workers.forEachInOrder(
        candidates.length, i -> measurement.applyAsDouble(candidates[i]), (i, result) -> results[i] = result);
    return results;
  }

  /** Codes the tensor as it is again, neither sorted nor rotated. */
  public void arrangePlain() {
    arrange(plain);
    dropRotatedPlane();
  }

  /**
   * Sorts rows and columns by scale where that pays; reads the tensor again, up to three times. After {@link #chooseRange}.
   *
   * @return whether it does
   */
  public boolean sortByScale() {
    Arrangement before = arrangement;
    arrange(arranger.sorted(before, depth()));
    return arrangement != before;
  }

  /**
   * Rotates the plane to its principal axes and sorts it by scale, if that does better than the present arrangement.
   *
   * @param reflections number of reflections at most
   * @param method with which the rotated plane is measured, and the present arrangement if need be
   * @param known what the present arrangement measures; NaN to measure it, only where there is a rotation to compare
   * @param better what the rotated plane must measure less
   * @return what the arrangement measures that is used from now on; {@code known} where there is no rotation
   */
  public double rotateIfBetter(
      int reflections, CodingMethod method, double known, double better, ToDoubleFunction<Candidate> measurement) {
    Arrangement before = arrangement;
    Rotation rotation = arranger.principalAxes(before.range(), reflections);
    if (rotation == null) {
      return known;
    }
    Candidate present = candidate(method);
    rotate(rotation);
    Candidate rotated = candidate(method);
    double[] measured = Double.isNaN(known) ? measure(measurement, rotated, present) : measure(measurement, rotated);
    double presents = Double.isNaN(known) ? measured[1] : known;
    if (measured[0] < presents - better) {
      return measured[0];
    }
    arrange(before);
    dropRotatedPlane();
    return presents;
  }

  /** Frees the memory of a rotated plane, if there is one. */
  @Override
  public void close() {
    dropRotatedPlane();
  }

  private void dropRotatedPlane() {
    arranger.close();
  }

  /** The rotation in use; null if there is none. */
  public Rotation rotation() {
    return arrangement.rotation();
  }

  /** Rotates the plane, as has been found to be good, and sorts it by scale. After {@link #chooseRange}. */
  public void rotate(Rotation rotation) {
    arrange(arranger.rotated(rotation, depth()));
  }

  /** The standard deviation of the levels to aim at. */
  public double levelDeviation() {
    return candidate(method).levelDeviation();
  }

  /**
   * What the deviations of values that become samples are on average, over their standard deviation: .798 for Gaussian values.
   */
  public double meanDeviation() {
    return arrangement.range().meanDeviation();
  }

  /** How much greater the variance of all finite values is than that of those that become samples, in dB. */
  public double varianceHead() {
    double scale = ScaleClasses.factor(arrangement.referenceClass());
    double deviation = arrangement.rangeOf(method).deviation() * scale;
    double inner = deviation * deviation;
    double variance = arranger.codedVariance();
    return inner > 0 && variance > 0 ? 10 * StrictMath.log10(variance / inner) : 0;
  }

  /** True if what a step leads to depends on the step: not so for constants and for tensors that are kept exactly. */
  public boolean dependsOnStep() {
    return arrangement.dependsOnStep();
  }

  /** Codes in this way from now on. */
  public void use(CodingMethod newMethod) {
    method = newMethod;
  }

  /**
   * From now on values whose error would be greater, once they are decoded and rounded to the tensor's type, are kept exactly.
   *
   * @param newMaxError 0 or more, in units of the values
   */
  public void setMaxError(double newMaxError) {
    bounds = bounds.withMaxError(newMaxError);
  }

  /**
   * From now on results tell of the weighted error, too; reads the tensor once or twice more. Before {@link #chooseRange}.
   *
   * @param minimize whether that error is what is to be small, in place of the plain one
   */
  public void setChannelWeights(ChannelWeights newWeights, boolean minimize) {
    bounds = bounds.with(newWeights);
    source.setWeights(newWeights);
    arranger.setChannels(minimize ? newWeights.scales() : null);
  }

  /** Standard deviation of the finite values. */
  public double deviation() {
    return source.deviation();
  }

  /** True if looking at an excerpt first saves time. */
  public boolean hasExcerpt() {
    return dependsOnStep() && values() >= (long) LEAST_EXCERPTS * Candidate.LEAST_EXCERPT;
  }

  /** Writes the whole stream, in place of what was written before. */
  public CodingResult code(int qp, double levelDeviation) {
    SampleQuantizer quantizer = arrangement.quantizer(method, qp, levelDeviation);
    return new StreamPass(source, arrangement, method, quantizer.lowBits(), store)
        .code(arrangement.framing().tiles(), new PictureTiles(arrangement, method, bounds, quantizer, qp), workers);
  }

  /** What became of the tensor, if a pass over it was the last. */
  EncodedTensor encoded(CodingResult last, int qp, int passes) {
    return new EncodedTensor(
        values(), (long) last.bytes(), last.snr(), qp, last.outliers(), notFinite(), passes, last.weighted(), false);
  }
}
