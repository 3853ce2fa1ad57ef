package llm265.model;

import java.lang.foreign.MemorySegment;
import java.util.List;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.Shape;
import llm265.model.delta.DeltaTensor;
import llm265.model.delta.UnsuitableBaseException;
import llm265.parallel.Workers;

/** A tensor of a compressed model that is told from a base's. The base is opened once values are decoded. */
final class DeltaEntry extends CodedEntry {
  private final BaseLink base;
  private final DeltaTensor delta;

  /**
   * Reads the delta's header.
   *
   * @throws ModelFormatException if it is damaged, or of another tensor
   */
  DeltaEntry(FileEntry tensor, BaseLink base) {
    super(tensor);
    this.base = base;
    if (base == null) {
      throw tensor.fault(" is told from a base, and the llm265 index names none", null);
    }
    delta = read(
        tensor, () -> DeltaTensor.open(tensor.data(), tensor.dtype(), tensor.shape(), () -> base.tensor(tensor)));
  }

  /** {@inheritDoc} So may the base be another one. */
  @Override
  void read(Runnable reading) {
    try {
      super.read(reading);
    } catch (UnsuitableBaseException e) {
      throw tensor.fault(" " + e.getMessage() + ": the base is " + base.path(), e);
    }
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
    read(() -> delta.read(first, target, workers));
  }

  @Override
  public void verify(Workers workers) {
    read(() -> delta.verify(workers));
  }

  @Override
  public Description describe() {
    return new Description("delta", delta.snr(), List.of("delta of " + base.name(), delta.kind()), null);
  }
}
