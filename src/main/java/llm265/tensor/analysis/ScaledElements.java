package llm265.tensor.analysis;

import llm265.tensor.tools.ChannelScales;
import llm265.tensor.values.TensorElements;

/** The values of a tensor times the factors of their channels; bit patterns are the tensor's own. */
public final class ScaledElements extends TensorElements {
  private final ChannelScales scales;

  public ScaledElements(TensorElements elements, ChannelScales scales) {
    super(elements);
    this.scales = scales;
  }

  @Override
  public void read(long first, float[] values, int offset, int count) {
    super.read(first, values, offset, count);
    for (int i = 0; i < count; i++) {
      values[offset + i] *= scales.factor(first + i);
    }
  }
}
