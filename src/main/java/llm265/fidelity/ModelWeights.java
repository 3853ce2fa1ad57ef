package llm265.fidelity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Executor;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.lm.weights.CheckpointWeights;
import llm265.lm.weights.ModelConfig;
import llm265.lm.weights.ModelFolder;
import llm265.lm.weights.NamedWeights;
import llm265.lm.weights.WeightSource;
import llm265.model.CompressedModel;

/**
 * The weights of a model, wherever they are: in a folder, in another file of the same tensors, or in a compressed one, where they
 * are decoded as they are read. Valid until {@link #close}.
 */
public final class ModelWeights implements AutoCloseable {
  private final Path path;
  private final ModelConfig config;
  private final WeightSource source;
  private final long values;
  private final long bytes;
  private final Runnable closing;

  private ModelWeights(Path path, ModelConfig config, WeightSource source, long values, long bytes, Runnable closing) {
    this.path = path;
    this.config = config;
    this.source = source;
    this.values = values;
    this.bytes = bytes;
    this.closing = closing;
  }

  /**
   * Opens a model's folder; no weights are read.
   *
   * @param executor decodes what is compressed
   * @param threads number of threads at most, the calling one included
   * @throws ModelFormatException if one of its files is missing or damaged
   */
  public static ModelWeights folder(Path path, Executor executor, int threads) throws IOException {
    ModelFolder folder = ModelFolder.open(path);
    if (CompressedModel.isCompressed(folder.checkpoint())) {
      folder.close();
      return compressed(path, folder.checkpoint().path(), folder.config(), executor, threads);
    }
    return plain(path, folder.config(), folder.checkpoint());
  }

  /**
   * Opens other weights for a model; none are read.
   *
   * @param path a file of the model's tensors, compressed or not; or a folder, whose own configuration then counts
   * @param config of the model
   * @param executor decodes what is compressed
   * @param threads number of threads at most, the calling one included
   * @throws ModelFormatException if a file is missing or damaged
   */
  public static ModelWeights other(Path path, ModelConfig config, Executor executor, int threads) throws IOException {
    if (Files.isDirectory(path)) {
      return folder(path, executor, threads);
    }
    Checkpoint checkpoint = Checkpoint.open(path);
    if (CompressedModel.isCompressed(checkpoint)) {
      checkpoint.close();
      return compressed(path, path, config, executor, threads);
    }
    return plain(path, config, checkpoint);
  }

  private static ModelWeights plain(Path path, ModelConfig config, Checkpoint checkpoint) throws IOException {
    long values = checkpoint.tensors().stream().mapToLong(TensorView::count).sum();
    return new ModelWeights(path, config, new CheckpointWeights(checkpoint), values, checkpoint.bytes(), checkpoint::close);
  }

  private static ModelWeights compressed(Path path, Path file, ModelConfig config, Executor executor, int threads)
      throws IOException {
    CompressedModel model = CompressedModel.open(file);
    long values = model.tensors().stream().mapToLong(tensor -> Shape.count(tensor.shape())).sum();
    return new ModelWeights(
        path, config, new CompressedWeights(model, executor, threads), values, model.bytes(), model::close);
  }

  /** The path that was opened. */
  public Path path() {
    return path;
  }

  public ModelConfig config() {
    return config;
  }

  public WeightSource source() {
    return source;
  }

  /** All bits of the files of weights over all values. */
  public double bitsPerValue() {
    return 8.0 * bytes / values;
  }

  /**
   * Checks that a model can be made of these weights instead of others.
   *
   * @param names of the tensors that it needs
   * @param others has them
   * @throws ModelFormatException if one is missing here, or has another shape
   */
  public void requireAll(Iterable<String> names, WeightSource others) {
    NamedWeights named = new NamedWeights(config, source);
    for (String name : names) {
      String here = named.find(name).orElseThrow(
          () -> new ModelFormatException(path, "tensor " + name + ", which the model needs, is missing"));
      if (!Arrays.equals(source.shape(here), others.shape(name))) {
        throw new ModelFormatException(
            path, "tensor " + here + " has the shape " + Arrays.toString(source.shape(here)) + ", the model's has "
                + Arrays.toString(others.shape(name)));
      }
    }
  }

  @Override
  public void close() {
    closing.run();
  }
}
