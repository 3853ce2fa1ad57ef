package llm265.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import llm265.checkpoint.CheckpointFolder;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.ShardPlan;
import llm265.checkpoint.ShardedCheckpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.PartFolder;
import llm265.checkpoint.gguf.GgufWriter;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.parallel.Workers;
import llm265.quantized.QuantizationConfig;
import llm265.quantized.TensorSource;

/**
 * Turns compressed model files back into safetensors files, or GGUF files, with the tensors' own names, types and shapes, or in
 * another {@link OutputForm}.
 *
 * <p>Tensors are decoded and written in pieces, so files may be larger than the heap. Immutable and thread-safe.
 */
public final class ModelDecompressor {
  private final Workers workers;
  private final OutputForm form;
  private final Consumer<String> progress;
  private final ObjLongConsumer<String> overflows;

  private ModelDecompressor(Workers workers, OutputForm form, Consumer<String> progress, ObjLongConsumer<String> overflows) {
    this.workers = workers;
    this.form = form;
    this.progress = progress;
    this.overflows = overflows;
  }

  /** A decompressor on the calling thread. */
  public static ModelDecompressor create() {
    return new ModelDecompressor(Workers.CALLER, OutputForm.ORIGINAL, name -> { }, (name, count) -> { });
  }

  /**
   * The same decompressor with helping threads.
   *
   * @param executor runs tasks on its threads; not shut down
   * @param threads number of threads at most, the calling one included
   */
  public ModelDecompressor withThreads(Executor executor, int threads) {
    return new ModelDecompressor(new Workers(executor, threads), form, progress, overflows);
  }

  /**
   * The same decompressor with one of F32, F16 and BF16 as the type of all tensors of F64, F32, F16 and BF16; null for their
   * own types. Values too large for the type become infinite; see {@link #withOverflows}.
   *
   * @throws IllegalArgumentException for other types
   */
  public ModelDecompressor withFloatType(DType type) {
    return withForm(form.withFloatType(type));
  }

  /** The same decompressor with other types and names of tensors. */
  public ModelDecompressor withForm(OutputForm other) {
    return new ModelDecompressor(workers, other, progress, overflows);
  }

  /** The same decompressor with a listener that receives the name of each tensor once it is written. */
  public ModelDecompressor withProgress(Consumer<String> listener) {
    return new ModelDecompressor(workers, form, listener, overflows);
  }

  /**
   * The same decompressor with a listener that receives how many finite values of a tensor became infinite because their new
   * type is too small for them. It is called once or more for each such tensor.
   */
  public ModelDecompressor withOverflows(ObjLongConsumer<String> listener) {
    return new ModelDecompressor(workers, form, progress, listener);
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
    write(plan(model), output);
  }

  /** Decompresses an open model to the output of a folder; like {@link #write(OutputPlan, PartFolder, long)}. */
  public void decompress(CompressedModel model, PartFolder folder, long shardBytes) throws IOException {
    write(plan(model), folder, shardBytes);
  }

  /**
   * Decompresses an open model to the GGUF file that it was made of: the same file, where nothing was lost. Where types change,
   * the header states the new ones.
   *
   * @throws IOException if a file cannot be read or written; then there is no output
   * @throws IllegalArgumentException if the model was not made of a GGUF file
   * @throws ModelFormatException if the model is damaged; then there is no output
   */
  public void decompressGguf(CompressedModel model, Path output) throws IOException {
    write(planGguf(model), output);
  }

  /** Bytes of a tensor of a model in a safetensors file, where its tensors keep their names. */
  public long bytes(CompressedModel.Tensor tensor) {
    return form.typeOf(tensor.dtype()).byteSize(Shape.count(tensor.shape()));
  }

  /**
   * Decides what is written to safetensors files.
   *
   * @throws IOException if the folder that says how weights are quantized cannot be read
   * @throws IllegalArgumentException if the model cannot be written in the form of {@link #withForm}; the message says why
   * @throws ModelFormatException if the model is damaged
   */
  public OutputPlan plan(CompressedModel model) throws IOException {
    QuantizationConfig config =
        form.configuration() == null ? QuantizationConfig.NONE : QuantizationConfig.read(form.configuration());
    return OutputPlan.ofSafetensors(model, form, config, workers);
  }

  /** Decides what is written to a GGUF file; see {@link #decompressGguf}. */
  public OutputPlan planGguf(CompressedModel model) {
    return OutputPlan.ofGguf(model, form);
  }

  /**
   * Writes a file.
   *
   * @throws IOException if a file cannot be read or written; then there is no output
   * @throws IllegalArgumentException if a value that is to be quantized is not finite; then there is no output
   * @throws ModelFormatException if the model is damaged; then there is no output
   */
  public void write(OutputPlan plan, Path output) throws IOException {
    if (plan.header() == null) {
      write(plan.tensors(), plan.metadata(), output, overflows);
      return;
    }
    try (TensorTarget target = TensorTarget.of(GgufWriter.create(output, plan.header(), plan.form()::typeOf))) {
      write(plan.tensors(), target, overflows);
    }
  }

