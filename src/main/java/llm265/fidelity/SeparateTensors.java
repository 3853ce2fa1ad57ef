package llm265.fidelity;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import llm265.baseline.Layer;
import llm265.baseline.LinearGroup;
import llm265.baseline.QuantizedLayer;
import llm265.baseline.WeightQuantizer;
import llm265.dtype.TensorView;
import llm265.lm.weights.ModelFolder;
import llm265.model.ModelCompressor;

/**
 * The tensors of a model by a quantizer, each as a matrix by itself, whose last dimension are its inputs.
 *
 * @param weights by tensor, as a user of the quantizer computes with them
 * @param bits of all tensors, with those that lose nothing and without those that are left out
 */
record SeparateTensors(Map<String, float[]> weights, long bits) {
  /** Any rate: which tensors lose something does not depend on it. */
  private static final double USUAL_BITS = 3;

  /** The tensors that {@link ModelCompressor} codes with loss. */
  static Set<String> lossy(ModelFolder folder) {
    return ModelCompressor.atBits(USUAL_BITS).lossy(folder.checkpoint()).stream().map(TensorView::name)
        .collect(Collectors.toSet());
  }

  /** @param except tensors that are left out */
  static SeparateTensors of(ModelFolder folder, WeightQuantizer quantizer, Set<String> except) {
    Set<String> lossy = lossy(folder);
    Map<String, float[]> weights = new HashMap<>();
    long bits = 0;
    for (TensorView tensor : folder.checkpoint().tensors()) {
      if (!lossy.contains(tensor.name())) {
        bits += 8 * tensor.byteSize();
      } else if (!except.contains(tensor.name())) {
        QuantizedLayer result = quantizer.quantize(LinearGroup.of(matrix(folder, tensor))).getFirst();
        weights.put(tensor.name(), result.weights());
        bits += result.bits();
      }
    }
    return new SeparateTensors(weights, bits);
  }

  private static Layer matrix(ModelFolder folder, TensorView tensor) {
    long[] shape = tensor.shape();
    int in = (int) shape[shape.length - 1];
    return new Layer(tensor.name(), folder.weights().read(tensor.name()), (int) (tensor.count() / in), in);
  }
}
