package llm265.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.quantized.TensorSource;

/**
 * The tensors of a compressed model, decoded when they are loaded.
 *
 * @param workers decode a tensor
 */
record ModelTensors(CompressedModel model, Workers workers) implements TensorSource {
  @Override
  public Path path() {
    return model.path();
  }

  @Override
  public List<Entry> entries() {
    return model.tensors().stream().map(tensor -> new Entry(tensor.name(), tensor.dtype(), tensor.shape())).toList();
  }

  @Override
  public TensorView load(String name) {
    CompressedModel.Tensor tensor = model.byName(name).orElseThrow();
    CodedTensor coded = tensor.coded();
    MemorySegment data;
    if (tensor.isKept()) {
      data = coded.whole(workers);
    } else {
      data = Arena.ofAuto().allocate(tensor.dtype().byteSize(Shape.count(tensor.shape())));
      coded.decode(0, data, workers);
    }
    return new TensorView(name, tensor.dtype(), tensor.shape(), data);
  }
}
