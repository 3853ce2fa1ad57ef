package llm265;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import llm265.h264.EncoderConfig;
import llm265.model.Checkpoint;
import llm265.model.DType;
import llm265.model.ModelFormatException;
import llm265.model.OutputFile;
import llm265.model.SafetensorsWriter;
import llm265.model.TensorView;
import llm265.rate.Allocation;
import llm265.rate.FileBudget;
import llm265.rate.RateTarget;
import llm265.tensor.ExactCoding;
import llm265.tensor.StreamStore;
import llm265.tensor.TensorHeader;
import llm265.tensor.Workers;

/**
 * Compresses checkpoint files: each large floating-point tensor becomes a stream, everything else stays as it is. Without loss every tensor
 * becomes a stream that thereby gets smaller.
 *
 * <p>The result is a safetensors file, see SPEC.md, "Compressed model file". It does not depend on the number of threads. Files larger
 * than the heap are no trouble. Immutable and thread-safe.
 */
public final class ModelCompressor {
  /** Smaller tensors are kept as they are: their headers would weigh as much as their values. */
  public static final long LEAST_VALUES = 4096;

  /** The same where nothing is lost: what is larger then than it was is kept as it is, too. */
  private static final long LEAST_LOSSLESS_VALUES = 512;

  /** How often tensors are coded again because others could not be made as large or small as was planned. */
  private static final int CORRECTIONS = 2;

  private final ModelSettings settings;

  private ModelCompressor(ModelSettings settings) {
    this.settings = settings;
  }

  /**
   * A compressor for a target, on the calling thread.
   *
   * @param target {@link RateTarget.Bits} holds for the whole file, everything counted, over all values of all its tensors; the
   *     other targets for each tensor that becomes a stream
   */
  public static ModelCompressor at(RateTarget target) {
    return new ModelCompressor(ModelSettings.of(target));
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
    return new ModelCompressor(settings.with(settings.encoder().withEffort(effort)));
  }

  /** The same compressor with pictures in 4:0:0, a little smaller, which hardware decoders do not take; or in 4:2:0 again. */
  public ModelCompressor withMonochrome(boolean monochrome) {
    return new ModelCompressor(settings.with(settings.encoder().withMonochrome(monochrome)));
  }

  /** The same compressor with samples of 8 to 14 bits, as {@link TensorEncoder#withDepth}: for more than some 5 bits a value. */
  public ModelCompressor withDepth(int bitDepth) {
    return new ModelCompressor(settings.with(settings.encoder().withDepth(bitDepth)));
  }

  /** The same compressor with a prescribed configuration of its pictures, and without the tensor layer's own tools. */
  public ModelCompressor withConfig(EncoderConfig config) {
    return new ModelCompressor(settings.with(settings.encoder().withConfig(config)));
  }

  /** The same compressor that keeps the tensors for which {@code wanted} is false as they are. */
  public ModelCompressor withFilter(Predicate<TensorView> wanted) {
    return new ModelCompressor(settings.with(wanted));
  }

  /**
   * The same compressor that shares the bits of a {@link RateTarget.Bits} between tensors in another way than by
   * {@link Allocation#SLOPE}.
   *
   * <p>No tensor gets more than 8 bits a value, where samples of eight bits end (and one more for each bit that samples are deeper),
   * nor, under {@code LINEAR} and {@code SLOPE}, less than half of the mean: how large the values of a tensor are says little of what
   * it is worth to a model, since a matrix may be scaled down and its successor up. What some tensors cannot use goes to the others.
   */
  public ModelCompressor withAllocation(Allocation allocation) {
    return new ModelCompressor(settings.with(allocation));
  }

  /**
   * The same compressor that gives tensors a rate of their own, whatever the target is; the others share what is left. Of several that
   * fit a tensor the first counts.
   *
   * @param name found in the names of these tensors
   * @param bitsPerValue everything counted; more than 0, at most 8
   * @throws IllegalArgumentException if the rate is out of range. Compressing throws it where no tensor has such a name, or where the
   *     others cannot meet the target with what is left
   */
  public ModelCompressor withProtected(Pattern name, double bitsPerValue) {
    if (!(bitsPerValue > 0 && bitsPerValue <= BudgetPlanner.GREATEST_BITS)) {
      throw new IllegalArgumentException(bitsPerValue + " bits a value are not in 0..8");
    }
    return new ModelCompressor(settings.withPin(new ModelSettings.Pin(name, bitsPerValue)));
  }

