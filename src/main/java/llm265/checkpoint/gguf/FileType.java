package llm265.checkpoint.gguf;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import llm265.dtype.DType;

/** What general.file_type says of a file: {@code enum llama_ftype}, by the type that most values have. */
final class FileType {
  static final String KEY = "general.file_type";
  private static final Map<DType, Integer> NUMBERS =
      Map.of(DType.F32, 0, DType.F16, 1, DType.Q4_0, 2, DType.Q8_0, 7, DType.BF16, 32);

  private FileType() {}

  /** The number; empty if most values have a type that files are not converted to. */
  static OptionalInt of(List<GgufTensor> tensors) {
    Map<DType, Long> values = new EnumMap<>(DType.class);
    tensors.forEach(tensor -> values.merge(tensor.dtype(), tensor.count(), Long::sum));
    return values.entrySet().stream().max(Map.Entry.comparingByValue()).map(most -> NUMBERS.get(most.getKey()))
        .map(OptionalInt::of).orElse(OptionalInt.empty());
  }
}
