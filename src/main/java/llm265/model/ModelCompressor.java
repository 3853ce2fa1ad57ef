package llm265.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import llm265.TensorEncoder;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.OutputFile;
import llm265.checkpoint.file.PartFolder;
import llm265.dtype.TensorView;
import llm265.h264.ChromaFormat;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;
import llm265.rate.Allocation;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import llm265.tensor.encode.CodingSettings;

/**
 * Compresses checkpoint files. Floating-point tensors become lossy streams; tensors of other types become lossless streams if
 * this makes them smaller. Small tensors are kept, unless the file consists of them. With a lossless target every tensor
 * becomes a stream if this makes it smaller.
 *
 * <p>The result is a safetensors file, see SPEC.md, "Compressed model file". It does not depend on the number of threads. Files
 * may be larger than the heap. Immutable and thread-safe.
 */
public final class ModelCompressor {
  /**
   * The least signal-to-noise ratio of a tensor in dB, unless {@link #withLeastSnr} sets another one. Below it, errors have
   * half of the energy of the values; the sign of each value with one scale for all would do better.
   */
  public static final double LEAST_SNR = ModelSettings.LEAST_SNR;

  private final ModelSettings settings;

  private ModelCompressor(ModelSettings settings) {
    this.settings = settings;
  }

  /**
   * A compressor for a target, on the calling thread.
   *
   * @param target {@link RateTarget.Bits} holds for the whole file, every byte counted, over all values of all its tensors. If
   *     bytes that no rate can change leave less than half of it to the lossy tensors, it holds for these alone ({@link
   *     CompressionReport#targetOfStreamsAlone}). The other targets hold for each lossy tensor
   */
  public static ModelCompressor at(RateTarget target) {
    return new ModelCompressor(ModelSettings.at(target));
  }

  /** A compressor for a number of bits per value of the whole file; like {@link #at} with {@link RateTarget.Bits}. */
  public static ModelCompressor atBits(double bitsPerValue) {
    return at(new RateTarget.Bits(bitsPerValue));
  }

  /** A compressor for a signal-to-noise ratio of each tensor in dB. */
  public static ModelCompressor atSnr(double decibels) {
    return at(new RateTarget.Snr(decibels));
  }

  /** A compressor that bounds the error of every value of lossy tensors, in units of the values. */
  public static ModelCompressor atMaxError(double error) {
    return at(new RateTarget.MaxError(error));
  }

  /** A compressor with a fixed quantization parameter, QPY, 0 to 51. */
  public static ModelCompressor atQp(int qp) {
    return at(new RateTarget.Qp(qp));
  }

  /** A lossless compressor: every tensor comes back bit for bit. */
  public static ModelCompressor lossless() {
    return at(new RateTarget.Lossless());
  }

  /**
   * The same compressor with helping threads.
   *
   * @param executor runs tasks on its threads; not shut down
   * @param threads number of threads at most, the calling one included
   */
  public ModelCompressor withThreads(Executor executor, int threads) {
    return new ModelCompressor(settings.with(new Workers(executor, threads)));
  }

  /** The same compressor with another effort: more time for fewer bits, or less. */
  public ModelCompressor withEffort(Effort effort) {
    return new ModelCompressor(settings.with(settings.coding().with(effort)));
  }

  /** The same with another codec; {@link Codec#H264} if none is set. */
  public ModelCompressor withCodec(Codec codec) {
    return new ModelCompressor(settings.with(settings.coding().with(codec)));
  }

  /**
   * The same compressor with 4:0:0 pictures, which are a little smaller but which hardware decoders do not take; or with
   * 4:2:0.
   */
  public ModelCompressor withMonochrome(boolean monochrome) {
    CodingSettings.Pictures pictures = settings.coding().pictures();
    return new ModelCompressor(
        settings.with(settings.coding().with(pictures.with(monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420))));
  }

  /**
   * The same compressor with samples of 8 to 14 bits, for more than some 5 bits per value; see {@link
   * TensorEncoder#withDepth}.
   */
  public ModelCompressor withDepth(int bitDepth) {
    return new ModelCompressor(settings.with(settings.coding().with(settings.coding().pictures().withDepth(bitDepth))));
  }

  /** The same compressor with lossless pictures in transform bypass mode; see {@link TensorEncoder#withTransformBypass}. */
  public ModelCompressor withTransformBypass(boolean bypass) {
    return new ModelCompressor(settings.with(settings.coding().with(settings.coding().pictures().withBypass(bypass))));
  }

  /** The same compressor, but tensors for which {@code wanted} is false are kept. */
  public ModelCompressor withFilter(Predicate<TensorView> wanted) {
    return new ModelCompressor(settings.with(wanted));
  }

