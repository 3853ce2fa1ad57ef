package llm265.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.TensorView;
import llm265.model.delta.DeltaCoding;
import llm265.parallel.Workers;

/**
 * A model that others are to be told from: an original checkpoint, or a compressed model, which may have a base itself. Its
 * tensors are what it decodes to.
 *
 * <p>Thread-safe, except for closing while others read.
 */
public final class ModelBase implements AutoCloseable {
  /** The greatest number of models that are told from each other one after the other. */
  public static final int MOST_LINKS = BaseLink.MOST_LINKS;

  private final BaseModel model;
  private final Map<TensorView, Optional<DeltaCoding>> codings = new ConcurrentHashMap<>();

  private ModelBase(BaseModel model) {
    this.model = model;
  }

  /**
   * Opens a base, and the bases that it has itself.
   *
   * @param path a file or a folder
   * @throws IOException if one cannot be read
   * @throws ModelFormatException if one is damaged, is missing, or is told from itself
   */
  public static ModelBase open(Path path) throws IOException {
    BaseModel model = CompressedModel.openBase(path, List.of());
    try {
      model.links();
      return new ModelBase(model);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  public Path path() {
    return model.path();
  }

  /** The model, if it is compressed. */
  public Optional<CompressedModel> compressed() {
    return CompressedModel.of(model);
  }

  /** How many models are told from each other, one after the other, before this one is known: 0 if it stands for itself. */
  public int links() {
    return model.links();
  }

  /** How a tensor is told from the one of its name; null if there is none of its shape and a type that goes with its own. */
  DeltaCoding coding(TensorView tensor, Workers workers) {
    Optional<DeltaCoding> known = codings.get(tensor);
    if (known == null) {
      known = model.tensor(tensor.name())
          .filter(source -> tensor.count() > 0 && DeltaCoding.isSuitable(tensor, source))
          .map(source -> new DeltaCoding(tensor, source, workers));
      codings.put(tensor, known);
    }
    return known.orElse(null);
  }

  @Override
  public void close() {
    model.close();
  }
}
