package llm265.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.model.delta.DeltaCoding;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;
import llm265.rate.Allocation;
import llm265.rate.RateTarget;
import llm265.tensor.analysis.ChannelWeights;
import llm265.tensor.encode.CodingSettings;

/**
 * How a model is compressed.
 *
 * @param coding how each tensor is coded; its target is the file's, or each tensor's
 * @param sharing how the bits of a file are shared
 * @param workers threads
 * @param filter which tensors are compressed
 * @param exact names of tensors that lose nothing
 * @param progress receives each tensor
 * @param leastSnr the least signal-to-noise ratio of a tensor in dB
 * @param base the model that tensors are told from; null for none
 */
record ModelSettings(
    CodingSettings coding, Sharing sharing, Workers workers, Predicate<TensorView> filter, Set<String> exact,
    Consumer<CompressionReport.Tensor> progress,
    double leastSnr, ModelBase base) {

  static final double LEAST_SNR = 3;

  /** The rate of the tensors in whose names a pattern is found. */
  record Pin(Pattern name, double bitsPerValue) {}

  /**
   * How tensors share the bits of a file.
   *
   * @param allocation the rule
   * @param pins tensors with their own rates; the first that fits counts
   * @param sensitivity weights of a tensor's input channels, given its name, or null
   * @param moments second moments of tensors' inputs
   * @param divergences what the coding of each tensor does to the model, by name; empty if nothing has been measured
   */
  record Sharing(
      Allocation allocation, List<Pin> pins, Function<String, float[]> sensitivity, Moments moments,
      Map<String, MeasuredDivergence> divergences) {
    Sharing {
      pins = List.copyOf(pins);
      divergences = Collections.unmodifiableMap(new TreeMap<>(divergences));
    }

    Sharing with(Allocation newAllocation) {
      return new Sharing(newAllocation, pins, sensitivity, moments, divergences);
    }

    Sharing with(Pin pin) {
      List<Pin> more = new ArrayList<>(pins);
      more.add(pin);
      return new Sharing(allocation, more, sensitivity, moments, divergences);
    }

    Sharing with(Function<String, float[]> newSensitivity) {
      return new Sharing(allocation, pins, newSensitivity, moments, divergences);
    }

    Sharing with(Moments newMoments) {
      return new Sharing(allocation, pins, sensitivity, newMoments, divergences);
    }

    Sharing with(Map<String, MeasuredDivergence> newDivergences) {
      return new Sharing(allocation, pins, sensitivity, moments, newDivergences);
    }

    Sharing withMoments(Function<String, InputMoments> newMoments) {
      return with(new Moments(name -> newMoments.apply(name) != null, newMoments));
    }
  }

  /**
   * Second moments of tensors' inputs, by the tensors' names.
   *
   * @param isKnown whether there are some; reads none of them
   * @param of the moments, or null
   */
  record Moments(Predicate<String> isKnown, Function<String, InputMoments> of) {
    static final Moments NONE = new Moments(name -> false, name -> null);
  }

  static ModelSettings at(RateTarget target) {
    return new ModelSettings(
        CodingSettings.at(target), new Sharing(Allocation.RELATIVE, List.of(), name -> null, Moments.NONE, Map.of()),
        Workers.CALLER, tensor -> true, Set.of(),
        tensor -> { },
        LEAST_SNR, null);
  }

  ModelSettings with(CodingSettings newCoding) {
    return new ModelSettings(newCoding, sharing, workers, filter, exact, progress, leastSnr, base);
  }

  ModelSettings with(Sharing newSharing) {
    return new ModelSettings(coding, newSharing, workers, filter, exact, progress, leastSnr, base);
  }

  ModelSettings with(Workers newWorkers) {
    return new ModelSettings(coding, sharing, newWorkers, filter, exact, progress, leastSnr, base);
  }

  ModelSettings with(Predicate<TensorView> newFilter) {
    return new ModelSettings(coding, sharing, workers, newFilter, exact, progress, leastSnr, base);
  }

  ModelSettings withExact(Set<String> names) {
    return new ModelSettings(coding, sharing, workers, filter, Set.copyOf(names), progress, leastSnr, base);
  }

  ModelSettings with(Consumer<CompressionReport.Tensor> newProgress) {
    return new ModelSettings(coding, sharing, workers, filter, exact, newProgress, leastSnr, base);
  }

  ModelSettings withLeastSnr(double newLeastSnr) {
    return new ModelSettings(coding, sharing, workers, filter, exact, progress, newLeastSnr, base);
  }

  ModelSettings with(ModelBase newBase) {
    return new ModelSettings(coding, sharing, workers, filter, exact, progress, leastSnr, newBase);
  }

  /** Name of the base in its folder; null without one. */
  String baseName() {
    return base == null ? null : base.path().toAbsolutePath().normalize().getFileName().toString();
  }

  /** How a tensor is told from the base's; null if it cannot be. */
  DeltaCoding delta(TensorView tensor) {
    return base == null ? null : base.coding(tensor, workers);
  }

  RateTarget target() {
    return coding.target();
  }

  /**
   * Weights of a tensor's channels; null if there are none.
   *
   * @throws IllegalArgumentException if they do not fit the tensor
   */
  ChannelWeights weights(TensorView tensor) {
    float[] weights = sharing.sensitivity.apply(tensor.name());
    try {
      return weights == null ? null : ChannelWeights.of(weights, tensor.shape());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("sensitivity of " + tensor.name() + ": " + e.getMessage(), e);
    }
  }

  /** Whether there are moments of a tensor's inputs, and pictures can carry what feedback by them finds. */
  boolean hasMoments(TensorView tensor) {
    return coding.mayFeedBack() && sharing.moments.isKnown().test(tensor.name());
  }

  /** Whether a tensor is quantized already, and so to be packed: one of a block type, or one of those that lose nothing. */
  boolean mayPack(TensorView tensor) {
    return tensor.dtype().kind() == DType.Kind.BLOCK || exact.contains(tensor.name());
  }

  /** The settings for a tensor at a target, with its weights. */
  CodingSettings codingOf(TensorView tensor, RateTarget target) {
    float[] weights = sharing.sensitivity.apply(tensor.name());
    InputMoments moments = hasMoments(tensor) ? sharing.moments.of().apply(tensor.name()) : null;
    return coding.withWeights(weights).withMoments(moments).with(target);
  }

  /** The rate that a tensor is pinned to, if any, in bits per value. */
  OptionalDouble pinned(TensorView tensor) {
    return sharing.pins.stream()
        .filter(pin -> pin.name().matcher(tensor.name()).find())
        .mapToDouble(Pin::bitsPerValue)
        .findFirst();
  }

  /**
   * Checks that each pin fits a tensor.
   *
   * @throws IllegalArgumentException if one fits none
   */
  void requirePinsFound(List<TensorView> candidates) {
    for (Pin pin : sharing.pins) {
      if (candidates.stream().noneMatch(tensor -> pin.name().matcher(tensor.name()).find())) {
        throw new IllegalArgumentException("no tensor that is compressed has " + pin.name() + " in its name");
      }
    }
  }
}
