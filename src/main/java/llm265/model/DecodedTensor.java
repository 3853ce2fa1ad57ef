package llm265.model;

import java.lang.foreign.MemorySegment;
import llm265.dtype.DType;
import llm265.model.delta.RangedTensor;
import llm265.parallel.Workers;

/** A tensor of a compressed model as the base of another: what it decodes to. */
record DecodedTensor(CodedTensor tensor) implements RangedTensor {
  @Override
  public DType dtype() {
    return tensor.dtype();
  }

  @Override
  public long[] shape() {
    return tensor.shape();
  }

  @Override
  public long rangeValues() {
    return Math.max(1, tensor.firstOf(1));
  }

  @Override
  public void read(long first, MemorySegment data, Workers workers) {
    tensor.decode(first, data, workers);
  }
}
