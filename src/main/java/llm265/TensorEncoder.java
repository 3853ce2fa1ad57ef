package llm265;

import java.util.concurrent.Executor;
import llm265.dtype.TensorView;
import llm265.h264.ChromaFormat;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import llm265.tensor.Effort;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import llm265.tensor.StreamStore;
import llm265.tensor.encode.CodingSettings;
import llm265.tensor.encode.TargetSearch;
import llm265.tensor.encode.TensorTools;

/**
 * Encodes tensors as H.264 streams.
 *
 * <pre>{@code
 * byte[] stream = TensorEncoder.atBits(3).encode(values, 1024, 1024);
 * float[] decoded = TensorDecoder.open(stream).decode();
 * }</pre>
 *
 * <p>The stream is an ordinary High-profile stream of 8-bit pictures that any H.264 decoder decodes, unless {@link #lossless} or
 * {@link #withDepth} ask for more; what turns its samples back into values travels inside it, see SPEC.md. Values that do not fit
 * into samples, NaN and infinities are kept exactly. The stream depends on the tensor and the target only, not on the number of
 * threads.
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
   * An encoder whose streams take a number of bits per value, everything counted.
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
   * An encoder whose streams decode to values that are nowhere farther from the tensor's than a bound, in the fewest bytes:
   * values that lossy coding would leave farther off are kept exactly, and the step is the one with which both together take
   * least.
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
   * An encoder whose streams decode to the very bits that every value has, NaN payloads and signs of zeros included, for any type
   * whose values fill bytes. They are High 4:4:4 Predictive streams, which NVDEC does not decode; of the other settings only
   * threads matter.
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

  /** The same encoder that takes more time, or less; {@link Effort#BALANCED} if not told. */
  public TensorEncoder withEffort(Effort effort) {
    return with(settings.with(TensorTools.of(effort)));
  }

  /** The same encoder with pictures in 4:0:0, a little smaller, which hardware decoders do not take; or in 4:2:0 again. */
  public TensorEncoder withMonochrome(boolean monochrome) {
    return with(settings.with(settings.pictures().with(monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420)));
  }

  /**
   * The same encoder with samples of another depth: above some 5 bits per value those of 8 bits bound the quality. With more, the
   * steps of a quantizer on lossless 8-bit pictures with their low bits beside them are an alternative, taken where it does
   * better on a sample. Such streams are High 10 or High 4:4:4 Predictive, which NVDEC does not decode.
   *
   * @param bitDepth 8 to 14
   */
  public TensorEncoder withDepth(int bitDepth) {
    return with(settings.with(settings.pictures().withDepth(bitDepth)));
  }

  /**
   * The same encoder for tensors whose channels count differently: reports then tell of the weighted error, too.
   *
   * @param weights one for each input channel (the last dimension, or the first where only that has as many; or those of the last
   *     for each index of the first, one after the other), finite, 0 or more: such as the mean squares of a layer's inputs. Where
   *     one is 0 its channel is coded as if it had the median of the others. Encoding throws an IllegalArgumentException where
   *     they do not fit the tensor
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
   * @throws IllegalArgumentException if the shape is not of that many values
   */
  public byte[] encode(float[] values, long... shape) {
    return encode(TensorView.view("", shape, values));
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
   * Encodes a tensor into a store, tile by tile, so that tensors larger than the heap can be encoded; as {@link
   * #encode(TensorView)}.
   *
   * @throws IllegalArgumentException if it is of another type
   */
  public EncodedTensor encode(TensorView tensor, StreamStore store) {
    return new TargetSearch(settings, workers).code(tensor, store);
  }
}
