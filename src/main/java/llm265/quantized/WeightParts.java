package llm265.quantized;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import llm265.checkpoint.file.ModelFormatException;

/** Collects the parts of one weight while it is recognized. */
final class WeightParts {
  private static final String WEIGHT = ".weight";

  /** What a module has for its activations: of no use to a plain model. */
  private static final List<String> OF_ACTIVATIONS = List.of(
      ".input_scale", ".input_global_scale", ".input_zero_point", ".input_scale_ub", ".activation_scale", ".output_scale",
      ".output_zero_point");

  private final NamedTensors tensors;
  private final String base;
  private final Map<String, TensorSource.Entry> parts = new LinkedHashMap<>();

  /**
   * @param base name of the plain weight
   * @param codes the part that has the codes
   */
  WeightParts(NamedTensors tensors, String base, TensorSource.Entry codes) {
    this.tensors = tensors;
    this.base = base;
    parts.put(codes.name(), codes);
  }

  /** The part with a name, or a fault that says that it is missing. */
  TensorSource.Entry require(String name) {
    return find(name).orElseThrow(() ->
        tensors.fault(parts.keySet().iterator().next(), "has no " + ModelFormatException.quote(name) + " beside it"));
  }

  Optional<TensorSource.Entry> find(String name) {
    Optional<TensorSource.Entry> part = tensors.find(name);
    part.ifPresent(entry -> parts.put(name, entry));
    return part;
  }

  /** Throws unless the shape has no dimension of 0 and no endless rows. */
  void requireReadable(TensorSource.Entry codes, long... shape) {
    if (!MatrixShape.isReadable(shape)) {
      throw tensors.fault(codes.name(), "has shape " + Arrays.toString(codes.shape()) + ", which is no weight's");
    }
  }

  /** The layout of scales, or a fault. */
  ScaleLayout layout(TensorSource.Entry scales, long[] shape, int rowHint, int columnHint) {
    ScaleLayout layout = ScaleLayout.of(scales.shape(), shape, rowHint, columnHint);
    if (layout == null) {
      throw tensors.fault(
          scales.name(),
          "has shape " + Arrays.toString(scales.shape()) + ", which does not fit a weight of " + Arrays.toString(shape));
    }
    return layout;
  }

  /** The weight of all parts so far, and of what its module has for activations. */
  QuantizedWeight weight(String format, String scheme, long[] shape, Supplier<WeightRows> opener) {
    if (tensors.has(base) && !parts.containsKey(base)) {
      throw tensors.fault(base, "is there twice: as it is, and quantized");
    }
    if (base.endsWith(WEIGHT)) {
      String module = base.substring(0, base.length() - WEIGHT.length());
      OF_ACTIVATIONS.forEach(suffix -> find(module + suffix));
    }
    return new QuantizedWeight(base, format, scheme, shape, List.copyOf(parts.values()), opener);
  }
}
