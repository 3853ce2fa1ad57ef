package llm265.quantized;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;

/** The tensors of a source by name, and what is wrong with one of them. */
final class NamedTensors {
  private final TensorSource source;
  private final Map<String, TensorSource.Entry> byName = new LinkedHashMap<>();

  NamedTensors(TensorSource source) {
    this.source = source;
    source.entries().forEach(entry -> byName.put(entry.name(), entry));
  }

  List<TensorSource.Entry> entries() {
    return List.copyOf(byName.values());
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  Optional<TensorSource.Entry> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** The data of a tensor. */
  TensorView load(TensorSource.Entry entry) {
    TensorView view = source.load(entry.name());
    if (view == null || view.dtype() != entry.dtype() || !Arrays.equals(view.shape(), entry.shape())) {
      throw fault(entry.name(), "is not what the file says it is");
    }
    return view;
  }

  /** A fault of one tensor. */
  ModelFormatException fault(String name, String problem) {
    return new ModelFormatException(source.path(), "tensor " + ModelFormatException.quote(name) + " " + problem);
  }

  /** Throws unless a tensor has one of some types. */
  void requireType(TensorSource.Entry entry, DType... types) {
    if (!Arrays.asList(types).contains(entry.dtype())) {
      String expected = String.join(" or ", Arrays.stream(types).map(DType::name).toList());
      throw fault(entry.name(), "is " + entry.dtype() + ", not " + expected);
    }
  }

  /** Throws unless a tensor has a given shape. */
  void requireShape(TensorSource.Entry entry, long... shape) {
    if (!Arrays.equals(entry.shape(), shape)) {
      throw fault(entry.name(), "has shape " + Arrays.toString(entry.shape()) + ", not " + Arrays.toString(shape));
    }
  }
}
