package llm265.quantized;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import llm265.dtype.TensorView;

/** A source of tensors that are there already. */
final class TensorViews implements TensorSource {
  private final Path path;
  private final List<Entry> entries;
  private final Map<String, TensorView> byName = new HashMap<>();

  TensorViews(Path path, List<TensorView> tensors) {
    this.path = path;
    entries = tensors.stream().map(tensor -> new Entry(tensor.name(), tensor.dtype(), tensor.shape())).toList();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
  }

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
}
