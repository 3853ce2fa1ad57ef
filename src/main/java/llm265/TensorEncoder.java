package llm265;

import java.util.concurrent.Executor;
import llm265.dtype.TensorView;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.parallel.Workers;
import llm265.rate.GaussianModel;
import llm265.rate.LeastSizeSearch;
import llm265.rate.QuantizerPoint;
import llm265.rate.RateController;
import llm265.rate.RateCurve;
import llm265.rate.RateTarget;
import llm265.tensor.analysis.ChannelWeights;
import llm265.tensor.encode.MethodChooser;
import llm265.tensor.encode.TensorCoding;
import llm265.tensor.encode.TensorPasses;
import llm265.tensor.encode.TensorTools;
import llm265.tensor.exact.ExactCoding;
import llm265.tensor.format.MemoryStore;
import llm265.tensor.format.StreamStore;
import llm265.tensor.picture.H264PictureCoder;
import llm265.tensor.picture.PictureCoder;

/**
 * Encodes tensors as H.264 streams.
 *
 * <pre>{@code
 * byte[] stream = TensorEncoder.atBits(3).encode(values, 1024, 1024);
 * float[] decoded = TensorDecoder.open(stream).decode();
 * }</pre>
 *
 * <p>The stream is an ordinary High-profile stream of 8-bit pictures that any H.264 decoder decodes, unless {@link #lossless} or
 * {@link #withDepth} ask for more; what turns its samples back into values travels inside it, see SPEC.md. Values that do not fit into
 * samples, NaN and infinities are kept exactly. The stream depends on the tensor and the target only, not on the number of threads.
 *
 * <p>Immutable and thread-safe.
 */
public final class TensorEncoder {
  /** Samples of this deviation are what a QP means if there is nothing else to go by. */
  private static final double NOMINAL_LEVELS = 28;

  /** Where a bound on errors lies at the best step, in deviations of the errors, about. */
  private static final double BOUND_DEVIATIONS = 3;

  /** A range is chosen for at least this quality, coarse as steps may be: some bits must be there to be spent. */
  private static final double LEAST_DECIBELS = 1;

  /** Samples of eight bits do not become better than this; those of more do by as much as each bit is worth. */
  private static final double MOST_DECIBELS = 45;

  private final RateTarget target;
  private final Effort effort;
  private final ChromaFormat chroma;
  /** Bits of the pictures' samples. */
  private final int bitDepth;
  /** Coders that the caller prescribes; null to choose them for each tensor. */
  private final PictureCoder.Factory prescribed;
  private final Workers workers;
  /** One an input channel; null where all values count the same. */
  private final float[] weights;
  /** The tensor layer's tools that may be used: the effort's, or others. */
  private final TensorTools tools;
  /** Whether values far out may be kept exactly, so that the others are coded finer. */
  private final boolean outliers;
  /** What a plan for its file knows of the tensor. */
  private final Known known;
  private final MethodChooser methods;

  private TensorEncoder(
      RateTarget target, Effort effort, ChromaFormat chroma, int bitDepth, PictureCoder.Factory prescribed, Workers workers,
      float[] weights, TensorTools tools, boolean outliers, Known known) {
    this.target = target;
    this.effort = effort;
    this.chroma = chroma;
    this.bitDepth = bitDepth;
    this.prescribed = prescribed;
    this.workers = workers;
    this.weights = weights;
    this.tools = tools;
    this.outliers = outliers;
    this.known = known;
    boolean mayRotate = weights == null && !(target instanceof RateTarget.MaxError);
    this.methods = new MethodChooser(prescribed, effort, chroma, bitDepth, tools, mayRotate, known.choice());
  }

  /** An encoder for a target, on the calling thread. */
  public static TensorEncoder at(RateTarget target) {
    return new TensorEncoder(
        target, Effort.BALANCED, ChromaFormat.YUV420, 8, null, Workers.CALLER, null, Effort.BALANCED.tools(), true, Known.NOTHING);
  }

  /**
   * An encoder whose streams take a number of bits a value, everything counted.
   *
   * @param bitsPerValue more than 0, at most 16; the nearest that can be had where it is out of reach
   */
  public static TensorEncoder atBits(double bitsPerValue) {
    return at(new RateTarget.Bits(bitsPerValue));
  }

