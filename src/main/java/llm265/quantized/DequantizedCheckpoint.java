package llm265.quantized;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ScratchFile;
import llm265.checkpoint.file.TensorTable;
import llm265.checkpoint.gguf.GgufHeader;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;

/**
 * The plain tensors of a quantized checkpoint: weights and tensors of block types as BF16, all others as they are. The BF16
 * values are in a temporary file; the rest is the original, which is closed with this one. Path, files, metadata and the header
 * of a GGUF file are the original's, but for the types that the header states.
 */
public final class DequantizedCheckpoint extends TensorTable {
  private static final DType TYPE = DType.BF16;
  private static final String FILE_TYPE = "general.file_type";
  /** Whole blocks of every type. */
  private static final long PIECE_VALUES = 1 << 20;

  private final Checkpoint original;
  private final List<QuantizedCheckpoint.Output> outputs;
  private final Predicate<TensorView> wanted;
  private final Optional<GgufHeader> header;
  private final Arena arena = Arena.ofShared();

  private DequantizedCheckpoint(
      Checkpoint original, QuantizedCheckpoint quantized, Predicate<TensorView> wanted) {
    super(original.path());
    this.original = original;
    this.wanted = wanted;
    header = original.header().map(bytes -> GgufHeader.parse(original.path(), bytes)
        .with(tensor -> isBlocks(original.byName(tensor.name()).orElseThrow()) ? TYPE : tensor.dtype()));
    // A GGUF file's header states all tensors by themselves.
    outputs = header.isEmpty()
        ? quantized.outputs()
        : original.tensors().stream().map(tensor -> new QuantizedCheckpoint.Output(tensor.name(), null)).toList();
  }

  /**
   * Dequantizes a checkpoint.
   *
   * @param original closed with the result; stays open if this fails
   * @param quantized what it has
   * @param wanted tensors of block types that are not stay as they are
   * @param output what is made of it: the temporary file is beside it
   * @param progress receives numbers of values that are done
   * @throws IOException if the temporary file cannot be written
   * @throws llm265.checkpoint.file.ModelFormatException if parts of a weight are damaged
   * @throws IllegalArgumentException if the method of the quantization is not read
   */
  public static Checkpoint of(
      Checkpoint original, QuantizedCheckpoint quantized, Predicate<TensorView> wanted, Path output, Workers workers,
      LongConsumer progress) throws IOException {
    quantized.requireReadable();
    DequantizedCheckpoint plain = new DequantizedCheckpoint(original, quantized, wanted);
    try (ScratchFile scratch = ScratchFile.create(output)) {
      plain.writeAll(scratch, workers, progress);
      plain.place(scratch.map(plain.arena));
      return Checkpoint.of(plain);
    } catch (IOException | RuntimeException | Error e) {
      plain.arena.close();
      throw e;
    }
  }

  private boolean isBlocks(TensorView tensor) {
    return tensor.dtype().kind() == DType.Kind.BLOCK && wanted.test(tensor);
  }

  private TensorView originalOf(QuantizedCheckpoint.Output output) {
    return original.byName(output.name()).orElseThrow();
  }

  private void writeAll(ScratchFile scratch, Workers workers, LongConsumer progress) throws IOException {
    try {
      write(scratch, workers, progress);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void write(ScratchFile scratch, Workers workers, LongConsumer progress) {
    for (QuantizedCheckpoint.Output output : outputs) {
      QuantizedWeight weight = output.weight();
      if (weight != null) {
        WeightRows rows = weight.open();
        workers.forEachInOrder(
            weight.pieces(), i -> weight.piece(rows, i, TYPE), (i, piece) -> append(scratch, piece, progress));
      } else if (isBlocks(originalOf(output))) {
        TensorView blocks = originalOf(output);
        workers.forEachInOrder(
            Math.toIntExact(Math.ceilDiv(blocks.count(), PIECE_VALUES)),
            i -> converted(blocks, i),
            (i, piece) -> append(scratch, piece, progress));
      }
    }
  }

  private static MemorySegment converted(TensorView blocks, int piece) {
    long first = piece * PIECE_VALUES;
    long count = Math.min(PIECE_VALUES, blocks.count() - first);
    DType type = blocks.dtype();
    MemorySegment data = blocks.data().asSlice(type.byteSize(first), type.byteSize(count));
    return FloatConversion.convert(data, type, TYPE);
  }

  private static void append(ScratchFile scratch, MemorySegment piece, LongConsumer progress) {
    try {
      scratch.write(piece);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    progress.accept(TYPE.valuesIn(piece.byteSize()));
  }

  private void place(MemorySegment values) {
    long begin = 0;
    for (QuantizedCheckpoint.Output output : outputs) {
      QuantizedWeight weight = output.weight();
      if (weight == null && !isBlocks(originalOf(output))) {
        add(originalOf(output));
        continue;
      }
      long[] shape = weight == null ? originalOf(output).shape() : weight.shape();
      long size = TYPE.byteSize(Shape.count(shape));
      add(new TensorView(output.name(), TYPE, shape, values.asSlice(begin, size)));
      begin += size;
    }
    original.unread().forEach(this::addUnread);
    Map<String, String> metadata = new LinkedHashMap<>(original.metadata());
    header.ifPresent(changed -> changed.integer(FILE_TYPE)
        .ifPresent(number -> metadata.replace(FILE_TYPE, Long.toString(number))));
    addMetadata(metadata);
  }

  @Override
  public List<Path> files() {
    return original.files();
  }

  @Override
  public long bytes() throws IOException {
    return original.bytes();
  }

  @Override
  public String format() {
    return original.format();
  }

  @Override
  public Optional<MemorySegment> header() {
    return header.map(GgufHeader::bytes);
  }

  @Override
  public void close() {
    arena.close();
    original.close();
  }
}
