package llm265.quantized;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;

/**
 * A checkpoint whose weights are quantized already, each one spread over several tensors. Whoever compresses it must keep {@link
 * #parts} exactly, or loses twice.
 *
 * <p>Weights are told by names, types and shapes of tensors; the configuration decides only what these leave open. A weight whose
 * parts are damaged is a fault; then, and if the method is not read, everything near its codes still counts as a part.
 */
public final class QuantizedCheckpoint {
  private static final List<WeightFinder> FINDERS = List.of(
      new PackedIntegers(), new PackedFloats(), new TransposedIntegers(), new FourBitStates(), new PackedExperts(),
      new ScaledElements());

  /** Parts that mean nothing without codes. */
  private static final List<String> NEEDS_CODES = List.of(
      ".weight_scale", ".weight_scale_inv", ".weight_zero_point", ".weight_g_idx", ".weight_shape", ".weight_global_scale",
      ".weight_scale_2");

  /** Types that codes of some kind may have: floats of 16 bits and more, and indices of 64, are not among them. */
  private static final Set<DType> CODE_TYPES = Set.of(
      DType.U8, DType.I8, DType.I16, DType.U16, DType.I32, DType.U32, DType.F4, DType.F6_E2M3, DType.F6_E3M2, DType.F8_E5M2,
      DType.F8_E4M3, DType.F8_E8M0, DType.F8_E4M3FNUZ, DType.F8_E5M2FNUZ);

  /** Scales of keys and values that are cached: a plain model has none. */
  private static final List<String> OF_CACHE = List.of(".k_scale", ".v_scale", ".q_scale", ".prob_scale");

  /**
   * A tensor of the plain checkpoint.
   *
   * @param name its name
   * @param weight what it is made from; null if it is there as it is
   */
  public record Output(String name, QuantizedWeight weight) {}

