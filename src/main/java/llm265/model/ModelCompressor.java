package llm265.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import llm265.TensorEncoder;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.ModelFormatException;
import llm265.checkpoint.OutputFile;
import llm265.dtype.TensorView;
import llm265.h264.ChromaFormat;
import llm265.parallel.Workers;
import llm265.rate.Allocation;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import llm265.tensor.encode.CodingSettings;

/**
 * Compresses checkpoint files: floating-point tensors become streams with loss, tensors of other types streams without, where
 * that makes them smaller. Small tensors stay as they are, unless the file consists of them. Without loss every tensor becomes a
 * stream that thereby gets smaller.
 *
 * <p>The result is a safetensors file, see SPEC.md, "Compressed model file". It does not depend on the number of threads. Files
 * larger than the heap are no trouble. Immutable and thread-safe.
 */
public final class ModelCompressor {
  /**
   * Signal-to-noise ratio in dB that no tensor goes below unless {@link #withLeastSnr} says otherwise: with less, errors have
   * half the energy of the values, and the sign of each value with one scale for all would do better.
   */
  public static final double LEAST_SNR = ModelSettings.LEAST_SNR;

  private final ModelSettings settings;

  private ModelCompressor(ModelSettings settings) {
    this.settings = settings;
  }

  /**
   * A compressor for a target, on the calling thread.
   *
   * @param target {@link RateTarget.Bits} holds for the whole file, everything counted, over all values of all its tensors; or,
   *     where what no rate can move would leave less than half of it to the tensors that lose something, for these alone ({@link
   *     CompressionReport#targetOfStreamsAlone}). The other targets hold for each tensor that loses something
   */
  public static ModelCompressor at(RateTarget target) {
    return new ModelCompressor(ModelSettings.at(target));
  }

  /** A compressor for a number of bits per value of the whole file; as {@link #at} with {@link RateTarget.Bits}. */
  public static ModelCompressor atBits(double bitsPerValue) {
    return at(new RateTarget.Bits(bitsPerValue));
  }

  /** A compressor for a signal-to-noise ratio of each tensor in dB. */
  public static ModelCompressor atSnr(double decibels) {
    return at(new RateTarget.Snr(decibels));
  }

  /** A compressor that bounds the error of every value of the tensors that lose something, in units of the values. */
  public static ModelCompressor atMaxError(double error) {
    return at(new RateTarget.MaxError(error));
  }

  /** A compressor with a fixed quantization parameter, QPY, 0 to 51. */
  public static ModelCompressor atQp(int qp) {
    return at(new RateTarget.Qp(qp));
  }

  /** A compressor that loses nothing: every tensor comes back bit for bit. */
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

  /** The same compressor that takes more time, or less. */
  public ModelCompressor withEffort(Effort effort) {
    return new ModelCompressor(settings.with(settings.coding().with(effort)));
  }

  /** The same with another codec; {@link Codec#H264} if none is set. */
  public ModelCompressor withCodec(Codec codec) {
    return new ModelCompressor(settings.with(settings.coding().with(codec)));
  }

  /** The same compressor with pictures in 4:0:0, a little smaller, which hardware decoders do not take; or in 4:2:0 again. */
  public ModelCompressor withMonochrome(boolean monochrome) {
    CodingSettings.Pictures pictures = settings.coding().pictures();
    return new ModelCompressor(
        settings.with(settings.coding().with(pictures.with(monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420))));
  }

  /**
   * The same compressor with samples of 8 to 14 bits, as {@link TensorEncoder#withDepth}: for more than some 5 bits per value.
   */
  public ModelCompressor withDepth(int bitDepth) {
    return new ModelCompressor(settings.with(settings.coding().with(settings.coding().pictures().withDepth(bitDepth))));
  }

  /** The same compressor that keeps the tensors for which {@code wanted} is false as they are. */
  public ModelCompressor withFilter(Predicate<TensorView> wanted) {
    return new ModelCompressor(settings.with(wanted));
  }

  /**
   * The same compressor that shares the bits of a {@link RateTarget.Bits} between tensors in another way than by
   * {@link Allocation#SLOPE}.
   *
   * <p>No tensor gets more than 8 bits per value, where samples of eight bits end (and one more for each bit that samples are
   * deeper), nor, under {@code LINEAR} and {@code SLOPE}, less than half of the mean: how large the values of a tensor are says
   * little of what it is worth to a model, since a matrix may be scaled down and its successor up. What some tensors cannot use
   * goes to the others.
   */
  public ModelCompressor withAllocation(Allocation allocation) {
    return new ModelCompressor(settings.with(settings.sharing().with(allocation)));
  }

