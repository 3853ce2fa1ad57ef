package llm265.fidelity;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import llm265.baseline.Layer;
import llm265.baseline.LinearGroup;
import llm265.baseline.QuantizedLayer;
import llm265.baseline.WeightQuantizer;
import llm265.dtype.TensorView;
import llm265.lm.weights.ModelFolder;

/**
 * The tensors of a model by a quantizer, each as a matrix by itself, whose last dimension are its inputs.
 *
 * @param weights by tensor, as a user of the quantizer computes with them
 * @param bits of all tensors, with those that lose nothing and without those that are left out
 */
record SeparateTensors(Map<String, float[]> weights, long bits) {
  /**
   * Those of a folder.
   *
   * @param lossy names of those that are quantized
   * @param except of these, those that are left out
   */
  static SeparateTensors of(ModelFolder folder, WeightQuantizer quantizer, Set<String> lossy, Set<String> except) {
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
