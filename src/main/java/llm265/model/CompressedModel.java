package llm265.model;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import llm265.TensorDecoder;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.CheckpointFolder;
import llm265.checkpoint.SafetensorsReader;
import llm265.checkpoint.ShardedCheckpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.TensorTable;
import llm265.data.DataDecoder;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.h264.StreamException;
import llm265.model.delta.DeltaTensor;
import llm265.model.delta.RangedTensor;
import llm265.packed.PackedTensor;
import llm265.parallel.Workers;

/**
 * An opened compressed model, in one file or in several: its tensors can be inspected and decoded one by one, or in parts.
 *
 * <p>Thread-safe, except for closing while others read.
 */
public final class CompressedModel implements AutoCloseable {
  private static final String INDEX_SUFFIX = ".json";
  private static final int MOST_HEADER_BYTES = 1 << 30;

  private final TensorTable table;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  /** The model that tensors are told from; null for none. */
  private BaseLink base;
  private SourceHeader source;

  /** How an entry holds its tensor. */
  public enum Coding {
    /** The values as they were. */
    KEPT,
    /** A tensor stream. */
    STREAM,
    /** A packed stream. */
    PACKED,
    /** What it differs by from a base's tensor. */
    DELTA
  }

  /**
   * A tensor of the model.
   *
   * @param file the file that it is in
   * @param dtype type of its values, before and after
   * @param shape its dimensions, outermost first
   * @param data what the file has of it: its values if it is kept
   * @param coding what the data are
   * @param checksum CRC-32C of the values if it is kept
   * @param base where the base's tensors are if it is told from one
   */
  public record Tensor(
      Path file, String name, DType dtype, long[] shape, MemorySegment data, Coding coding, int checksum, BaseLink base) {
    /** Whether it is coded as a tensor stream. */
    public boolean isStream() {
      return coding == Coding.STREAM;
    }

    public boolean isKept() {
      return coding == Coding.KEPT;
    }

    /**
     * The values, or what gives them.
     *
     * @throws ModelFormatException if the entry's header is damaged
     */
    public CodedTensor coded() {
      FileEntry entry = new FileEntry(file, name, dtype, shape, data);
      return switch (coding) {
        case KEPT -> new KeptTensor(entry, checksum);
        case STREAM -> new StreamedTensor(entry);
        case PACKED -> new PackedEntry(entry);
        case DELTA -> new DeltaEntry(entry, base);
      };
    }
  }

  private CompressedModel(TensorTable table, List<? extends TensorTable> files, Path givenBase, List<Path> users) {
    this.table = table;
    for (TensorTable file : files) {
      addAll(file, givenBase, users);
    }
  }

  private CompressedModel(CompressedModel whole, Set<String> names) {
    table = whole.table;
    base = whole.base;
    source = whole.source;
    whole.tensors.values().stream().filter(tensor -> names.contains(tensor.name()))
        .forEach(tensor -> tensors.put(tensor.name(), tensor));
  }

  private void addAll(TensorTable file, Path givenBase, List<Path> users) {
    if (!file.metadata().containsKey(ModelIndex.KEY)) {
      throw new ModelFormatException(file.path(), "is not compressed: it has no llm265 index");
    }
    ModelIndex index = ModelIndex.parse(file.path(), file.metadata().get(ModelIndex.KEY));
    if (index.base() != null && base == null) {
      base = new BaseLink(table.path(), index.base(), givenBase, users, CompressedModel::openBase);
    }
    if (index.base() != null && !index.base().equals(base.name())) {
      throw new ModelFormatException(file.path(), "has another base than the files before it");
    }
    Set<String> named = new HashSet<>(index.coded().keySet());
    named.addAll(index.checksums().keySet());
    if (index.source() != null) {
      TensorView entry = file.byName(index.source().entry()).orElseThrow(
          () -> new ModelFormatException(file.path(), "the llm265 index names a header that is not there"));
      source = new SourceHeader(index.source().format(), entry.name(), entry.data());
      named.add(entry.name());
    }
    for (TensorView entry : file.tensors()) {
      if (index.source() == null || !entry.name().equals(index.source().entry())) {
        tensors.put(entry.name(), tensor(file.path(), entry, index));
      }
    }
    if (named.size() != file.tensors().size()) {
      throw new ModelFormatException(file.path(), "the llm265 index names tensors that are not there");
    }
  }

