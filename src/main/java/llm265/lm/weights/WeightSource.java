package llm265.lm.weights;

import java.util.Map;
import java.util.Set;

/** Named tensors of floats: those of a folder, of a compressed model, or other values for some of them. */
public interface WeightSource {
  /** The names of all tensors. */
  Set<String> names();

  /** Whether there is a tensor of that name. */
  default boolean has(String name) {
    return names().contains(name);
  }

  /**
   * The dimensions of a tensor, outermost first.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  long[] shape(String name);

  /**
   * The values of a tensor, row-major, in an array of their own.
   *
   * @throws IllegalArgumentException if there is none of that name
   * @throws llm265.checkpoint.file.ModelFormatException if its values are not floats, or cannot be decoded
   */
  float[] read(String name);

  /**
   * This source with other values for some tensors.
   *
   * @param values by name; as many as the tensor of this source has
   */
  default WeightSource with(Map<String, float[]> values) {
    WeightSource base = this;
    return new WeightSource() {
      @Override
      public Set<String> names() {
        return base.names();
      }

      @Override
      public boolean has(String name) {
        return base.has(name);
      }

      @Override
      public long[] shape(String name) {
        return base.shape(name);
      }

      @Override
      public float[] read(String name) {
        float[] other = values.get(name);
        return other == null ? base.read(name) : other.clone();
      }
    };
  }
}
