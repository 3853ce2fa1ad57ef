package llm265.quantized;

import java.util.Optional;
import llm265.checkpoint.file.ModelFormatException;

/** Recognizes the weights of one family of formats. */
interface WeightFinder {
  /**
   * The weight whose codes are in a tensor.
   *
   * @param tensors all tensors
   * @param codes one of them
   * @return empty if it has no codes of these formats
   * @throws ModelFormatException if it has, and a part is missing or does not fit; the message names the tensor
   */
  Optional<QuantizedWeight> find(NamedTensors tensors, TensorSource.Entry codes, QuantizationConfig config);
}
