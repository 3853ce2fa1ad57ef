package llm265.lm.weights;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import llm265.checkpoint.file.ModelFormatException;

/**
 * Finds the tensors of a model by their full names, such as {@code model.layers.0.mlp.up_proj.weight}, and checks their shapes.
 *
 * <p>Some files leave out the name of the part that all of a model belongs to, and old ones of BERT call the weights and biases
 * of norms gamma and beta.
 */
public final class NamedWeights {
  private static final List<String> PARTS = List.of("model.", "transformer.", "gpt_neox.", "bert.");

  private final ModelConfig config;
  private final WeightSource source;

  /** @param config what faults are told of */
  public NamedWeights(ModelConfig config, WeightSource source) {
    this.config = config;
    this.source = source;
  }

  /** The name that a tensor has in the source. */
  public Optional<String> find(String name) {
    if (source.has(name)) {
      return Optional.of(name);
    }
    for (String part : PARTS) {
      if (name.startsWith(part) && source.has(name.substring(part.length()))) {
        return Optional.of(name.substring(part.length()));
      }
      if (source.has(part + name)) {
        return Optional.of(part + name);
      }
    }
    String old = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
    return old.equals(name) ? Optional.empty() : find(old);
  }

  /**
   * The name that a tensor has in the source.
   *
   * @throws ModelFormatException if it is missing
   */
  public String require(String name) {
    return find(name).orElseThrow(() -> config.fault("tensor " + name + " is missing"));
  }

  /**
   * Reads a tensor.
   *
   * @throws ModelFormatException if it is missing or has another shape
   */
  public float[] read(String name, long... shape) {
    String found = require(name);
    long[] actual = source.shape(found);
    if (!Arrays.equals(actual, shape)) {
      throw config.fault(
          "tensor " + found + " has the shape " + Arrays.toString(actual) + ", the configuration makes it "
              + Arrays.toString(shape));
    }
    float[] values = source.read(found);
    long count = 1;
    for (long dimension : shape) {
      count *= dimension;
    }
    if (values.length != count) {
      throw config.fault("tensor " + found + " has " + values.length + " values, its shape " + Arrays.toString(shape));
    }
    return values;
  }

  /**
   * Reads a table with a row for each token.
   *
   * @throws ModelFormatException if it is missing or has another shape
   */
  public float[] readVocabulary(String name, int vocabulary, int columns) {
    long[] actual = source.shape(require(name));
    if (actual.length == 2 && actual[1] == columns && actual[0] != vocabulary) {
      throw config.fault(
          "vocab_size is " + vocabulary + ", but tensor " + require(name) + " has " + actual[0] + " rows");
    }
    return read(name, vocabulary, columns);
  }
}
