package llm265.lm.weights;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.TensorView;

/** The tensors of an open checkpoint, of any type of floats. Valid as long as the checkpoint is open. */
public final class CheckpointWeights implements WeightSource {
  private final Checkpoint checkpoint;
  private final Set<String> names = new LinkedHashSet<>();

  public CheckpointWeights(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
    checkpoint.tensors().forEach(tensor -> names.add(tensor.name()));
  }

  private TensorView tensor(String name) {
    return checkpoint.byName(name).orElseThrow(() -> new IllegalArgumentException("no tensor " + name));
  }

  @Override
  public Set<String> names() {
    return Set.copyOf(names);
  }

  @Override
  public boolean has(String name) {
    return names.contains(name);
  }

  @Override
  public long[] shape(String name) {
    return tensor(name).shape();
  }

  @Override
  public float[] read(String name) {
    return floats(checkpoint.path(), tensor(name));
  }

  /**
   * The values of a tensor of a file.
   *
   * @throws ModelFormatException if they are not floats, or too many for an array
   */
  public static float[] floats(Path file, TensorView tensor) {
    if (!tensor.dtype().isFloat()) {
      throw new ModelFormatException(file, "tensor " + tensor.name() + " is of type " + tensor.dtype() + ", not floats");
    }
    if (tensor.count() > Integer.MAX_VALUE - 8) {
      throw new ModelFormatException(file, "tensor " + tensor.name() + " has " + tensor.count() + " values, too many");
    }
    float[] values = new float[(int) tensor.count()];
    tensor.read(0, values, 0, values.length);
    return values;
  }
}