  /**
   * The same compressor that weighs the squared errors of values by the input channels they belong to: bits are then shared for the least
   * weighted error, with no other bound below than a tenth of a bit for tensors that have weights. Tensors without weights count as the
   * others do on average.
   *
   * @param weights by a tensor's name, one for each input channel as {@link TensorEncoder#withChannelWeights} has them, or null.
   *     Compressing throws an IllegalArgumentException where they do not fit
   */
  public ModelCompressor withSensitivity(Function<String, float[]> weights) {
    return new ModelCompressor(settings.with(weights));
  }

  /** The same compressor that tells of each tensor once it is coded; more than once if it is coded again. */
  public ModelCompressor withProgress(Consumer<CompressionReport.Tensor> listener) {
    return new ModelCompressor(settings.with(listener));
  }

  /** Whether a tensor becomes a stream at a target, as far as its type and shape tell. */
  public static boolean isCoded(TensorView tensor, RateTarget target) {
    return target instanceof RateTarget.Lossless
        ? ExactCoding.isPossible(tensor) && tensor.rank() <= TensorHeader.MAX_RANK && tensor.count() >= LEAST_LOSSLESS_VALUES
        : isCoded(tensor);
  }

  /** Whether a tensor becomes a stream that loses something, as far as its type and shape tell. */
  public static boolean isCoded(TensorView tensor) {
    boolean type = tensor.dtype() == DType.F32 || tensor.dtype() == DType.F16 || tensor.dtype() == DType.BF16;
    return type && tensor.rank() >= 2 && tensor.rank() <= TensorHeader.MAX_RANK && tensor.count() >= LEAST_VALUES;
  }

  /**
   * Compresses a checkpoint file.
   *
   * @throws IOException if a file cannot be read or written; then there is no output
   * @throws ModelFormatException if the input is damaged or is compressed already
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
      return new Run(input, spool).compress(output);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private record Coded(EncodedTensor result, Spool.Entry entry) {}

  /** One file. */
  private final class Run {
    private final Checkpoint input;
    private final Spool spool;
    private final List<TensorView> tensors;
    /** What tensors have been coded to; null for those that are kept as they are. */
    private final Coded[] coded;

    Run(Checkpoint input, Spool spool) {
      this.input = input;
      this.spool = spool;
      this.tensors = input.tensors();
      this.coded = new Coded[tensors.size()];
    }

    CompressionReport compress(Path output) throws IOException {
      int[] all = candidates();
      settings.requirePinsFound(Arrays.stream(all).mapToObj(tensors::get).filter(ModelCompressor::isCoded).toList());
      // Better to know of wrong weights before all the work.
      Arrays.stream(all).forEach(i -> settings.weights(tensors.get(i)));
      if (settings.target() instanceof RateTarget.Bits bits && all.length > 0) {
        codeWithinBudget(all, bits.bitsPerValue());
      } else {
        codeEach(all, i -> encoderOf(tensors.get(all[i])));
      }
      return write(output);
    }

    private TensorEncoder encoderOf(TensorView tensor) {
      TensorEncoder encoder = settings.encoderOf(tensor);
      OptionalDouble pin = settings.pinned(tensor);
      return pin.isPresent() && isCoded(tensor) ? encoder.with(new RateTarget.Bits(pin.getAsDouble())) : encoder;
    }

    private int[] candidates() {
      int[] indices = new int[tensors.size()];
      int count = 0;
      for (int i = 0; i < indices.length; i++) {
        if (isCoded(tensors.get(i), settings.target()) && settings.filter().test(tensors.get(i))) {
          indices[count++] = i;
        }
      }
      return Arrays.copyOf(indices, count);
    }

    private interface EncoderChoice {
      TensorEncoder of(int position);
    }

    private void codeWithinBudget(int[] candidates, double bitsPerValue) {
      double whole = tensors.stream().mapToDouble(TensorView::count).sum() * bitsPerValue / 8;
      BudgetPlanner.Plan plan =
          BudgetPlanner.plan(
              settings, Arrays.stream(candidates).mapToObj(tensors::get).toList(), whole - fixedBytes(candidates, whole), whole);
      FileBudget budget = plan.budget();
      int[] positions = new int[candidates.length];
      Arrays.setAll(positions, p -> p);
      for (int round = 0; positions.length > 0 && round <= CORRECTIONS; round++) {
        int[] now = positions;
        boolean exact = round > 0;
        codeEach(
            Arrays.stream(now).map(p -> candidates[p]).toArray(),
            p -> settings.encoderOf(tensors.get(candidates[now[p]])).with(new RateTarget.Bits(budget.target(now[p])))
                .with(exact ? plan.known()[now[p]].exact() : plan.known()[now[p]]));
        long[] bytes = Arrays.stream(candidates).mapToLong(this::dataBytes).toArray();
        positions = budget.correct(bytes);
      }
    }

