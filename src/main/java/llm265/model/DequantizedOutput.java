package llm265.model;

import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import llm265.parallel.Workers;
import llm265.quantized.QuantizedWeight;
import llm265.quantized.TensorSource;
import llm265.quantized.WeightRows;

/** A weight that several tensors of a compressed model hold together, written as a plain one. */
final class DequantizedOutput implements OutputTensor.InPieces {
  private final QuantizedWeight weight;
  private final TensorSource.Entry entry;
  private int opened;
  /** In memory from the first piece to the last. */
  private WeightRows rows;

  /** @param type F32, F16 or BF16 */
  DequantizedOutput(QuantizedWeight weight, DType type) {
    this.weight = weight;
    entry = new TensorSource.Entry(weight.name(), type, weight.shape());
  }

  @Override
  public TensorSource.Entry entry() {
    return entry;
  }

  @Override
  public int pieces() {
    return weight.pieces();
  }

  @Override
  public MemorySegment piece(int index, Workers workers, LongConsumer overflows) {
    MemorySegment data = weight.piece(rows(), index, DType.F32);
    return entry.dtype() == DType.F32
        ? data
        : FloatConversion.convert(data, DType.F32, entry.dtype(), overflows);
  }

  private synchronized WeightRows rows() {
    WeightRows used = rows == null ? weight.open() : rows;
    opened++;
    rows = opened < pieces() ? used : null;
    return used;
  }
}
