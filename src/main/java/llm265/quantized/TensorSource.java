package llm265.quantized;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;

/**
 * Tensors whose types and shapes are known at once, and whose data is read only when it is needed: those of a checkpoint, or
 * those of a compressed model that decodes them.
 */
public interface TensorSource {
  /**
   * A tensor without its data.
   *
   * @param name its name
   * @param dtype type of its values
   * @param shape its dimensions, outermost first
   */
  record Entry(String name, DType dtype, long[] shape) {
    public Entry {
      shape = shape.clone();
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }
  }

  /** The file that messages name. */
  Path path();

  /** All tensors, in the file's order; names are unique. */
  List<Entry> entries();

  /**
   * The data of a tensor, valid as long as the view is in use. Thread-safe.
   *
   * @param name the name of one of {@link #entries}
   * @throws ModelFormatException if the data is damaged
   */
  TensorView load(String name);

  /** The tensors of an open checkpoint. */
  static TensorSource of(Checkpoint checkpoint) {
    return of(checkpoint.path(), checkpoint.tensors());
  }

  /**
   * Tensors in memory, or mapped.
   *
   * @param path named in messages
   */
  static TensorSource of(Path path, List<TensorView> tensors) {
    List<Entry> entries = tensors.stream().map(tensor -> new Entry(tensor.name(), tensor.dtype(), tensor.shape())).toList();
    Map<String, TensorView> byName = new HashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    return new TensorSource() {
      @Override
      public Path path() {
        return path;
      }

      @Override
      public List<Entry> entries() {
        return entries;
      }

      @Override
      public TensorView load(String name) {
        return byName.get(name);
      }
    };
  }
}