    /** Bytes of the file that are not streams: raw tensors, and the header when streams take their share of the file. */
    private double fixedBytes(int[] candidates, double whole) {
      double candidateValues = Arrays.stream(candidates).mapToDouble(i -> tensors.get(i).count()).sum();
      boolean[] isStream = new boolean[tensors.size()];
      long[] sizes = tensors.stream().mapToLong(TensorView::byteSize).toArray();
      double raw = Arrays.stream(sizes).asDoubleStream().sum();
      for (int i : candidates) {
        raw -= sizes[i];
        isStream[i] = true;
        sizes[i] = (long) (whole * tensors.get(i).count() / candidateValues);
      }
      Map<String, String> metadata = metadata(isStream, new int[sizes.length]);
      return raw + HeaderSize.ofFile(HeaderSize.ofJson(metadata, tensors, sizes, isStream));
    }

    private void codeEach(int[] indices, EncoderChoice choice) {
      settings.workers().forEachInOrder(
          indices.length,
          p -> code(tensors.get(indices[p]), choice.of(p)),
          (p, result) -> {
            int i = indices[p];
            // A stream that saves nothing is not worth its loss.
            coded[i] = result.entry().size() < tensors.get(i).byteSize() ? result : null;
            settings.progress().accept(report(i));
          });
    }

    private Coded code(TensorView tensor, TensorEncoder tensorEncoder) {
      try {
        StreamStore store = spool.open(tensor.count());
        EncodedTensor result = tensorEncoder.encode(tensor, store);
        return new Coded(result, spool.keep(store));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private long dataBytes(int i) {
      return coded[i] == null ? tensors.get(i).byteSize() : coded[i].entry().size();
    }

    private CompressionReport.Tensor report(int i) {
      TensorView tensor = tensors.get(i);
      return new CompressionReport.Tensor(
          tensor.name(), tensor.dtype(), tensor.shape(), tensor.count(), tensor.byteSize(), dataBytes(i),
          coded[i] == null ? null : coded[i].result());
    }

    private CompressionReport write(Path output) throws IOException {
      boolean[] isStream = new boolean[coded.length];
      long[] sizes = new long[coded.length];
      for (int i = 0; i < coded.length; i++) {
        isStream[i] = coded[i] != null;
        sizes[i] = dataBytes(i);
      }
      Map<String, String> metadata = metadata(isStream, checksums());
      long header = HeaderSize.ofJson(metadata, tensors, sizes, isStream);
      List<CompressionReport.Tensor> reports = new ArrayList<>();
      // The writer adds the two braces itself.
      try (SafetensorsWriter writer = SafetensorsWriter.create(output, header - 2)) {
        for (int i = 0; i < coded.length; i++) {
          writeTensor(writer, i);
          reports.add(report(i));
        }
        writer.commit(metadata);
      }
      return new CompressionReport(reports, HeaderSize.ofFile(header) + Arrays.stream(sizes).sum());
    }

    private void writeTensor(SafetensorsWriter writer, int i) throws IOException {
      TensorView tensor = tensors.get(i);
      if (coded[i] == null) {
        writer.add(tensor);
        return;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment stream = coded[i].entry().map(arena);
        writer.begin(tensor.name(), DType.U8);
        writer.write(stream);
        writer.end(stream.byteSize());
      }
    }

    private int[] checksums() {
      int[] crcs = new int[coded.length];
      settings.workers().forEachInOrder(
          coded.length, i -> coded[i] == null ? crc32c(tensors.get(i).data()) : 0, (i, crc) -> crcs[i] = crc);
      return crcs;
    }

    /** The input's metadata and the index. */
    private Map<String, String> metadata(boolean[] isStream, int[] crcs) {
      Map<String, ModelIndex.Original> streams = new LinkedHashMap<>();
      Map<String, Integer> checksums = new LinkedHashMap<>();
      for (int i = 0; i < crcs.length; i++) {
        TensorView tensor = tensors.get(i);
        if (isStream[i]) {
          streams.put(tensor.name(), new ModelIndex.Original(tensor.dtype(), tensor.shape()));
        } else {
          checksums.put(tensor.name(), crcs[i]);
        }
      }
      Map<String, String> metadata = new LinkedHashMap<>(input.metadata());
      metadata.put(ModelIndex.KEY, new ModelIndex(streams, checksums).toJson());
      return metadata;
    }
  }

  static int crc32c(MemorySegment data) {
    CRC32C crc = new CRC32C();
    long block = 1 << 20;
    for (long at = 0; at < data.byteSize(); at += block) {
      crc.update(data.asSlice(at, Math.min(block, data.byteSize() - at)).asByteBuffer());
    }
    return (int) crc.getValue();
  }
}
