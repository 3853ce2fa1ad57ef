package llm265.fidelity;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import llm265.dtype.TensorView;
import llm265.lm.weights.CheckpointWeights;
import llm265.lm.weights.WeightSource;
import llm265.model.CompressedModel;

/** The tensors of a compressed model, decoded when they are read. Valid as long as the model is open. */
public final class CompressedWeights implements WeightSource {
  private final CompressedModel model;
  private final Executor executor;
  private final int threads;
  private final Map<String, CompressedModel.Tensor> tensors = new LinkedHashMap<>();

  /** Tensors that the caller's thread decodes. */
  public CompressedWeights(CompressedModel model) {
    this(model, Runnable::run, 1);
  }

  /**
   * Tensors that several threads decode.
   *
   * @param executor runs tasks on its threads; not shut down
   * @param threads number of threads at most, the calling one included
   */
  public CompressedWeights(CompressedModel model, Executor executor, int threads) {
    this.model = model;
    this.executor = executor;
    this.threads = threads;
    model.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
  }

  @Override
  public Set<String> names() {
    return Set.copyOf(tensors.keySet());
  }

  @Override
  public boolean has(String name) {
    return tensors.containsKey(name);
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

  /** {@inheritDoc} The checksum of a tensor that is kept must match. */
  @Override
  public float[] read(String name) {
    CompressedModel.Tensor tensor = tensor(name);
    if (!tensor.isKept()) {
      return model.decode(name, executor, threads);
    }
    model.verify(tensor);
    return CheckpointWeights.floats(tensor.file(), new TensorView(name, tensor.dtype(), tensor.shape(), tensor.data()));
  }
}
