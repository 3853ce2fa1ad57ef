package llm265.model;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.model.delta.DeltaCoding;
import llm265.model.delta.TensorSource;
import llm265.parallel.Workers;

/**
 * A model that another is told from: an original checkpoint, or a compressed model, which may have a base itself. Its tensors are
 * what it decodes to.
 *
 * <p>Thread-safe, except for closing while others read.
 */
public final class ModelBase implements AutoCloseable {
  /** The greatest number of models that are told from each other one after the other. */
  public static final int MOST_LINKS = 64;

  private final Path path;
  private final Checkpoint original;
  private final CompressedModel compressed;
  private final Map<TensorView, Optional<DeltaCoding>> codings = new ConcurrentHashMap<>();

  private ModelBase(Path path, Checkpoint original, CompressedModel compressed) {
    this.path = path;
    this.original = original;
    this.compressed = compressed;
  }

  /**
   * Opens a base, and the bases that it has itself.
   *
   * @param path a file or a folder
   * @throws IOException if one cannot be read
   * @throws ModelFormatException if one is damaged, is missing, or is told from itself
   */
  public static ModelBase open(Path path) throws IOException {
    ModelBase base = open(path, List.of());
    try {
      base.links();
      return base;
    } catch (RuntimeException | Error e) {
      base.close();
      throw e;
    }
  }

  /**
   * Opens a base.
   *
   * @param users real paths of the models that are told from it, the farthest first
   */
  static ModelBase open(Path path, List<Path> users) throws IOException {
    Path real = path.toRealPath();
    if (users.contains(real)) {
      throw new ModelFormatException(path, "is its own base");
    }
    if (users.size() > MOST_LINKS) {
      throw new ModelFormatException(path, "is the base of a chain of more than " + MOST_LINKS + " models");
    }
    Checkpoint checkpoint = Checkpoint.open(path);
    if (!CompressedModel.isCompressed(checkpoint)) {
      return new ModelBase(path, checkpoint, null);
    }
    checkpoint.close();
    return new ModelBase(path, null, CompressedModel.open(path, null, users));
  }

  static List<Path> with(List<Path> users, Path user) throws IOException {
    List<Path> more = new ArrayList<>(users);
    more.add(user.toRealPath());
    return more;
  }

  public Path path() {
    return path;
  }

  /** The model, if it is compressed. */
  public Optional<CompressedModel> compressed() {
    return Optional.ofNullable(compressed);
  }

  /** How many models are told from each other, one after the other, before this one is known: 0 if it stands for itself. */
  public int links() {
    return compressed == null ? 0 : compressed.base().map(base -> 1 + base.links()).orElse(0);
  }

  /** The tensor of a name. */
  Optional<TensorSource> tensor(String name) {
    if (original != null) {
      return original.byName(name).map(TensorSource::of);
    }
    // A kept tensor's checksum would be that of the whole: a delta has those of the ranges that it is read by.
    return compressed.byName(name).map(tensor -> tensor.isKept()
        ? TensorSource.of(new TensorView(name, tensor.dtype(), tensor.shape(), tensor.data()))
        : new Decoded(tensor.coded()));
  }

  /** How a tensor is told from the one of its name; null if there is none of its shape and a type that goes with its own. */
  DeltaCoding coding(TensorView tensor, Workers workers) {
    Optional<DeltaCoding> known = codings.get(tensor);
    if (known == null) {
      known = tensor(tensor.name())
          .filter(source -> tensor.count() > 0 && DeltaCoding.isSuitable(tensor, source))
          .map(source -> new DeltaCoding(tensor, source, workers));
      codings.put(tensor, known);
    }
    return known.orElse(null);
  }

  @Override
  public void close() {
    if (original != null) {
      original.close();
    } else {
      compressed.close();
    }
  }

  private record Decoded(CodedTensor tensor) implements TensorSource {
    @Override
    public DType dtype() {
      return tensor.dtype();
    }

    @Override
    public long[] shape() {
      return tensor.shape();
    }

    @Override
    public long rangeValues() {
      return Math.max(1, tensor.firstOf(1));
    }

    @Override
    public void read(long first, MemorySegment data, Workers workers) {
      tensor.decode(first, data, workers);
    }
  }
}
