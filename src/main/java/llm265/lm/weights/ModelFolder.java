package llm265.lm.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.CheckpointFolder;
import llm265.checkpoint.file.ModelFormatException;

/**
 * A folder as Hugging Face's libraries write it: {@code config.json}, and {@code model.safetensors} or its shards with {@code
 * model.safetensors.index.json}. The weights are mapped into memory and valid until {@link #close}.
 */
public final class ModelFolder implements AutoCloseable {
  private static final String CONFIG = "config.json";

  private final Path path;
  private final ModelConfig config;
  private final Checkpoint checkpoint;
  private final WeightSource weights;

  private ModelFolder(Path path, ModelConfig config, Checkpoint checkpoint) {
    this.path = path;
    this.config = config;
    this.checkpoint = checkpoint;
    weights = new CheckpointWeights(checkpoint);
  }

  /**
   * Opens a folder; no weights are read.
   *
   * @throws ModelFormatException if one of its files is missing or damaged; the message says which
   * @throws IOException if one cannot be read
   */
  public static ModelFolder open(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      throw new ModelFormatException(path, "not a folder");
    }
    if (!Files.exists(path.resolve(CONFIG))) {
      throw new ModelFormatException(path, "no " + CONFIG + " in the folder");
    }
    ModelConfig config = ModelConfig.read(path.resolve(CONFIG));
    return new ModelFolder(path, config, openWeights(path));
  }

  private static Checkpoint openWeights(Path path) throws IOException {
    Path weights = CheckpointFolder.weightsOf(path);
    try {
      return Checkpoint.open(weights);
    } catch (NoSuchFileException e) {
      String name = String.valueOf(Path.of(e.getFile()).getFileName());
      throw new ModelFormatException(weights, "the file " + name + " that it names is missing", e);
    }
  }

  public Path path() {
    return path;
  }

  public ModelConfig config() {
    return config;
  }

  /** The tensors of the folder, by the names in its files. */
  public WeightSource weights() {
    return weights;
  }

  /** The open file of weights, or the index of files. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