  /**
   * The same compressor with another way than {@link Allocation#RELATIVE} of sharing the bits of a {@link RateTarget.Bits}
   * between tensors.
   *
   * <p>No tensor gets more than 8 bits per value, where eight-bit samples reach their limit; each additional bit of samples adds
   * one. Under all but {@code UNIFORM} no tensor gets less than half of the mean. The size of a tensor's values says
   * little about its worth to a model, since a matrix may be scaled down and its successor up. Bits that some tensors cannot
   * use go to the others.
   */
  public ModelCompressor withAllocation(Allocation allocation) {
    return new ModelCompressor(settings.with(settings.sharing().with(allocation)));
  }

  /** The same with samples that stand for values, or not; see {@link TensorEncoder#withPlainSamples}. */
  public ModelCompressor withPlainSamples(boolean plainSamples) {
    return new ModelCompressor(
        settings.with(settings.coding().with(settings.coding().pictures().withPlainSamples(plainSamples))));
  }

  /**
   * The same compressor with its own rate for some tensors, whatever the target; the others share the rest. If several
   * patterns fit a tensor, the first counts.
   *
   * @param name found in the names of these tensors
   * @param bitsPerValue rate, every byte counted; more than 0, at most 14
   * @throws IllegalArgumentException if the rate is out of range. Compressing throws it if no tensor has such a name, or if
   *     the others cannot meet the target with the rest
   */
  public ModelCompressor withProtected(Pattern name, double bitsPerValue) {
    if (!(bitsPerValue > 0 && bitsPerValue <= BudgetPlanner.GREATEST_BITS)) {
      throw new IllegalArgumentException(bitsPerValue + " bits per value are not in 0..14");
    }
    return new ModelCompressor(settings.with(settings.sharing().with(new ModelSettings.Pin(name, bitsPerValue))));
  }

  /**
   * The same compressor with weights for squared errors, by the input channel of each value. Bits are then shared for the
   * least weighted error; the only lower bound for tensors with weights is a tenth of a bit. Tensors without weights count as
   * the others do on average.
   *
   * @param weights given a tensor's name, one weight for each input channel, as in {@link TensorEncoder#withChannelWeights},
   *     or null. Compressing throws an IllegalArgumentException if they do not fit
   */
  public ModelCompressor withSensitivity(Function<String, float[]> weights) {
    return new ModelCompressor(settings.with(settings.sharing().with(weights)));
  }

  /**
   * The same compressor with second moments of the inputs of linear layers. While such a layer is coded, later inputs make up for
   * the errors of earlier ones: the squared error of the outputs counts, not that of the weights. Streams are read as all others.
   *
   * @param moments given a tensor's name, those of its inputs, or null. A tensor with another number of inputs is coded without,
   *     and so are all where pictures may not carry levels: without pictures, with plain samples, and with deeper ones
   */
  public ModelCompressor withCalibration(Function<String, InputMoments> moments) {
    return new ModelCompressor(settings.with(settings.sharing().withMoments(moments)));
  }

  /** The same with the moments of a file, which must stay open. */
  public ModelCompressor withCalibration(CalibrationFile moments) {
    return new ModelCompressor(settings.with(settings.sharing().with(new ModelSettings.Moments(moments::isOf, moments))));
  }

  /**
   * The same compressor with what the coding of tensors has been seen to do to the model. With {@link Allocation#RELATIVE} bits
   * are then shared for the least sum of divergences, each of which grows with the tensor's squared error. Tensors that have not
   * been measured count as much as one of the others does on average.
   *
   * @param divergences by the tensor's name; empty for none
   */
  public ModelCompressor withDivergences(Map<String, MeasuredDivergence> divergences) {
    return new ModelCompressor(settings.with(settings.sharing().with(divergences)));
  }

  /**
   * The same compressor, but some tensors lose nothing whatever the target: parts of quantized weights, whose values are not
   * numbers that may be a little off.
   *
   * @param names of these tensors; those that the model does not have do not matter
   */
  public ModelCompressor withExact(Set<String> names) {
    return new ModelCompressor(settings.withExact(names));
  }

  /**
   * The same compressor, but tensors that a base has, too, are coded by what they differ by from the base's, where that takes
   * fewer bits: with the same name and shape, and the same type or another floating-point type. Targets are about the tensors
   * themselves. What the base has lost does not add up: the difference is to what the base decodes to.
   *
   * @param base must stay open; null for none. Compressing throws an IllegalArgumentException with {@link RateTarget.Qp}
   */
  public ModelCompressor withBase(ModelBase base) {
    return new ModelCompressor(settings.with(base));
  }

