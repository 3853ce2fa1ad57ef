package llm265.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.stream.LongStream;
import llm265.checkpoint.CheckpointFolder;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.ShardPlan;
import llm265.checkpoint.ShardedCheckpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.PartFolder;
import llm265.checkpoint.gguf.GgufHeader;
import llm265.checkpoint.gguf.GgufWriter;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import llm265.dtype.Shape;
import llm265.parallel.Workers;

/**
 * Turns compressed model files back into safetensors files with the tensors' own names, types and shapes.
 *
 * <p>Tensors are decoded and written in pieces, so files may be larger than the heap. Immutable and thread-safe.
 */
public final class ModelDecompressor {
  private final Workers workers;
  private final DType floatType;
  private final Consumer<String> progress;
  private final ObjLongConsumer<String> overflows;

  private ModelDecompressor(Workers workers, DType floatType, Consumer<String> progress, ObjLongConsumer<String> overflows) {
    this.workers = workers;
    this.floatType = floatType;
    this.progress = progress;
    this.overflows = overflows;
  }

  /** A decompressor on the calling thread. */
  public static ModelDecompressor create() {
    return new ModelDecompressor(Workers.CALLER, null, name -> { }, (name, count) -> { });
  }

  /**
   * The same decompressor with helping threads.
   *
   * @param executor runs tasks on its threads; not shut down
   * @param threads number of threads at most, the calling one included
   */
  public ModelDecompressor withThreads(Executor executor, int threads) {
    return new ModelDecompressor(new Workers(executor, threads), floatType, progress, overflows);
  }

  /**
   * The same decompressor with one of F32, F16 and BF16 as the type of all tensors of F64, F32, F16 and BF16; null for their
   * own types. Values too large for the type become infinite; see {@link #withOverflows}.
   *
   * @throws IllegalArgumentException for other types
   */
  public ModelDecompressor withFloatType(DType type) {
    if (type != null && type != DType.F32 && type != DType.F16 && type != DType.BF16) {
      throw new IllegalArgumentException(type + " is not F32, F16 or BF16");
    }
    return new ModelDecompressor(workers, type, progress, overflows);
  }

  /** The type in which a tensor is written. */
  private DType writtenType(DType type) {
    return floatType != null && isConverted(type) ? floatType : type;
  }

  /** Whether {@link #withFloatType} applies to tensors of a type. */
  public static boolean isConverted(DType type) {
    return type == DType.F64 || type == DType.F32 || type == DType.F16 || type == DType.BF16;
  }

  /** The same decompressor with a listener that receives the name of each tensor once it is written. */
  public ModelDecompressor withProgress(Consumer<String> listener) {
    return new ModelDecompressor(workers, floatType, listener, overflows);
  }

  /**
   * The same decompressor with a listener that receives how many finite values of a tensor became infinite because the type of
   * {@link #withFloatType} is too small for them. It is called once or more for each such tensor.
   */
  public ModelDecompressor withOverflows(ObjLongConsumer<String> listener) {
    return new ModelDecompressor(workers, floatType, progress, listener);
  }

  /**
   * Decompresses a file.
   *
   * @throws IOException if a file cannot be read or written; then there is no output
   * @throws ModelFormatException if the input is not a compressed model file, or is damaged; then there is no output
   */
  public void decompress(Path input, Path output) throws IOException {
    try (CompressedModel model = CompressedModel.open(input)) {
      decompress(model, output);
    }
  }

  /** Decompresses an open model; like {@link #decompress(Path, Path)}. */
  public void decompress(CompressedModel model, Path output) throws IOException {
    write(model.tensors(), model.metadata(), output, overflows);
  }

  /**
   * Decompresses an open model to the output of a folder, in one file or in several. A later call with the same folder, model and
   * settings keeps the files that are done already.
   *
   * @param shardBytes the most bytes of data of a file that has more than one tensor
   * @throws IOException if a file cannot be read or written; what is done stays in the folder
   * @throws ModelFormatException as {@link #decompress(Path, Path)}
   */
  public void decompress(CompressedModel model, PartFolder folder, long shardBytes) throws IOException {
    List<CompressedModel.Tensor> tensors = model.tensors();
    long[] sizes = tensors.stream()
        .mapToLong(tensor -> writtenType(tensor.dtype()).byteSize(Shape.count(tensor.shape()))).toArray();
    ShardPlan plan = ShardPlan.of(sizes, shardBytes);
    Map<String, String> metadata = model.metadata();
    // Hugging Face's libraries refuse files without it.
    metadata.putIfAbsent("format", "pt");
    FinishedShards finished = new FinishedShards(folder.folder("shards"));
    Map<String, String> fileOfTensor = new LinkedHashMap<>();
    for (int shard = 0; shard < plan.count(); shard++) {
      Path file = folder.output().resolve(plan.name(shard));
      List<CompressedModel.Tensor> part = tensors.subList(plan.begin(shard), plan.end(shard));
      part.forEach(tensor -> fileOfTensor.put(tensor.name(), file.getFileName().toString()));
      Map<String, Long> before = finished.find(file);
      if (before != null) {
        before.forEach((name, count) -> overflows.accept(name, count));
        part.forEach(tensor -> progress.accept(tensor.name()));
        continue;
      }
      Map<String, Long> counts = new LinkedHashMap<>();
      write(part, metadata, file, (name, count) -> counts.merge(name, count, Long::sum));
      finished.add(file, counts);
      counts.forEach((name, count) -> overflows.accept(name, count));
    }
    if (plan.count() > 1) {
      ShardedCheckpoint.writeIndex(
          folder.output().resolve(CheckpointFolder.INDEX), LongStream.of(sizes).sum(), fileOfTensor);
    }
  }

