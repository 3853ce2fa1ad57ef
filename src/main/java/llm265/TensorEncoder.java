package llm265;

import java.util.concurrent.Executor;
import llm265.dtype.TensorView;
import llm265.h264.ChromaFormat;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import llm265.tensor.StreamStore;
import llm265.tensor.encode.CodingSettings;
import llm265.tensor.encode.TargetSearch;

/**
 * Encodes tensors as H.264 streams.
 *
 * <pre>{@code
 * byte[] stream = TensorEncoder.atBits(3).encode(values, 1024, 1024);
 * float[] decoded = TensorDecoder.open(stream).decode();
 * }</pre>
 *
 * <p>The stream holds ordinary High-profile pictures of 8-bit samples, which any H.264 decoder decodes, unless
 * {@link #withDepth} or {@link #withTransformBypass} ask for more. It also carries what turns samples back into values
 * (SPEC.md). Values that do not fit into samples, NaN and infinities are kept exactly. The stream depends on the tensor and the
 * target only, not on the number of threads.
 *
 * <p>Immutable and thread-safe.
 */
public final class TensorEncoder {
  private final CodingSettings settings;
  private final Workers workers;

  private TensorEncoder(CodingSettings settings, Workers workers) {
    this.settings = settings;
    this.workers = workers;
  }

  /** An encoder for a target, on the calling thread. */
  public static TensorEncoder at(RateTarget target) {
    return new TensorEncoder(CodingSettings.at(target), Workers.CALLER);
  }

  /**
   * An encoder whose streams take a given number of bits per value, every byte counted.
   *
   * @param bitsPerValue more than 0, at most 16; a rate out of reach is approached as closely as possible
   */
  public static TensorEncoder atBits(double bitsPerValue) {
    return at(new RateTarget.Bits(bitsPerValue));
  }

  /**
   * An encoder whose streams decode with a given signal-to-noise ratio.
   *
   * @param decibels variance over mean squared error in dB, 0 to 100; a ratio out of reach is approached as closely as
   *     possible
   */
  public static TensorEncoder atSnr(double decibels) {
    return at(new RateTarget.Snr(decibels));
  }

  /**
   * An encoder that bounds the error of every value and takes the fewest bytes for it. Values that lossy coding would leave
   * beyond the bound are kept exactly. The step is the one with which pictures and kept values together take the fewest bytes.
   *
   * @param error in units of the values, 0 or more; holds for every finite value, after rounding to the tensor's type
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
   * An encoder whose streams decode to the exact bits of every value, NaN payloads and signs of zeros included. It takes any
   * type whose values fill bytes. Of the other settings only threads, {@link #withMonochrome} and {@link #withTransformBypass}
   * matter.
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
    return new TensorEncoder(settings, new Workers(executor, threads));
  }

  private TensorEncoder with(CodingSettings newSettings) {
    return new TensorEncoder(newSettings, workers);
  }

  /** The same encoder with another effort: more time for fewer bits, or less. The default is {@link Effort#BALANCED}. */
  public TensorEncoder withEffort(Effort effort) {
    return with(settings.with(effort));
  }

  /** The same encoder with another codec; {@link Codec#H264} if none is set. Streams of the others are for this program alone. */
  public TensorEncoder withCodec(Codec codec) {
    return with(settings.with(codec));
  }

  /**
   * The same encoder with 4:0:0 pictures, which are a little smaller but which hardware decoders do not take; or with 4:2:0.
   */
  public TensorEncoder withMonochrome(boolean monochrome) {
    return with(settings.with(settings.pictures().with(monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420)));
  }

  /**
   * The same encoder with lossless pictures in transform bypass mode, which are High 4:4:4 Predictive: no hardware decoder takes
   * them. Without it, pictures carry integers as the levels of High-profile pictures. Only for {@link #lossless}.
   */
  public TensorEncoder withTransformBypass(boolean bypass) {
    return with(settings.with(settings.pictures().withBypass(bypass)));
  }

  /**
   * The same encoder with samples of another depth. Above some 5 bits per value, 8-bit samples limit the quality. An
   * alternative to deeper samples is lossless 8-bit pictures with the low bits of values next to them. The encoder takes the
   * one that does better on an excerpt. Such streams are High 10 or High 4:4:4 Predictive, which NVDEC does not decode.
   *
   * @param bitDepth 8 to 14
   */
  public TensorEncoder withDepth(int bitDepth) {
    return with(settings.with(settings.pictures().withDepth(bitDepth)));
  }

  /**
   * The same encoder whose samples stand for values, which a reader elsewhere turns into them by one product and one sum; or one
   * whose pictures may carry levels of a trellis as their transform coefficients, which takes fewer bits and is the default.
   */
  public TensorEncoder withPlainSamples(boolean plainSamples) {
    return with(settings.with(settings.pictures().withPlainSamples(plainSamples)));
  }

  /**
   * The same encoder for tensors whose channels count differently; reports then include the weighted error.
   *
   * @param weights finite and 0 or more, such as the mean squares of a layer's inputs. There is one for each input channel:
   *     each index of the last dimension, or of the first where only that one has as many; or one for each index of the last
   *     dimension, repeated for each index of the first. A channel of weight 0 is coded as if it had the median of the others.
   *     Encoding throws an IllegalArgumentException if the weights do not fit the tensor
   */
  public TensorEncoder withChannelWeights(float[] weights) {
    return with(settings.withWeights(weights.clone()));
  }

  /**
   * Encodes a tensor of floats.
   *
   * @param values row-major
   * @param shape its dimensions, outermost first; none for a single value
   * @return the stream
   * @throws IllegalArgumentException if the shape has another number of values
   */
  public byte[] encode(float[] values, long... shape) {
    return encode(TensorView.view("", shape, values));
  }

  /**
   * Encodes a tensor of type F32, F16, BF16 or F64; without loss, of any type whose values fill bytes.
   *
   * @throws IllegalArgumentException if the tensor is of another type
   */
  public byte[] encode(TensorView tensor) {
    MemoryStore store = new MemoryStore();
    encode(tensor, store);
    return store.toByteArray();
  }

  /**
   * Encodes a tensor into a store, tile by tile, so that the tensor may be larger than the heap. Otherwise like {@link
   * #encode(TensorView)}.
   *
   * @throws IllegalArgumentException if the tensor is of another type
   */
  public EncodedTensor encode(TensorView tensor, StreamStore store) {
    return new TargetSearch(settings, workers).code(tensor, store);
  }
}