  /**
   * An encoder whose streams decode to a signal-to-noise ratio.
   *
   * @param decibels variance over mean squared error in dB, 0 to 100; the nearest that can be had where it is out of reach
   */
  public static TensorEncoder atSnr(double decibels) {
    return at(new RateTarget.Snr(decibels));
  }

  /**
   * An encoder whose streams decode to values that are nowhere farther from the tensor's than a bound, in the fewest bytes: values that
   * lossy coding would leave farther off are kept exactly, and the step is the one with which both together take least.
   *
   * @param error in units of the values, 0 or more; holds for every finite value, after it is rounded to the tensor's type
   */
  public static TensorEncoder atMaxError(double error) {
    return at(new RateTarget.MaxError(error));
  }

  /**
   * An encoder with a fixed quantization parameter.
   *
   * @param qp QPY, 0 to 51
   */
  public static TensorEncoder atQp(int qp) {
    return at(new RateTarget.Qp(qp));
  }

  /**
   * An encoder whose streams decode to the very bits that every value has, NaN payloads and signs of zeros included, for any type whose
   * values fill bytes. They are High 4:4:4 Predictive streams, which NVDEC does not decode; of the other settings only threads matter.
   */
  public static TensorEncoder lossless() {
    return at(new RateTarget.Lossless());
  }

  /**
   * The same encoder with helping threads.
   *
   * @param executor runs tasks on its threads; not shut down
   * @param threads number of threads at most, the calling one included
   */
  public TensorEncoder withThreads(Executor executor, int threads) {
    return with(new Workers(executor, threads));
  }

  public TensorEncoder with(Workers newWorkers) {
    return new TensorEncoder(target, effort, chroma, bitDepth, prescribed, newWorkers, weights, tools, outliers, known);
  }

  public TensorEncoder with(RateTarget newTarget) {
    return new TensorEncoder(newTarget, effort, chroma, bitDepth, prescribed, workers, weights, tools, outliers, known);
  }

  public TensorEncoder with(PictureCoder.Factory newCoders) {
    return new TensorEncoder(
        target, effort, newCoders.chroma(), newCoders.bitDepth(), newCoders, workers, weights, tools, outliers, known);
  }

  /**
   * What is known of a tensor before it is coded.
   *
   * @param choice how it is coded at about the target; null if that is not known
   * @param curve its rates; null to find them, and to meet the target exactly
   * @param tolerance share of the rate that it may be off, if it is large
   */
  public record Known(MethodChooser.Choice choice, RateCurve curve, double tolerance) {
    static final Known NOTHING = new Known(null, null, 0);

    /** The same where the target is to be met. */
    public Known exact() {
      return new Known(choice, null, 0);
    }
  }

  /** The same encoder for a tensor of which something is known. */
  public TensorEncoder with(Known newKnown) {
    return new TensorEncoder(target, effort, chroma, bitDepth, prescribed, workers, weights, tools, outliers, newKnown);
  }

  /** The same encoder that takes more time, or less; {@link Effort#BALANCED} if not told. */
  public TensorEncoder withEffort(Effort newEffort) {
    return new TensorEncoder(target, newEffort, chroma, bitDepth, prescribed, workers, weights, newEffort.tools(), outliers, known);
  }

  /** The same encoder with other tools of the tensor layer than its effort's: to see what each is worth. */
  public TensorEncoder withTools(TensorTools newTools) {
    return new TensorEncoder(target, effort, chroma, bitDepth, prescribed, workers, weights, newTools, outliers, known);
  }

  /** The same encoder that keeps no values exactly but those that are not finite, or does so again: to see what that is worth. */
  public TensorEncoder withOutliers(boolean newOutliers) {
    return new TensorEncoder(target, effort, chroma, bitDepth, prescribed, workers, weights, tools, newOutliers, known);
  }

  /** The same encoder with pictures in 4:0:0, a little smaller, which hardware decoders do not take; or in 4:2:0 again. */
  public TensorEncoder withMonochrome(boolean monochrome) {
    ChromaFormat format = monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420;
    return new TensorEncoder(target, effort, format, bitDepth, prescribed, workers, weights, tools, outliers, known);
  }