  /**
   * The same compressor that gives tensors a rate of their own, whatever the target is; the others share what is left. Of several
   * that fit a tensor the first counts.
   *
   * @param name found in the names of these tensors
   * @param bitsPerValue everything counted; more than 0, at most 8
   * @throws IllegalArgumentException if the rate is out of range. Compressing throws it where no tensor has such a name, or where
   *     the others cannot meet the target with what is left
   */
  public ModelCompressor withProtected(Pattern name, double bitsPerValue) {
    if (!(bitsPerValue > 0 && bitsPerValue <= BudgetPlanner.GREATEST_BITS)) {
      throw new IllegalArgumentException(bitsPerValue + " bits per value are not in 0..8");
    }
    return new ModelCompressor(settings.with(settings.sharing().with(new ModelSettings.Pin(name, bitsPerValue))));
  }

  /**
   * The same compressor that weighs the squared errors of values by the input channels they belong to: bits are then shared for
   * the least weighted error, with no other bound below than a tenth of a bit for tensors that have weights. Tensors without
   * weights count as the others do on average.
   *
   * @param weights by a tensor's name, one for each input channel as {@link TensorEncoder#withChannelWeights} has them, or null.
   *     Compressing throws an IllegalArgumentException where they do not fit
   */
  public ModelCompressor withSensitivity(Function<String, float[]> weights) {
    return new ModelCompressor(settings.with(settings.sharing().with(weights)));
  }

  /** The same compressor that tells of each tensor once it is coded; more than once if it is coded again. */
  public ModelCompressor withProgress(Consumer<CompressionReport.Tensor> listener) {
    return new ModelCompressor(settings.with(listener));
  }

  /**
   * The same compressor that lets tensors come out worse than {@link #LEAST_SNR}, or not even that bad. A tensor that a target in
   * bits a value or a bound on errors would leave below is coded at that quality, or kept where that cannot be reached.
   *
   * @param decibels negative infinity for no limit; has no say in {@link RateTarget.Qp} and {@link RateTarget.Lossless}.
   *     Compressing throws an IllegalArgumentException where a {@link RateTarget.Snr} is less
   */
  public ModelCompressor withLeastSnr(double decibels) {
    return new ModelCompressor(settings.withLeastSnr(decibels));
  }

  /** Whether a tensor loses something, whatever else its file has, as far as its type and shape tell. */
  public static boolean isCompressible(TensorView tensor) {
    return TensorSelection.isMatrix(tensor);
  }

  /** The tensors of a model that are to become streams, as far as their types and shapes tell. */
  public List<TensorView> selected(Checkpoint input) {
    TensorSelection selection = TensorSelection.of(input.tensors(), settings);
    return IntStream.range(0, input.tensors().size())
        .filter(i -> selection.kind(i) != TensorSelection.Kind.KEPT)
        .mapToObj(input.tensors()::get)
        .toList();
  }

  /**
   * Compresses a checkpoint file.
   *
   * @throws IOException if a file cannot be read or written; then there is no output
   * @throws ModelFormatException if the input is damaged or is compressed already
   * @throws IllegalArgumentException if the settings do not fit the model: names, weights, rates of single tensors, or a filter
   *     that leaves nothing to compress
   */
  public CompressionReport compress(Path input, Path output) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(input)) {
      return compress(checkpoint, output);
    }
  }

  /** Compresses an open checkpoint; as {@link #compress(Path, Path)}. */
  public CompressionReport compress(Checkpoint input, Path output) throws IOException {
    if (input.metadata().containsKey(ModelIndex.KEY)) {
      throw new ModelFormatException(input.path(), "is compressed already");
    }
    // Better to know now than after all the work that the output cannot be written.
    OutputFile.create(output).close();
    Path folder = output.toAbsolutePath().getParent();
    boolean spoolBesideOutput = folder != null && Files.isDirectory(folder) && Files.isWritable(folder)
        && !folder.startsWith("/dev") && !folder.startsWith("/proc");
    try (Spool spool = new Spool(spoolBesideOutput ? folder : null)) {
      return new ModelCompression(input, settings, spool).compress(output);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
