package llm265.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
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
    List<Piece> pieces = pieces(model);
    long headerBytes = 0;
    for (CompressedModel.Tensor tensor : model.tensors()) {
      headerBytes += SafetensorsWriter.entryBytes(tensor.name(), tensor.shape().length);
    }
    try (SafetensorsWriter writer = SafetensorsWriter.create(output, headerBytes)) {
      workers.forEachInOrder(
          pieces.size(), i -> pieces.get(i).decode(workers), (i, data) -> write(writer, pieces.get(i), data));
      writer.commit(model.metadata());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void write(SafetensorsWriter writer, Piece piece, MemorySegment data) {
    try {
      if (piece.isFirst()) {
        writer.begin(piece.tensor.name(), writtenType(piece.tensor.dtype()));
      }
      writer.write(converted(data, piece.tensor));
      if (piece.isLast()) {
        writer.end(piece.tensor.shape());
        progress.accept(piece.tensor.name());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private MemorySegment converted(MemorySegment data, CompressedModel.Tensor tensor) {
    DType written = writtenType(tensor.dtype());
    return written == tensor.dtype()
        ? data
        : FloatConversion.convert(data, tensor.dtype(), written, count -> overflows.accept(tensor.name(), count));
  }

  private static List<Piece> pieces(CompressedModel model) {
    List<Piece> pieces = new ArrayList<>();
    for (CompressedModel.Tensor tensor : model.tensors()) {
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