  /**
   * The same encoder with samples of another depth: above some 5 bits a value those of 8 bits bound the quality. With more, the steps of a
   * quantizer on lossless 8-bit pictures with their low bits beside them are an alternative, taken where it does better on a sample. Such
   * streams are High 10 or High 4:4:4 Predictive, which NVDEC does not decode.
   *
   * @param newBitDepth 8 to 14
   */
  public TensorEncoder withDepth(int newBitDepth) {
    if (newBitDepth < 8 || newBitDepth > 14) {
      throw new IllegalArgumentException("samples of " + newBitDepth + " bits");
    }
    return new TensorEncoder(target, effort, chroma, newBitDepth, prescribed, workers, weights, tools, outliers, known);
  }

  public int bitDepth() {
    return bitDepth;
  }

  /** Variance of rounding a reconstruction to samples, in squared steps of 8-bit samples. */
  public double roundingNoise() {
    return 1.0 / 12 / (1L << 2 * (bitDepth - 8));
  }

  /** Decibels that samples do not become better than. */
  private double mostDecibels() {
    return MOST_DECIBELS + MethodChooser.DECIBELS_PER_BIT * (bitDepth - 8);
  }

  /**
   * The same encoder for tensors whose channels count differently: reports then tell of the weighted error, too.
   *
   * @param newWeights one for each input channel (the last dimension, or the first where only that has as many; or those of the last for
   *     each index of the first, one after the other), finite, 0 or more: such as the mean squares of a layer's inputs. Where one is 0
   *     its channel is coded as if it had the median of the others. Encoding throws an IllegalArgumentException where they do not fit the tensor
   */
  public TensorEncoder withChannelWeights(float[] newWeights) {
    return new TensorEncoder(target, effort, chroma, bitDepth, prescribed, workers, newWeights.clone(), tools, outliers, known);
  }

  /** The same encoder with a prescribed configuration of its pictures, and without the tensor layer's own tools. */
  public TensorEncoder withConfig(EncoderConfig config) {
    return with(H264PictureCoder.factory(config));
  }

  /**
   * Encodes a tensor of floats.
   *
   * @param values row-major
   * @param shape its dimensions, outermost first; none for a single value
   * @return the stream
   * @throws IllegalArgumentException if the shape is not of that many values
   */
  public byte[] encode(float[] values, long... shape) {
    return encode(TensorView.overFloats("", shape, values));
  }

  /**
   * Encodes a tensor of type F32, F16, BF16 or F64; without loss, of any type whose values fill bytes.
   *
   * @throws IllegalArgumentException if it is of another type
   */
  public byte[] encode(TensorView tensor) {
    MemoryStore store = new MemoryStore();
    encode(tensor, store);
    return store.toByteArray();
  }

  /**
   * Encodes a tensor into a store, tile by tile, so that tensors larger than the heap can be encoded; as {@link #encode(TensorView)}.
   *
   * @throws IllegalArgumentException if it is of another type
   */
  public EncodedTensor encode(TensorView tensor, StreamStore store) {
    if (target instanceof RateTarget.Lossless) {
      long bytes = new ExactCoding(tensor, workers, store).code();
      return new EncodedTensor(tensor.count(), bytes, Double.POSITIVE_INFINITY, 0, 0, 0, 1, null, true);
    }
    try (TensorCoding coding = new TensorCoding(tensor, methods.white(), workers, store)) {
      if (weights != null) {
        coding.setChannelWeights(
            ChannelWeights.of(weights, tensor.shape()), prescribed == null && !(target instanceof RateTarget.MaxError));
      }
      return switch (target) {
        case RateTarget.Bits bits -> encodeAtBits(coding, bits.bitsPerValue());
        case RateTarget.Snr snr -> encodeAtSnr(coding, snr.decibels());
        case RateTarget.MaxError bound -> encodeAtMaxError(coding, bound.error());
        case RateTarget.Qp qp -> encodeAtQp(coding, qp.qp());
        case RateTarget.Lossless lossless -> throw new IllegalStateException("lossless coding has no samples to choose");
      };
    }
  }

  private void chooseRange(TensorCoding coding, double bits, double relativeError) {
    coding.chooseRange(outliers ? bits : 0, relativeError);
  }

