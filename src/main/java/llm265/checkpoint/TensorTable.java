package llm265.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import llm265.dtype.TensorView;

/** Tensors of one file in order, found by name as well. */
final class TensorTable {
  private final List<TensorView> tensors = new ArrayList<>();
  private final Map<String, TensorView> byName = new HashMap<>();

  /** Adds a tensor behind the others, unless one of that name is there: then it returns false. */
  boolean add(TensorView tensor) {
    if (byName.putIfAbsent(tensor.name(), tensor) != null) {
      return false;
    }
    return tensors.add(tensor);
  }

  List<TensorView> tensors() {
    return Collections.unmodifiableList(tensors);
  }

  Optional<TensorView> byName(String name) {
    return Optional.ofNullable(byName.get(name));
  }
}