  /**
   * Decompresses an open model to the GGUF file that it was made of: the same file, where nothing was lost. With {@link
   * #withFloatType} the header states the new types.
   *
   * @throws IOException if a file cannot be read or written; then there is no output
   * @throws IllegalArgumentException if the model was not made of a GGUF file
   * @throws ModelFormatException if the model is damaged; then there is no output
   */
  public void decompressGguf(CompressedModel model, Path output) throws IOException {
    if (!model.sourceFormat().equals(Optional.of("gguf"))) {
      throw new IllegalArgumentException(model.path() + ": was not made of a GGUF file, and has no header of one");
    }
    GgufHeader header = GgufHeader.parse(model.path(), MemorySegment.ofArray(model.sourceHeader().orElseThrow()));
    for (CompressedModel.Tensor tensor : model.tensors()) {
      boolean isSame = header.tensor(tensor.name())
          .filter(own -> own.dtype() == tensor.dtype() && Arrays.equals(own.shape(), tensor.shape())).isPresent();
      if (!isSame || header.tensors().size() != model.tensors().size()) {
        throw new ModelFormatException(
            model.path(), "the header of the GGUF file is not that of tensor \"" + tensor.name() + '"');
      }
    }
    try (TensorTarget target = TensorTarget.of(GgufWriter.create(output, header, tensor -> writtenType(tensor.dtype())))) {
      write(model.tensors(), target, overflows);
    }
  }

  private void write(
      List<CompressedModel.Tensor> tensors, Map<String, String> metadata, Path output, ObjLongConsumer<String> overflowing)
      throws IOException {
    long headerBytes = 0;
    for (CompressedModel.Tensor tensor : tensors) {
      if (tensor.dtype().kind() == DType.Kind.BLOCK) {
        throw new IllegalArgumentException("tensor \"" + tensor.name() + "\" is of type " + tensor.dtype()
            + ", which safetensors do not have: -o FILE.gguf makes the GGUF file again");
      }
      headerBytes += SafetensorsWriter.entryBytes(tensor.name(), tensor.shape().length);
    }
    try (TensorTarget target = TensorTarget.of(SafetensorsWriter.create(output, headerBytes), metadata)) {
      write(tensors, target, overflowing);
    }
  }

  private void write(List<CompressedModel.Tensor> tensors, TensorTarget target, ObjLongConsumer<String> overflowing)
      throws IOException {
    List<Piece> pieces = pieces(tensors);
    try {
      workers.forEachInOrder(
          pieces.size(), i -> pieces.get(i).decode(workers), (i, data) -> write(target, pieces.get(i), data, overflowing));
      target.commit();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void write(TensorTarget target, Piece piece, MemorySegment data, ObjLongConsumer<String> overflowing) {
    try {
      if (piece.isFirst()) {
        target.begin(piece.tensor.name(), writtenType(piece.tensor.dtype()));
      }
      target.write(converted(data, piece.tensor, overflowing));
      if (piece.isLast()) {
        target.end(piece.tensor.shape());
        progress.accept(piece.tensor.name());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private MemorySegment converted(
      MemorySegment data, CompressedModel.Tensor tensor, ObjLongConsumer<String> overflowing) {
    DType written = writtenType(tensor.dtype());
    return written == tensor.dtype()
        ? data
        : FloatConversion.convert(data, tensor.dtype(), written, count -> overflowing.accept(tensor.name(), count));
  }

  private static List<Piece> pieces(List<CompressedModel.Tensor> tensors) {
    List<Piece> pieces = new ArrayList<>();
    for (CompressedModel.Tensor tensor : tensors) {
      CodedTensor coded = tensor.coded();
      for (int piece = 0; piece < coded.pieces(); piece++) {
        pieces.add(new Piece(tensor, coded, piece));
      }
    }
    return pieces;
  }

  /** A part of a tensor: few MB, except for streams of views many tiles wide. */
  private record Piece(CompressedModel.Tensor tensor, CodedTensor coded, int number) {
    MemorySegment decode(Workers workers) {
      return coded.piece(number, workers);
    }

    boolean isFirst() {
      return number == 0;
    }

    boolean isLast() {
      return number == coded.pieces() - 1;
    }
  }
}
