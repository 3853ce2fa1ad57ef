package llm265.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.model.CompressedModel;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** A compressed model whose tensors a cluster reads: the driver knows what there are, and each task has some of them. */
final class CompressedParts implements AutoCloseable {
  /** Tasks of more bytes than this are worth starting however many there are. */
  private static final long WORTHWHILE_BYTES = 1 << 26;

  private final Cluster cluster;
  private final OpenedModel opened;
  private final CompressedModel model;

  private CompressedParts(Cluster cluster, OpenedModel opened, CompressedModel model) {
    this.cluster = cluster;
    this.opened = opened;
    this.model = model;
  }

  /**
   * Opens a model.
   *
   * @throws IllegalArgumentException if it is damaged, is not compressed, or is told from a base, which a task would need whole
   */
  static CompressedParts open(Cluster cluster, OutputPlace place) throws IOException {
    OpenedModel opened = place.openInput();
    try {
      CompressedModel model = CompressedModel.open(opened.path());
      if (model.baseName().isPresent()) {
        model.close();
        throw new IllegalArgumentException(
            opened.files().uri() + ": is told from a base, " + model.baseName().get() + ", which is for one machine");
      }
      return new CompressedParts(cluster, opened, model);
    } catch (ModelFormatException | IllegalArgumentException e) {
      opened.close();
      throw new IllegalArgumentException(opened.named(e.getMessage()), e);
    }
  }

  OpenedModel opened() {
    return opened;
  }

  CompressedModel model() {
    return model;
  }

  /** Reads what a model of a GGUF file keeps of that file's header. @throws ModelFormatException if it is damaged */
  void readSource() throws IOException {
    if (model.sourceFormat().isPresent()) {
      HashSet<String> names = new HashSet<>(model.tensors().stream().map(CompressedModel.Tensor::name).toList());
      for (TensorView entry : opened.checkpoint().tensors()) {
        if (!names.contains(entry.name())) {
          opened.fill(entry.name());
        }
      }
      model.sourceHeader();
    }
  }

  /**
   * Some tensors.
   *
   * @param file the file that all of them are in, which a task then opens alone; null if they are in several
   * @param names of consecutive ones
   * @param bytes that a task reads or writes of them
   * @param output name of the file that a task makes of them; null if it makes none
   */
  record Part(String file, List<String> names, long bytes, String output) implements Serializable {}

  /** All tensors in parts that are worth a task each, and that are in one file each. */
  List<Part> parts() {
    ToLongFunction<CompressedModel.Tensor> size = tensor -> tensor.data().byteSize();
    Map<Path, List<CompressedModel.Tensor>> files = model.tensors().stream().collect(
        Collectors.groupingBy(CompressedModel.Tensor::file, LinkedHashMap::new, Collectors.toList()));
    int threadsOfFile = Math.ceilDiv(cluster.threads(), Math.max(1, files.size()));
    List<Part> parts = new ArrayList<>();
    files.forEach((file, tensors) -> Batches.of(tensors, size, threadsOfFile, WORTHWHILE_BYTES).forEach(
        batch -> parts.add(new Part(
            file.toString(), new ArrayList<>(batch.stream().map(CompressedModel.Tensor::name).toList()),
            batch.stream().mapToLong(size).sum(), null))));
    return parts;
  }

  /** What a task does with its tensors, in the model that has them alone. */
  interface Work<R> extends Serializable {
    R on(Part part, CompressedModel tensors, OpenedModel opened, Scratch scratch, Figures figures) throws IOException;
  }

  /**
   * Has a cluster work on parts.
   *
   * @param most bytes of each tensor that are needed at most
   * @return results in the order of parts
   */
  <R> List<R> run(String description, List<Part> parts, long most, Work<R> work) throws IOException {
    Broadcast<ModelFiles> files = cluster.context().broadcast(opened.files());
    SerializableConfiguration hadoop = cluster.hadoop();
    return cluster.run(description, new ArrayList<>(parts), Part::bytes, (part, scratch, figures) -> {
      ModelFiles needed = part.file() == null ? files.value() : files.value().only(Path.of(part.file()));
      try (OpenedModel own = OpenedModel.open(needed, hadoop.value(), part.names(), most);
          CompressedModel whole = CompressedModel.open(own.path())) {
        CompressedModel some = whole.only(new HashSet<>(part.names()));
        some.tensors().forEach(
            tensor -> figures.add(tensor.name(), Shape.count(tensor.shape()), Math.min(most, tensor.data().byteSize())));
        return named(own, () -> work.on(part, some, own, scratch, figures));
      }
    });
  }

  /** Does something whose faults name the mirror of a model. */
  private interface Reading<R> {
    R get() throws IOException;
  }

  private static <R> R named(OpenedModel model, Reading<R> reading) throws IOException {
    try {
      return reading.get();
    } catch (ModelFormatException e) {
      throw new IllegalArgumentException(model.named(e.getMessage()), e);
    }
  }

  @Override
  public void close() throws IOException {
    model.close();
    opened.close();
  }
}
