package llm265.fidelity;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import llm265.dtype.TensorView;
import llm265.lm.weights.WeightSource;
import llm265.model.CompressedModel;

/** The tensors of a compressed model, decoded when they are read. Valid as long as the model is open. */
public final class CompressedWeights implements WeightSource {
  private final CompressedModel model;
  private final Map<String, CompressedModel.Tensor> tensors = new LinkedHashMap<>();

  public CompressedWeights(CompressedModel model) {
    this.model = model;
    model.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
  }

  @Override
  public Set<String> names() {
    return Set.copyOf(tensors.keySet());
  }

  private CompressedModel.Tensor tensor(String name) {
    CompressedModel.Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return tensor;
  }

  @Override
  public long[] shape(String name) {
    return tensor(name).shape().clone();
  }

  @Override
  public float[] read(String name) {
    CompressedModel.Tensor tensor = tensor(name);
    if (tensor.isStream()) {
      return model.decode(name);
    }
    TensorView view = new TensorView(name, tensor.dtype(), tensor.shape(), tensor.data());
    float[] values = new float[Math.toIntExact(view.count())];
    view.read(0, values, 0, values.length);
    return values;
  }
}
