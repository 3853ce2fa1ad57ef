package llm265;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import llm265.model.TensorView;
import llm265.rate.Allocation;
import llm265.rate.RateTarget;
import llm265.tensor.Workers;

/**
 * How a model is compressed.
 *
 * @param encoder of tensors, at the target
 * @param target for the file, or for each tensor
 * @param allocation how tensors share the bits of a target in bits a value
 * @param pins tensors with rates of their own, the first that fits counts
 * @param workers threads
 * @param filter which tensors are compressed
 * @param progress told of each tensor
 */
record ModelSettings(
    TensorEncoder encoder,
    RateTarget target,
    Allocation allocation,
    List<Pin> pins,
    Workers workers,
    Predicate<TensorView> filter,
    Consumer<CompressionReport.Tensor> progress) {

  /** The rate of the tensors in whose name a pattern is found. */
  record Pin(Pattern name, double bitsPerValue) {}

  ModelSettings {
    pins = List.copyOf(pins);
  }

  static ModelSettings of(RateTarget target) {
    return new ModelSettings(
        TensorEncoder.at(target), target, Allocation.SLOPE, List.of(), Workers.CALLER, tensor -> true, tensor -> { });
  }

  ModelSettings with(TensorEncoder newEncoder) {
    return new ModelSettings(newEncoder, target, allocation, pins, workers, filter, progress);
  }

  ModelSettings with(Workers newWorkers) {
    return new ModelSettings(encoder.with(newWorkers), target, allocation, pins, newWorkers, filter, progress);
  }

  ModelSettings with(Allocation newAllocation) {
    return new ModelSettings(encoder, target, newAllocation, pins, workers, filter, progress);
  }

  ModelSettings withPin(Pin pin) {
    List<Pin> more = new ArrayList<>(pins);
    more.add(pin);
    return new ModelSettings(encoder, target, allocation, more, workers, filter, progress);
  }

  ModelSettings with(Predicate<TensorView> newFilter) {
    return new ModelSettings(encoder, target, allocation, pins, workers, newFilter, progress);
  }

  ModelSettings with(Consumer<CompressionReport.Tensor> newProgress) {
    return new ModelSettings(encoder, target, allocation, pins, workers, filter, newProgress);
  }

  /** Bits a value that a tensor is pinned to, if it is. */
  OptionalDouble pinned(TensorView tensor) {
    return pins.stream()
        .filter(pin -> pin.name().matcher(tensor.name()).find())
        .mapToDouble(Pin::bitsPerValue)
        .findFirst();
  }

  /**
   * Checks that each pin has a tensor.
   *
   * @throws IllegalArgumentException if one has none
   */
  void requirePinsFound(List<TensorView> candidates) {
    for (Pin pin : pins) {
      if (candidates.stream().noneMatch(tensor -> pin.name().matcher(tensor.name()).find())) {
        throw new IllegalArgumentException("no tensor that is compressed has " + pin.name() + " in its name");
      }
    }
  }
}
