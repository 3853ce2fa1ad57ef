package llm265.tensor.encode;

import java.util.function.ToDoubleFunction;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.tensor.EncodedTensor;
import llm265.tensor.StreamStore;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.ChannelWeights;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.format.TilePasses;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.picture.CodingMethod;
import llm265.tensor.picture.PictureCoder;
import llm265.tensor.picture.PictureTiles;
import llm265.tensor.picture.SampleDepth;
import llm265.tensor.picture.SampleQuantizer;
import llm265.tensor.tools.Rotation;
import llm265.tensor.tools.ScaleClasses;

/**
 * Codes one tensor into one stream, as often as a target needs: statistics and range of the samples are found once; then each
 * {@link #code} writes the whole stream with another step.
 */
public final class TensorCoding implements AutoCloseable {
  /** Tensors of fewer values than this many excerpts are coded whole from the start. */
  private static final int LEAST_EXCERPTS = 4;

  private final SourceTensor source;
  private CodingMethod method;
  private final Workers workers;
  private final TilePasses passes;
  private final StreamStore store;
  private final Arranger arranger;
  private Arrangement plain;
  private Arrangement arrangement;
  private ErrorBounds bounds = ErrorBounds.NONE;

  /**
   * Begins a tensor; reads it once, for its statistics.
   *
   * @param tensor of type F32, F16, BF16 or F64; values of F64 are coded as the nearest value of F32
   * @param store receives the stream
   * @throws IllegalArgumentException if samples cannot stand for values of the type
   */
  public TensorCoding(TensorView tensor, PictureCoder.Factory coders, Workers workers, StreamStore store) {
    this(tensor, coders, workers, TilePasses.by(workers), store);
  }

  /** The same with passes that may be made elsewhere. */
  TensorCoding(TensorView tensor, PictureCoder.Factory coders, Workers workers, TilePasses passes, StreamStore store) {
    this.source = new SourceTensor(tensor, workers);
    this.method = new CodingMethod(coders, 1, false);
    this.workers = workers;
    this.passes = passes;
    this.store = store;
    this.arranger = new Arranger(source, workers);
  }

  public long values() {
    return source.values();
  }

  /** Number of values that are NaN or infinite, or too large for F32; they are kept exactly. */
  public long notFinite() {
    return source.notFinite();
  }

  /**
   * Chooses which values become samples, for about this rate and quality, with the tensor as it is. Must be called before the
   * first {@link #code}.
   *
   * @param bitsPerValue expected rate; 0 to make only values that are not finite outliers
   * @param relativeError expected mean squared error at that rate, as a share of the samples' variance
   */
  public void chooseRange(double bitsPerValue, double relativeError) {
    plain = arranger.plain(bitsPerValue, relativeError, depth());
    arrange(plain);
  }

  private void arrange(Arrangement other) {
    arrangement = other;
    use(method);
  }

  /** The depth of the samples, with whichever method. */
  private SampleDepth depth() {
    return new SampleDepth(method.coders().bitDepth());
  }

  /** QPY of the finest step. */
  public int leastQp() {
    return candidate(method).leastQp();
  }

  /** The present arrangement with the present method. */
  public Candidate present() {
    return candidate(method);
  }

  /** The present arrangement with a given method. */
  public Candidate candidate(CodingMethod of) {
    return new Candidate(arrangement, of, bounds, values(), source::estimate);
  }

  /** Measures candidates side by side, on the available threads. */
  public double[] measure(ToDoubleFunction<Candidate> measurement, Candidate... candidates) {
    double[] results = new double[candidates.length];
    workers.forEachInOrder(
        candidates.length, i -> measurement.applyAsDouble(candidates[i]), (i, result) -> results[i] = result);
    return results;
  }

  /** Goes back to the tensor as it is, neither sorted nor rotated. */
  public void arrangePlain() {
    arrange(plain);
    dropRotatedPlane();
  }

  /**
   * Sorts rows and columns by scale if this pays; reads the tensor again, up to three times. Must be called after {@link
   * #chooseRange}.
   *
   * @return whether it pays
   */
  public boolean sortByScale() {
    Arrangement before = arrangement;
    arrange(arranger.sorted(before, depth()));
    return arrangement != before;
  }

  /**
   * Rotates the plane to its principal axes and sorts it by scale, if this does better than the present arrangement.
   *
   * @param reflections greatest number of reflections
   * @param method method with which the rotated plane is measured, and the present arrangement if necessary
   * @param known measurement of the present arrangement; NaN to measure it, which happens only if there is a rotation to
   *     compare
   * @param better how much less the rotated plane must measure
   * @return the measurement of the arrangement that is used from now on; {@code known} if there is no rotation
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

  /** Rotates the plane with a given rotation and sorts it by scale. Must be called after {@link #chooseRange}. */
  public void rotate(Rotation rotation) {
    arrange(arranger.rotated(rotation, depth()));
  }

  /** The wanted standard deviation of the levels. */
  public double levelDeviation() {
    return candidate(method).levelDeviation();
  }

  /** Mean deviation of the values that become samples over their standard deviation: .798 for Gaussian values. */
  public double meanDeviation() {
    return arrangement.range().meanDeviation();
  }

  /** How much greater the variance of all finite values is than that of the values that become samples, in dB. */
  public double varianceHead() {
    double scale = ScaleClasses.factor(arrangement.referenceClass());
    double deviation = arrangement.rangeOf(method).deviation() * scale;
    double inner = deviation * deviation;
    double variance = arranger.codedVariance();
    return inner > 0 && variance > 0 ? 10 * StrictMath.log10(variance / inner) : 0;
  }

  /** Whether the result depends on the step; not so for constants and for tensors that are kept exactly. */
  public boolean dependsOnStep() {
    return arrangement.dependsOnStep();
  }

  /** Uses this method from now on. */
  public void use(CodingMethod newMethod) {
    method = newMethod;
  }

  /**
   * From now on, values with a greater error, after decoding and rounding to the tensor's type, are kept exactly.
   *
   * @param newMaxError 0 or more, in units of the values
   */
  public void setMaxError(double newMaxError) {
    bounds = bounds.withMaxError(newMaxError);
  }

  /**
   * From now on, results include the weighted error; reads the tensor once or twice more. Must be called before {@link
   * #chooseRange}.
   *
   * @param minimize whether to minimize that error instead of the plain one
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

  /** Padding of its pictures, or of those of its transpose, whichever have more, as a share of the values. */
  double padding() {
    TensorFraming framing = source.framing();
    TensorFraming other = framing.transpose();
    double samples = Math.max(framing.codedSamples(), other == null ? 0 : other.codedSamples());
    return samples / Math.max(1, values()) - 1;
  }

  /** Whether an excerpt saves time. */
  public boolean hasExcerpt() {
    return dependsOnStep() && values() >= (long) LEAST_EXCERPTS * Candidate.LEAST_EXCERPT;
  }

  /** Writes the whole stream and replaces what was written before. */
  public CodingResult code(int qp, double levelDeviation) {
    SampleQuantizer quantizer = arrangement.quantizer(method, qp, levelDeviation);
    return new StreamPass(source, arrangement, method, quantizer.lowBits(), store)
        .code(arrangement.framing().tiles(), new PictureTiles(arrangement, method, bounds, quantizer, qp), passes);
  }

  /** The result of the last pass, if it was over the whole tensor. */
  EncodedTensor encoded(CodingResult last, int qp, int passes) {
    return new EncodedTensor(
        values(), (long) last.bytes(), last.snr(), qp, last.outliers(), notFinite(), passes, last.weighted(), false);
  }
}