  /** The same compressor with a listener that receives each tensor once it is coded; again if it is coded again. */
  public ModelCompressor withProgress(Consumer<CompressionReport.Tensor> listener) {
    return new ModelCompressor(settings.with(listener));
  }

  /**
   * The same compressor with another least quality than {@link #LEAST_SNR}. If a target in bits per value or a bound on errors
   * would leave a tensor below it, the tensor is coded at that quality, or kept if this cannot be reached. Not so tensors with
   * moments of their inputs: what counts there is the output.
   *
   * @param decibels negative infinity for no limit; not used with {@link RateTarget.Qp} and {@link RateTarget.Lossless}.
   *     Compressing throws an IllegalArgumentException if a {@link RateTarget.Snr} is less
   */
  public ModelCompressor withLeastSnr(double decibels) {
    return new ModelCompressor(settings.withLeastSnr(decibels));
  }

  /** Whether a tensor is coded with loss whatever else its file has, judged by its type and shape. */
  public static boolean isCompressible(TensorView tensor) {
    return TensorSelection.isMatrix(tensor);
  }

  /** The tensors of a model that should become streams, judged by their types and shapes. */
  public List<TensorView> selected(Checkpoint input) {
    return selected(input, kind -> kind != TensorSelection.Kind.KEPT);
  }

  /** Those of the {@link #selected} tensors that are to lose something. */
  public List<TensorView> lossy(Checkpoint input) {
    return selected(input, kind -> kind == TensorSelection.Kind.LOSSY);
  }

  private List<TensorView> selected(Checkpoint input, Predicate<TensorSelection.Kind> wanted) {
    TensorSelection selection = TensorSelection.of(input.tensors(), settings);
    return IntStream.range(0, input.tensors().size())
        .filter(i -> wanted.test(selection.kind(i)))
        .mapToObj(input.tensors()::get)
        .toList();
  }

  /**
   * Compresses a checkpoint file.
   *
   * @throws IOException if a file cannot be read or written; then there is no output
   * @throws ModelFormatException if the input is damaged or already compressed
   * @throws IllegalArgumentException if the settings do not fit the model: names, weights, rates of single tensors, or a
   *     filter that leaves nothing to compress
   */
  public CompressionReport compress(Path input, Path output) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(input)) {
      return compress(checkpoint, output);
    }
  }

  /**
   * Compresses an open checkpoint to the output of a folder, in one file or in several. Every tensor that is coded is kept in the
   * folder at once, so that a later call with the same folder, input and settings goes on from there, to the same result.
   *
   * @param shardBytes the most bytes of data of a file that has more than one tensor
   * @throws IOException if a file cannot be read or written; what is done stays in the folder
   * @throws ModelFormatException as {@link #compress(Path, Path)}
   * @throws IllegalArgumentException as {@link #compress(Path, Path)}
   */
  public CompressionReport compress(Checkpoint input, PartFolder folder, long shardBytes) throws IOException {
    try {
      ModelCompression compression = begin(input, new ResumableCoder(input.tensors(), settings, folder.folder("streams")));
      CodedModel coded = compression.code();
      return compression.report(coded.write(folder.output(), shardBytes, settings.workers()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Begins the compression of an open checkpoint whose tensors another coder codes, in other processes perhaps: by {@link #jobs}.
   *
   * @throws ModelFormatException as {@link #compress(Path, Path)}
   */
  public ModelCompression begin(Checkpoint input, TensorCoder coder) {
    requirePlain(input);
    return new ModelCompression(input, settings, coder);
  }

  /** Does single jobs of a compression. */
  public JobCoding jobs() {
    return new JobCoding(settings);
  }

  private static void requirePlain(Checkpoint input) {
    if (input.metadata().containsKey(ModelIndex.KEY)) {
      throw new ModelFormatException(input.path(), "is compressed already");
    }
  }

  /** Compresses an open checkpoint; like {@link #compress(Path, Path)}. */
  public CompressionReport compress(Checkpoint input, Path output) throws IOException {
    requirePlain(input);
    // It is better to find out now than after all the work that the output cannot be written.
    OutputFile.create(output).close();
    Path folder = output.toAbsolutePath().getParent();
    boolean spoolBesideOutput = folder != null && Files.isDirectory(folder) && Files.isWritable(folder)
        && !folder.startsWith("/dev") && !folder.startsWith("/proc");
    try (Spool spool = new Spool(spoolBesideOutput ? folder : null)) {
      ModelCompression compression = begin(input, new LocalCoder(input.tensors(), settings, spool));
      CodedModel coded = compression.code();
      return compression.report(coded.write(0, coded.tensors().size(), output, settings.workers()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
