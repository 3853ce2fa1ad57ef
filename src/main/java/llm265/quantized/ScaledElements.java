package llm265.quantized;

import java.util.Optional;
import llm265.dtype.DType;

/**
 * Codes of a byte each beside their scales: {@code X} I8, F8_E4M3 or F8_E5M2, and {@code X_scale} or {@code X_scale_inv}. Both
 * are factors of the codes. So compressed-tensors stores {@code int-quantized}, {@code float-quantized}, {@code naive-quantized}
 * and {@code mxfp8-quantized}, DeepSeek its blocks of 128 x 128, and FBGEMM and ModelOpt their rows and tensors.
 */
final class ScaledElements implements WeightFinder {
  private static final int DEEPSEEK_BLOCK = 128;

  @Override
  public Optional<QuantizedWeight> find(NamedTensors tensors, TensorSource.Entry codes, QuantizationConfig config) {
    boolean isFloat = isFloat(codes.dtype());
    if (!isFloat && codes.dtype() != DType.I8 || codes.shape().length < 2) {
      return Optional.empty();
    }
    String base = codes.name();
    boolean isInverse = tensors.has(base + "_scale_inv");
    if (!isInverse && !tensors.has(base + "_scale") && !(config.demandsScales() && base.endsWith(".weight"))) {
      return Optional.empty();
    }
    WeightParts parts = new WeightParts(tensors, base, codes);
    TensorSource.Entry scale = parts.require(base + (isInverse ? "_scale_inv" : "_scale"));
    if (!isFloat || !ScaleGrid.isExponent(scale.dtype())) {
      tensors.requireType(scale, DType.F32, DType.BF16, DType.F16);
    }
    long[] shape = codes.shape();
    parts.requireReadable(codes, shape);
    MatrixShape matrix = MatrixShape.of(shape);
    int usual = isInverse && config.blockColumns() == 0 ? DEEPSEEK_BLOCK : 0;
    ScaleLayout layout =
        parts.layout(scale, shape, Math.max(config.blockRows(), usual), Math.max(config.blockColumns(), usual));
    Optional<TensorSource.Entry> zeros = parts.find(base + "_zero_point");
    zeros.ifPresent(entry -> tensors.requireType(entry, codes.dtype()));
    ScaleLayout ofZeros = zeros.map(entry -> PackedIntegers.zeroLayout(tensors, parts, entry, shape, layout)).orElse(null);
    Optional<TensorSource.Entry> order = PackedIntegers.order(tensors, parts, base, matrix.in());
    String scheme = (isFloat ? codes.dtype().name() : "8-bit integers") + ", " + layout.words(matrix.in())
        + (ScaleGrid.isExponent(scale.dtype()) ? " with a power of 2" : "") + (zeros.isPresent() ? ", zeros" : "");
    return Optional.of(parts.weight(
        isInverse ? "fp8" : isFloat ? "float-quantized" : "int-quantized",
        scheme,
        shape,
        () -> new ScaledRows(
            new ElementRows(tensors.load(codes), matrix.in()),
            new ScaleGrid(tensors.load(scale), layout),
            zeros.map(entry -> new ScaleGrid(tensors.load(entry), ofZeros)).orElse(null),
            PackedIntegers.groups(tensors, order, layout, matrix.in()),
            matrix)));
  }

  private static boolean isFloat(DType type) {
    return type == DType.F8_E4M3 || type == DType.F8_E5M2;
  }
}