  /**
   * Weights that are stored in the same way.
   *
   * @param format name of the format, such as {@code gptq}
   * @param scheme how values are stored, in a few words
   * @param weights number of weights
   * @param bitsPerValue bits of all their parts over the number of values
   */
  public record Scheme(String format, String scheme, int weights, double bitsPerValue) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%d weight%s in %s: %s; %.2f bits per value", weights, weights == 1 ? "" : "s", format,
          scheme, bitsPerValue);
    }
  }

  private final NamedTensors tensors;
  private final QuantizationConfig config;
  private final List<QuantizedWeight> weights = new ArrayList<>();
  private final List<ModelFormatException> faults = new ArrayList<>();
  private final Set<String> faultyModules = new TreeSet<>();
  private final Map<String, QuantizedWeight> weightOfPart = new HashMap<>();
  private final Set<String> parts = new LinkedHashSet<>();
  private final Set<String> leftOut = new LinkedHashSet<>();

  private QuantizedCheckpoint(NamedTensors tensors, QuantizationConfig config) {
    this.tensors = tensors;
    this.config = config;
  }

  /**
   * Looks for quantized weights. No tensor's data is read but shapes and states, which are short.
   *
   * @param config what the folder says, or {@link QuantizationConfig#NONE}
   * @return one without weights if the checkpoint is a plain one
   */
  public static QuantizedCheckpoint of(TensorSource source, QuantizationConfig config) {
    QuantizedCheckpoint checkpoint = new QuantizedCheckpoint(new NamedTensors(source), config);
    if (config.unread().isEmpty()) {
      checkpoint.findWeights();
      checkpoint.findOrphans();
    }
    checkpoint.collectParts();
    return checkpoint;
  }

  private void findWeights() {
    for (TensorSource.Entry entry : tensors.entries()) {
      if (weightOfPart.containsKey(entry.name())) {
        continue;
      }
      try {
        for (WeightFinder finder : FINDERS) {
          Optional<QuantizedWeight> weight = finder.find(tensors, entry, config);
          if (weight.isPresent()) {
            add(weight.get());
            break;
          }
        }
      } catch (ModelFormatException e) {
        addFault(entry.name(), e);
      }
    }
  }

  private void add(QuantizedWeight weight) {
    for (TensorSource.Entry part : weight.parts()) {
      if (weightOfPart.containsKey(part.name())) {
        throw tensors.fault(part.name(), "belongs to two weights");
      }
    }
    weight.parts().forEach(part -> weightOfPart.put(part.name(), weight));
    weights.add(weight);
  }

  private void addFault(String name, ModelFormatException fault) {
    faults.add(fault);
    faultyModules.add(module(name));
  }

  private void findOrphans() {
    if (config.method().isEmpty() && weights.isEmpty()) {
      return;
    }
    for (TensorSource.Entry entry : tensors.entries()) {
      String name = entry.name();
      for (String suffix : NEEDS_CODES) {
        String base = name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) + ".weight" : null;
        if (base != null && !weightOfPart.containsKey(name) && !tensors.has(base) && !tensors.has(base + "_packed")) {
          addFault(name, tensors.fault(name, "belongs to a quantized weight whose codes are missing"));
        }
      }
    }
  }

  /** The parts of weights, and of every module that has codes which belong to none. */
  private void collectParts() {
    Set<String> modules = new TreeSet<>(faultyModules);
    Set<String> codes = new TreeSet<>();
    boolean isQuantized = isQuantized();
    for (TensorSource.Entry entry : tensors.entries()) {
      String name = entry.name();
      if (isQuantized && OF_CACHE.stream().anyMatch(name::endsWith)) {
        leftOut.add(name);
      } else if (!weightOfPart.containsKey(name) && CODE_TYPES.contains(entry.dtype()) && entry.shape().length >= 2) {
        codes.add(name);
        modules.add(module(name));
      }
    }
    modules.remove("");
    for (TensorSource.Entry entry : tensors.entries()) {
      String name = entry.name();
      if (weightOfPart.containsKey(name) || leftOut.contains(name) || codes.contains(name)
          || modules.contains(module(name)) || isInside(name, codes)) {
        parts.add(name);
      }
    }
  }

  /** Whether a tensor is named after another one, such as {@code X.weight.absmax}. */
  private static boolean isInside(String name, Set<String> others) {
    String outer = module(name);
    while (!outer.isEmpty() && !others.contains(outer)) {
      outer = module(outer);
    }
    return !outer.isEmpty();
  }

  private static String module(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  private boolean isQuantized() {
    return config.method().isPresent() || !weights.isEmpty() || !faults.isEmpty();
  }

  /** The method's name: by the configuration, or else by the weights; empty for a plain checkpoint. */
  public Optional<String> method() {
    if (config.method().isPresent() || weights.isEmpty()) {
      return config.method();
    }
    return Optional.of(String.join(", ", new LinkedHashSet<>(weights.stream().map(QuantizedWeight::format).toList())));
  }

  /** The weights that can be read, in the file's order of the parts that come first. */
  public List<QuantizedWeight> weights() {
    return Collections.unmodifiableList(weights);
  }

  /** How the weights that can be read are stored. */
  public List<Scheme> schemes() {
    Map<List<String>, List<QuantizedWeight>> groups = new LinkedHashMap<>();
    for (QuantizedWeight weight : weights) {
      groups.computeIfAbsent(List.of(weight.format(), weight.scheme()), scheme -> new ArrayList<>()).add(weight);
    }
    List<Scheme> schemes = new ArrayList<>();
    groups.forEach((names, of) -> {
      double values = of.stream().mapToDouble(weight -> (double) weight.rows() * weight.columns()).sum();
      double bits =
          of.stream().mapToDouble(weight -> weight.bitsPerValue() * weight.rows() * weight.columns()).sum() / values;
      schemes.add(new Scheme(names.getFirst(), names.getLast(), of.size(), bits));
    });
    return schemes;
  }

  /**
   * Lines for the user, one for each scheme, such as {@code 224 weights in gptq: 4-bit integers, groups of 128, zeros; 4.16 bits
   * per value}. Empty for a plain checkpoint.
   */
  public List<String> summary() {
    return schemes().stream().map(Scheme::toString).toList();
  }

  /**
   * Names of all tensors that must be kept exactly: the parts of weights, and every tensor near codes that are not understood.
   */
  public Set<String> parts() {
    return Collections.unmodifiableSet(parts);
  }

  /** A line for the user about what is not read, if anything is not. */
  public Optional<String> note() {
    if (config.unread().isPresent()) {
      return Optional.of(config.unread().get() + " is not read; its tensors are kept exactly as they are");
    }
    return faults.isEmpty()
        ? Optional.empty()
        : Optional.of(faults.getFirst().problem() + "; its tensors are kept exactly as they are");
  }

  /** What is wrong with weights whose parts do not belong together, one exception each. */
  public List<ModelFormatException> faults() {
    return Collections.unmodifiableList(faults);
  }

  /**
   * Checks that all weights can be read.
   *
   * @throws ModelFormatException if parts are damaged; it names the first one
   * @throws IllegalArgumentException if the method is not read; the message says so
   */
  public void requireReadable() {
    if (!faults.isEmpty()) {
      throw faults.getFirst();
    }
    config.unread().ifPresent(unread -> {
      throw new IllegalArgumentException(unread + " is not read, so its weights cannot be dequantized");
    });
  }

  /**
   * The tensors of the plain checkpoint in order. Each weight stands where its first part was, the other parts are gone, and so
   * are scales that a plain model does not have.
   */
  public List<Output> outputs() {
    List<Output> outputs = new ArrayList<>();
    Set<QuantizedWeight> done = new LinkedHashSet<>();
    for (TensorSource.Entry entry : tensors.entries()) {
      QuantizedWeight weight = weightOfPart.get(entry.name());
      if (weight == null && !leftOut.contains(entry.name())) {
        outputs.add(new Output(entry.name(), null));
      } else if (weight != null && done.add(weight)) {
        outputs.add(new Output(weight.name(), weight));
      }
    }
    return outputs;
  }
}
