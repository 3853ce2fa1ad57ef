package llm265.cli;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.dtype.TensorView;
import llm265.model.delta.DeltaCoding;
import llm265.model.delta.DeltaTrial;
import llm265.model.delta.RangedTensor;
import llm265.parallel.Workers;
import llm265.tensor.distortion.TensorDistortion;
import llm265.tensor.encode.CodingSettings;

/**
 * How a tensor of a model differs from the one of its name in another.
 *
 * @param tensor the tensor, without its values
 * @param state what the other has
 * @param change how far the other's values are from the tensor's; null where they cannot be compared
 * @param trial what coding it takes
 */
record TensorDiff(TensorSet.Named tensor, State state, TensorDistortion change, DeltaTrial trial) {
  /** What the other model has of a tensor. */
  enum State {
    IDENTICAL("identical"),
    CHANGED("changed"),
    /** Of another shape, or of a type that does not go with this one. */
    OTHER("of other shape or type"),
    ADDED("not in A");

    private final String text;

    State(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** @param base the other model's tensor; null if there is none */
  static TensorDiff of(TensorView tensor, TensorView base, CodingSettings settings, Workers workers) {
    TensorSet.Named named = new TensorSet.Named(tensor.name(), tensor.dtype(), tensor.shape());
    if (base == null || !DeltaCoding.isSuitable(tensor, RangedTensor.of(base))) {
      boolean isOfShape = base != null && Arrays.equals(base.shape(), tensor.shape());
      boolean isComparable = isOfShape && base.dtype().isFloat() && tensor.dtype().isFloat();
      return new TensorDiff(
          named, base == null ? State.ADDED : State.OTHER,
          isComparable ? TensorDistortion.between(tensor, base, workers) : null,
          DeltaTrial.of(tensor, null, settings, workers));
    }
    boolean isIdentical = base.dtype() == tensor.dtype() && isEqual(tensor.data(), base.data());
    return new TensorDiff(
        named, isIdentical ? State.IDENTICAL : State.CHANGED, TensorDistortion.between(tensor, base, workers),
        DeltaTrial.of(tensor, base, settings, workers));
  }

  private static boolean isEqual(MemorySegment a, MemorySegment b) {
    return a.mismatch(b) == -1;
  }

  long values() {
    return tensor.values();
  }

  /** Share of values that are not equal, 0 to 1. */
  double changedShare() {
    return change == null || change.count() == 0 ? 0 : (double) change.differing() / change.count();
  }
}
