package llm265.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;

/**
 * A file of weights of input channels, for {@link ModelCompressor#withSensitivity}. Under the name of a tensor, or that name
 * and {@code .sensitivity}, it holds a tensor of type F32 with one dimension; or with two, {@code experts x channels}, for the
 * experts of a mixture. A {@link CalibrationFile} will also do, for its mean squares.
 *
 * <p>Immutable and thread-safe.
 */
public final class SensitivityFile implements Function<String, float[]> {
  /** The suffix that may follow a tensor's name. */
  public static final String SUFFIX = ".sensitivity";

  private final Path path;
  private final Map<String, float[]> weights;

  private SensitivityFile(Path path, Map<String, float[]> weights) {
    this.path = path;
    this.weights = weights;
  }

  /**
   * Reads a whole file.
   *
   * @param path a file of any kind that {@link Checkpoint} opens
   * @throws ModelFormatException if it is damaged, or holds anything other than weights: another type or rank, negative or not
   *     finite values
   */
  public static SensitivityFile read(Path path) throws IOException {
    Map<String, float[]> weights = new LinkedHashMap<>();
    if (CalibrationFile.isOne(path)) {
      try (CalibrationFile calibration = CalibrationFile.open(path)) {
        return new SensitivityFile(path, calibration.meanSquares());
      }
    }
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      for (TensorView tensor : checkpoint.tensors()) {
        weights.put(tensor.name(), read(path, tensor));
      }
    }
    return new SensitivityFile(path, weights);
  }

  private static float[] read(Path path, TensorView tensor) {
    if (tensor.dtype() != DType.F32 || tensor.rank() < 1 || tensor.rank() > 2 || tensor.count() > Integer.MAX_VALUE - 8) {
      throw new ModelFormatException(path, tensor + ": weights are of type F32 and one dimension, or two with experts");
    }
    float[] values = new float[(int) tensor.count()];
    tensor.read(0, values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= 0 && values[i] < Float.POSITIVE_INFINITY)) {
        throw new ModelFormatException(
            path, "tensor \"" + tensor.name() + "\": weight " + i + " is " + values[i] + ", not a finite number of 0 or more");
      }
    }
    return values;
  }

  /**
   * Checks that all weights belong to existing tensors.
   *
   * @throws ModelFormatException if some do not
   */
  public void requireAllOf(Collection<TensorView> tensors) {
    Set<String> names = new HashSet<>();
    tensors.forEach(tensor -> names.add(tensor.name()));
    for (String name : weights.keySet()) {
      boolean known = names.contains(name)
          || name.endsWith(SUFFIX) && names.contains(name.substring(0, name.length() - SUFFIX.length()));
      if (!known) {
        throw new ModelFormatException(path, "there is no tensor that the weights \"" + name + "\" belong to");
      }
    }
  }

  /** Number of weights that are 0: their channels had no input when weights were measured. */
  public long zeros() {
    long zeros = 0;
    for (float[] values : weights.values()) {
      for (float value : values) {
        zeros += value == 0 ? 1 : 0;
      }
    }
    return zeros;
  }

  /** The weights of a tensor's channels, or null. */
  @Override
  public float[] apply(String tensorName) {
    float[] found = weights.get(tensorName);
    found = found == null ? weights.get(tensorName + SUFFIX) : found;
    return found == null ? null : found.clone();
  }
}