  /**
   * Codes a little of a tensor at about a rate.
   *
   * @param curve what is known of the tensor already; null for nothing
   * @return what the whole would come to; of a fixed curve where it comes to the same at any rate
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
      TensorCoding.Result result = coding.trial(0, coding.levels());
      return new Probed(null, RateCurve.fixed(8 * result.bytes() / coding.values(), result.squaredError() / finite), null);
    }
    MethodChooser.Choice choice = methods.choose(coding, byModel);
    QuantizerPoint point = QuantizerPoint.of(
        curve == null ? byModel : curve.log2Ratio(bits), coding.levels(), coding.leastQp());
    TensorCoding.Result result = coding.trial(point.qp(), point.levels());
    RateCurve.Probe probe =
        new RateCurve.Probe(point, 8 * result.bytes() / coding.values(), result.squaredError() / finite);
    return new Probed(probe, null, choice);
  }

  /** A point of a tensor's curve and how it is coded there, or the curve of a tensor that has but one point. */
  public record Probed(RateCurve.Probe probe, RateCurve fixed, MethodChooser.Choice choice) {}

  private EncodedTensor encodeAtBits(TensorCoding coding, double bits) {
    double log2Ratio = GaussianModel.log2RatioForBits(bits);
    chooseRange(coding, bits, GaussianModel.relativeError(log2Ratio));
    if (!coding.dependsOnStep()) {
      return encodeOnce(coding, 0);
    }
    methods.choose(coding, log2Ratio);
    TensorPasses passes = new TensorPasses(coding);
    return passes.result(known.curve() == null
        ? RateController.codeAtBits(passes, bits, coding.values(), coding.levels())
        : RateController.codeAboutBits(
            passes, bits, coding.values(), known.curve(), known.tolerance(), coding.levels()));
  }

  private EncodedTensor encodeAtSnr(TensorCoding coding, double snr) {
    double log2Ratio = GaussianModel.log2RatioForSnr(snr);
    chooseRange(coding, GaussianModel.bits(log2Ratio), GaussianModel.relativeError(log2Ratio));
    if (!coding.dependsOnStep()) {
      return encodeOnce(coding, 0);
    }
    methods.choose(coding, log2Ratio);
    TensorPasses passes = new TensorPasses(coding);
    return passes.result(RateController.codeAtSnr(passes, snr, coding.varianceHead(), coding.levels()));
  }

  private EncodedTensor encodeAtMaxError(TensorCoding coding, double error) {
    // Errors are sums of many levels' and have about three deviations to the bound.
    double snr = 20 * StrictMath.log10(BOUND_DEVIATIONS * coding.deviation() / error);
    double log2Ratio = GaussianModel.log2RatioForSnr(Math.clamp(snr, LEAST_DECIBELS, mostDecibels()));
    chooseRange(coding, GaussianModel.bits(log2Ratio), GaussianModel.relativeError(log2Ratio));
    if (!coding.dependsOnStep()) {
      coding.setMaxError(error);
      return encodeOnce(coding, 0);
    }
    log2Ratio = GaussianModel.log2RatioForSnr(Math.clamp(snr - coding.varianceHead(), LEAST_DECIBELS, mostDecibels()));
    methods.choose(coding, log2Ratio);
    coding.setMaxError(error);
    TensorPasses passes = new TensorPasses(coding);
    return passes.result(LeastSizeSearch.code(passes, log2Ratio, coding.levels()));
  }

  private EncodedTensor encodeAtQp(TensorCoding coding, int qp) {
    double log2Ratio = new QuantizerPoint(qp, NOMINAL_LEVELS).log2Ratio();
    chooseRange(coding, GaussianModel.bits(log2Ratio), GaussianModel.relativeError(log2Ratio));
    if (coding.dependsOnStep()) {
      methods.choose(coding, log2Ratio);
    }
    return encodeOnce(coding, qp);
  }

  private static EncodedTensor encodeOnce(TensorCoding coding, int qp) {
    TensorCoding.Result result = coding.code(qp, coding.levels());
    return new EncodedTensor(
        coding.values(), (long) result.bytes(), result.snr(), qp, result.outliers(), coding.notFinite(), 1,
        result.weighted(), false);
  }
}