  private Tensor tensor(Path file, TensorView entry, ModelIndex index) {
    ModelIndex.Original original = index.coded().get(entry.name());
    Integer checksum = index.checksums().get(entry.name());
    if (original == null && checksum == null) {
      throw new ModelFormatException(file, "the llm265 index does not say what " + entry + " is");
    }
    if (original == null) {
      return new Tensor(file, entry.name(), entry.dtype(), entry.shape(), entry.data(), Coding.KEPT, checksum, null);
    }
    if (entry.dtype() != DType.U8 || entry.rank() != 1) {
      throw new ModelFormatException(file, entry + " is not a stream, although the llm265 index says so");
    }
    if (checksum == null) {
      return new Tensor(
          file, entry.name(), original.dtype(), original.shape(), entry.data(), coding(entry.data(), index), 0, base);
    }
    try {
      TensorView kept = new TensorView(entry.name(), original.dtype(), original.shape(), entry.data());
      return new Tensor(file, kept.name(), kept.dtype(), kept.shape(), kept.data(), Coding.KEPT, checksum, null);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file, "tensor \"" + entry.name() + "\": " + e.getMessage(), e);
    }
  }

  /** What an entry is by its first bytes. Readers of the first version take all that is coded for tensor streams. */
  private static Coding coding(MemorySegment data, ModelIndex index) {
    if (index.version() == ModelIndex.FIRST_VERSION) {
      return Coding.STREAM;
    }
    return DeltaTensor.isOne(data) ? Coding.DELTA : PackedTensor.isPacked(data) ? Coding.PACKED : Coding.STREAM;
  }

  /** Whether a checkpoint is a compressed model. */
  public static boolean isCompressed(Checkpoint checkpoint) {
    return checkpoint.isSafetensors() && checkpoint.metadata().containsKey(ModelIndex.KEY);
  }

  /**
   * Opens a model and reads its index; decodes nothing.
   *
   * @param path a file; or the {@code .json} index of several, each with an index of its own tensors; or a folder of either
   * @throws IOException if a file cannot be read
   * @throws ModelFormatException if one is not compressed, or is damaged
   */
  public static CompressedModel open(Path path) throws IOException {
    return open(path, null);
  }

  /**
   * Opens a model whose tensors are told from a base; like {@link #open(Path)}.
   *
   * @param base the base; null for the one beside the model that the model names, or for none
   */
  public static CompressedModel open(Path path, Path base) throws IOException {
    return open(path, base, List.of());
  }

  /** @param users real paths of the models that are told from this one */
  static CompressedModel open(Path path, Path base, List<Path> users) throws IOException {
    Path weights = CheckpointFolder.weightsOf(path);
    if (!weights.toString().endsWith(INDEX_SUFFIX)) {
      SafetensorsReader file = SafetensorsReader.open(weights);
      return open(file, List.of(file), base, users);
    }
    ShardedCheckpoint index = ShardedCheckpoint.open(weights);
    return open(index, index.shards(), base, users);
  }

  /**
   * Opens a checkpoint, or a compressed model, as a base.
   *
   * @param users real paths of the models that are told from it
   */
  static BaseModel openBase(Path path, List<Path> users) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(path);
    if (!isCompressed(checkpoint)) {
      return BaseModel.of(path, checkpoint);
    }
    checkpoint.close();
    return new AsBase(path, open(path, null, users));
  }

  /** The compressed model that a base is, if it is one. */
  static Optional<CompressedModel> of(BaseModel base) {
    return base instanceof AsBase compressed ? Optional.of(compressed.model) : Optional.empty();
  }

  /** A compressed model that others are told from. */
  private record AsBase(Path path, CompressedModel model) implements BaseModel {
    @Override
    public int links() {
      return model.openedBase().map(base -> 1 + base.links()).orElse(0);
    }

    @Override
    public Optional<RangedTensor> tensor(String name) {
      // A kept tensor's checksum would be that of the whole: a delta has those of the ranges that it is read by.
      return model.byName(name).map(tensor -> tensor.isKept()
          ? RangedTensor.of(new TensorView(name, tensor.dtype(), tensor.shape(), tensor.data()))
          : new DecodedTensor(tensor.coded()));
    }

    @Override
    public void close() {
      model.close();
    }
  }

  private static CompressedModel open(
      TensorTable table, List<? extends TensorTable> files, Path base, List<Path> users) {
    try {
      return new CompressedModel(table, files, base, users);
    } catch (RuntimeException | Error e) {
      table.close();
      throw e;
    }
  }

  /** The file, or the index of files. */
  public Path path() {
    return table.path();
  }

  /** The file, or the index and its files. */
  public List<Path> files() {
    return table.files();
  }

  /** Bytes of the file, or of all files without their index. */
  public long bytes() throws IOException {
    return table.bytes();
  }

  /** The same model with some of its tensors, in the same order; only the model itself is to be closed. */
  public CompressedModel only(Set<String> names) {
    return new CompressedModel(this, names);
  }

  /** What the model calls the one that its tensors may be told from, if there is one. */
  public Optional<String> baseName() {
    return Optional.ofNullable(base).map(BaseLink::name);
  }

  /** All tensors, in the order of files and of their data. */
  public List<Tensor> tensors() {
    return new ArrayList<>(tensors.values());
  }

  /** The tensor of a name. */
  Optional<Tensor> byName(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** Where the model is that tensors are told from, if there are any; opens it. */
  public Optional<Path> basePath() {
    return openedBase().map(BaseModel::path);
  }

  /**
   * The model that tensors are told from, if there are any and it is compressed; opens it.
   *
   * @throws ModelFormatException if it is not found, or is damaged
   */
  public Optional<CompressedModel> base() {
    return openedBase().flatMap(CompressedModel::of);
  }

  private Optional<BaseModel> openedBase() {
    boolean isNeeded = tensors.values().stream().anyMatch(tensor -> tensor.coding() == Coding.DELTA);
    return Optional.ofNullable(base).filter(link -> isNeeded).map(BaseLink::open);
  }

  /** The metadata of the model, without the index. */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>(table.metadata());
    metadata.remove(ModelIndex.KEY);
    return metadata;
  }

  /** The format of the file that the model was made of, such as {@code gguf}, if its header is kept. */
  public Optional<String> sourceFormat() {
    return Optional.ofNullable(source).map(SourceHeader::format);
  }

  /**
   * The header of the file that the model was made of, if it is kept.
   *
   * @throws ModelFormatException if it is damaged
   */
  public Optional<byte[]> sourceHeader() {
    try {
      return source == null ? Optional.empty()
          : Optional.of(DataDecoder.create().decode(source.data(), MOST_HEADER_BYTES));
    } catch (StreamException e) {
      throw new ModelFormatException(path(), "the header of the " + source.format() + " file: " + e.getMessage(), e);
    }
  }

  /**
   * A decoder for a tensor that is a stream.
   *
   * @throws IllegalArgumentException if there is no such tensor, or it is no stream
   * @throws ModelFormatException if the stream's header is damaged
   */
  public TensorDecoder decoder(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null || !tensor.isStream()) {
      throw new IllegalArgumentException("no tensor named \"" + name + "\" is a stream");
    }
    tensor.coded();
    return TensorDecoder.open(tensor.data());
  }

  /**
   * The values of a tensor as floats.
   *
   * @throws IllegalArgumentException if there is no such tensor, or it has too many values for an array
   * @throws ModelFormatException if it is damaged
   */
  public float[] decode(String name) {
    return decode(name, Runnable::run, 1);
  }

  /**
   * The same, decoded by several threads.
   *
   * @param executor runs tasks on its threads; not shut down
   * @param threads number of threads at most, the calling one included
   */
  public float[] decode(String name, Executor executor, int threads) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("there is no tensor named \"" + name + '"');
    }
    long values = Shape.count(tensor.shape());
    if (values > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("a tensor of " + values + " values does not fit into an array");
    }
    CodedTensor coded = tensor.coded();
    if (tensor.isKept()) {
      coded.verify(Workers.CALLER);
    }
    float[] floats = new float[(int) values];
    coded.decode(0, floats, new Workers(executor, threads));
    return floats;
  }

  /**
   * Checks a tensor: decodes its stream, or compares its checksum.
   *
   * @throws ModelFormatException if it is damaged
   */
  public void verify(Tensor tensor) {
    tensor.coded().verify(Workers.CALLER);
  }

  @Override
  public void close() {
    table.close();
    if (base != null) {
      base.close();
    }
  }
}
