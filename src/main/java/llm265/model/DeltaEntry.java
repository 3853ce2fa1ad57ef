package llm265.model;

import java.lang.foreign.MemorySegment;
import java.util.List;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.h264.StreamException;
import llm265.model.delta.DeltaTensor;
import llm265.model.delta.UnsuitableBaseException;
import llm265.parallel.Workers;

/** A tensor of a compressed model that is told from a base's. The base is opened once values are decoded. */
final class DeltaEntry implements CodedTensor {
  private final FileEntry tensor;
  private final BaseLink base;
  private final DeltaTensor delta;

  /**
   * Reads the delta's header.
   *
   * @throws ModelFormatException if it is damaged, or of another tensor
   */
  DeltaEntry(FileEntry tensor, BaseLink base) {
    this.tensor = tensor;
    this.base = base;
    if (base == null) {
      throw tensor.fault(" is told from a base, and the llm265 index names none", null);
    }
    try {
      delta = DeltaTensor.open(tensor.data(), tensor.dtype(), tensor.shape(), () -> base.tensor(tensor));
    } catch (StreamException e) {
      throw damaged(e);
    }
  }

  private ModelFormatException damaged(StreamException fault) {
    return tensor.fault(": " + fault.getMessage(), fault);
  }

  private ModelFormatException unsuitable(UnsuitableBaseException fault) {
    return tensor.fault(" " + fault.getMessage() + ": the base is " + base.path(), fault);
  }

  @Override
  public DType dtype() {
    return tensor.dtype();
  }

  @Override
  public long[] shape() {
    return tensor.shape().clone();
  }

  @Override
  public int pieces() {
    return (int) Math.max(1, Math.ceilDiv(Shape.count(tensor.shape()), delta.rangeValues()));
  }

  @Override
  public long firstOf(int piece) {
    return Math.min(piece * delta.rangeValues(), Shape.count(tensor.shape()));
  }

  @Override
  public void decode(long first, MemorySegment target, Workers workers) {
    try {
      delta.read(first, target, workers);
    } catch (StreamException e) {
      throw damaged(e);
    } catch (UnsuitableBaseException e) {
      throw unsuitable(e);
    }
  }

  @Override
  public void verify(Workers workers) {
    try {
      delta.verify(workers);
    } catch (StreamException e) {
      throw damaged(e);
    } catch (UnsuitableBaseException e) {
      throw unsuitable(e);
    }
  }

  @Override
  public Description describe() {
    return new Description("delta", delta.snr(), List.of("delta of " + base.name(), delta.kind()), null);
  }
}