  /**
   * Writes safetensors files to the output of a folder, one or several. A later call with the same folder, model and settings
   * keeps the files that are done already.
   *
   * @param shardBytes the most bytes of data of a file that has more than one tensor
   * @throws IOException if a file cannot be read or written; what is done stays in the folder
   * @throws IllegalArgumentException as {@link #write(OutputPlan, Path)}
   * @throws ModelFormatException as {@link #write(OutputPlan, Path)}
   */
  public void write(OutputPlan plan, PartFolder folder, long shardBytes) throws IOException {
    List<OutputTensor> tensors = plan.tensors();
    long[] sizes = tensors.stream().mapToLong(OutputTensor::bytes).toArray();
    ShardPlan shards = ShardPlan.of(sizes, shardBytes);
    Map<String, String> metadata = metadataOfShards(plan);
    FinishedShards finished = new FinishedShards(folder.folder("shards"));
    Map<String, String> fileOfTensor = new LinkedHashMap<>();
    for (int shard = 0; shard < shards.count(); shard++) {
      Path file = folder.output().resolve(shards.name(shard));
      List<OutputTensor> part = tensors.subList(shards.begin(shard), shards.end(shard));
      part.forEach(tensor ->
          tensor.entries().forEach(entry -> fileOfTensor.put(entry.name(), file.getFileName().toString())));
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
    if (shards.count() > 1) {
      ShardedCheckpoint.writeIndex(
          folder.output().resolve(CheckpointFolder.INDEX), LongStream.of(sizes).sum(), fileOfTensor);
    }
  }

  /**
   * Writes one of the files of a folder.
   *
   * @param plan of the tensors in that file
   * @throws IOException as {@link #write(OutputPlan, Path)}
   */
  public void writeShard(OutputPlan plan, Path output) throws IOException {
    write(plan.tensors(), metadataOfShards(plan), output, overflows);
  }

  private static Map<String, String> metadataOfShards(OutputPlan plan) {
    Map<String, String> metadata = plan.metadata();
    // Hugging Face's libraries refuse files without it.
    metadata.putIfAbsent("format", "pt");
    return metadata;
  }

  private void write(
      List<OutputTensor> tensors, Map<String, String> metadata, Path output, ObjLongConsumer<String> overflowing)
      throws IOException {
    long headerBytes = tensors.stream().flatMap(tensor -> tensor.entries().stream())
        .mapToLong(entry -> SafetensorsWriter.entryBytes(entry.name(), entry.shape().length)).sum();
    try (TensorTarget target = TensorTarget.of(SafetensorsWriter.create(output, headerBytes), metadata)) {
      write(tensors, target, overflowing);
    }
  }

  private void write(List<OutputTensor> tensors, TensorTarget target, ObjLongConsumer<String> overflowing)
      throws IOException {
    List<Piece> pieces = new ArrayList<>();
    for (OutputTensor tensor : tensors) {
      switch (tensor) {
        case OutputTensor.InPieces inPieces ->
            IntStream.range(0, inPieces.pieces()).forEach(i -> pieces.add(new Piece(inPieces, i)));
        case OutputTensor.AtOnce atOnce -> {
          writePieces(pieces, target, overflowing);
          atOnce.write(target, workers);
          progress.accept(atOnce.name());
        }
      }
    }
    writePieces(pieces, target, overflowing);
    target.commit();
  }

  private void writePieces(List<Piece> pieces, TensorTarget target, ObjLongConsumer<String> overflowing) throws IOException {
    try {
      workers.forEachInOrder(
          pieces.size(), i -> pieces.get(i).bytes(workers), (i, bytes) -> write(target, pieces.get(i), bytes, overflowing));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    pieces.clear();
  }

  private void write(TensorTarget target, Piece piece, Bytes bytes, ObjLongConsumer<String> overflowing) {
    TensorSource.Entry entry = piece.tensor.entry();
    try {
      if (piece.number == 0) {
        target.begin(entry.name(), entry.dtype());
      }
      target.write(bytes.data);
      if (bytes.overflows > 0) {
        overflowing.accept(entry.name(), bytes.overflows);
      }
      if (piece.number == piece.tensor.pieces() - 1) {
        target.end(entry.shape());
        progress.accept(entry.name());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A part of a tensor: few MB, except for streams of views many tiles wide. */
  private record Piece(OutputTensor.InPieces tensor, int number) {
    Bytes bytes(Workers workers) {
      long[] overflows = new long[1];
      MemorySegment data = tensor.piece(number, workers, count -> overflows[0] += count);
      return new Bytes(data, overflows[0]);
    }
  }

  /** @param overflows how many finite values became infinite */
  private record Bytes(MemorySegment data, long overflows) {}
}
