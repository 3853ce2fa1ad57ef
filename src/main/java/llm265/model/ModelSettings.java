package llm265.model;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import llm265.TensorEncoder;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.rate.Allocation;
import llm265.rate.RateTarget;
import llm265.tensor.analysis.ChannelWeights;

/**
 * How a model is compressed.
 *
 * @param encoder of tensors, at the target
 * @param target for the file, or for each tensor
 * @param allocation how tensors share the bits of a target in bits a value
 * @param pins tensors with rates of their own, the first that fits counts
 * @param sensitivity weights of a tensor's input channels by its name, or null
 * @param workers threads
 * @param filter which tensors are compressed
 * @param progress told of each tensor
 * @param leastSnr signal-to-noise ratio in dB that no tensor goes below
 */
record ModelSettings(
    TensorEncoder encoder,
    RateTarget target,
    Allocation allocation,
    List<Pin> pins,
    Function<String, float[]> sensitivity,
    Workers workers,
    Predicate<TensorView> filter,
    Consumer<CompressionReport.Tensor> progress,
    double leastSnr) {

  /** The rate of the tensors in whose name a pattern is found. */
  record Pin(Pattern name, double bitsPerValue) {}

  ModelSettings {
    pins = List.copyOf(pins);
  }

  static ModelSettings of(RateTarget target) {
    return new ModelSettings(
        TensorEncoder.at(target), target, Allocation.SLOPE, List.of(), name -> null, Workers.CALLER, tensor -> true,
        tensor -> { }, ModelCompressor.LEAST_SNR);
  }

  ModelSettings with(TensorEncoder newEncoder) {
    return new ModelSettings(newEncoder, target, allocation, pins, sensitivity, workers, filter, progress, leastSnr);
  }

  ModelSettings with(Workers newWorkers) {
    return new ModelSettings(encoder.with(newWorkers), target, allocation, pins, sensitivity, newWorkers, filter, progress, leastSnr);
  }

  ModelSettings with(Allocation newAllocation) {
    return new ModelSettings(encoder, target, newAllocation, pins, sensitivity, workers, filter, progress, leastSnr);
  }

  ModelSettings withPin(Pin pin) {
    List<Pin> more = new ArrayList<>(pins);
    more.add(pin);
    return new ModelSettings(encoder, target, allocation, more, sensitivity, workers, filter, progress, leastSnr);
  }

  ModelSettings with(Function<String, float[]> newSensitivity) {
    return new ModelSettings(encoder, target, allocation, pins, newSensitivity, workers, filter, progress, leastSnr);
  }

  ModelSettings with(Predicate<TensorView> newFilter) {
    return new ModelSettings(encoder, target, allocation, pins, sensitivity, workers, newFilter, progress, leastSnr);
  }

  ModelSettings with(Consumer<CompressionReport.Tensor> newProgress) {
    return new ModelSettings(encoder, target, allocation, pins, sensitivity, workers, filter, newProgress, leastSnr);
  }

  ModelSettings withLeastSnr(double newLeastSnr) {
    return new ModelSettings(encoder, target, allocation, pins, sensitivity, workers, filter, progress, newLeastSnr);
  }

  /**
   * Weights of a tensor's channels; null where there are none.
   *
   * @throws IllegalArgumentException if they do not fit the tensor
   */
  ChannelWeights weights(TensorView tensor) {
    float[] weights = sensitivity.apply(tensor.name());
    try {
      return weights == null ? null : ChannelWeights.of(weights, tensor.shape());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("sensitivity of " + tensor.name() + ": " + e.getMessage(), e);
    }
  }

  /** The encoder for a tensor, with its weights. */
  TensorEncoder encoderOf(TensorView tensor) {
    float[] weights = sensitivity.apply(tensor.name());
    return weights == null ? encoder : encoder.withChannelWeights(weights);
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
