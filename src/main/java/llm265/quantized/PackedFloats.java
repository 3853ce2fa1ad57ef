package llm265.quantized;

import java.util.Optional;
import llm265.dtype.DType;

/**
 * E2M1 codes, two in a byte, with scales of groups. NVFP4: groups of 16 with E4M3 scales, and a global scale, which is {@code
 * X.weight_global_scale} with compressed-tensors and {@code X.weight_scale_2} with ModelOpt, whose codes are {@code X.weight}
 * itself. MXFP4: groups of 32, whose scales are exponents.
 */
final class PackedFloats implements WeightFinder {
  private static final String SUFFIX = "_packed";
  private static final int NV_GROUP = 16;
  private static final int MX_GROUP = 32;

  @Override
  public Optional<QuantizedWeight> find(NamedTensors tensors, TensorSource.Entry codes, QuantizationConfig config) {
    boolean isOfModelOpt = tensors.has(codes.name() + "_scale_2");
    if (codes.dtype() != DType.U8 || codes.shape().length < 2 || !isOfModelOpt && !codes.name().endsWith(SUFFIX)) {
      return Optional.empty();
    }
    String base =
        isOfModelOpt ? codes.name() : codes.name().substring(0, codes.name().length() - SUFFIX.length());
    WeightParts parts = new WeightParts(tensors, base, codes);
    long[] packed = codes.shape();
    long[] shape =
        MatrixShape.with(packed, packed[packed.length - 2], Math.min(packed[packed.length - 1], Long.MAX_VALUE / 2) * 2);
    parts.requireReadable(codes, shape);
    MatrixShape matrix = MatrixShape.of(shape);
    TensorSource.Entry scale = parts.require(base + "_scale");
    Optional<TensorSource.Entry> global = parts.find(base + (isOfModelOpt ? "_scale_2" : "_global_scale"));
    if (global.isPresent()) {
      tensors.requireType(scale, DType.F8_E4M3);
      tensors.requireType(global.get(), DType.F32);
    } else if (scale.dtype() == DType.F8_E4M3) {
      parts.require(base + "_global_scale");
    } else {
      tensors.requireType(scale, DType.U8, DType.F8_E8M0);
    }
    ScaleLayout layout = parts.layout(scale, shape, 0, global.isPresent() ? NV_GROUP : MX_GROUP);
    ScaleLayout ofGlobal = global.map(entry -> globalLayout(tensors, parts, entry, shape)).orElse(null);
    String scheme = (global.isPresent() ? "NVFP4, " : "MXFP4, ") + layout.words(matrix.in());
    return Optional.of(parts.weight(
        isOfModelOpt ? "modelopt" : "compressed-tensors",
        scheme,
        shape,
        () -> {
          GridValues scales = new ScaleGrid(tensors.load(scale), layout);
          if (global.isPresent()) {
            scales = new GlobalScale(scales, new ScaleGrid(tensors.load(global.get()), ofGlobal), !isOfModelOpt);
          }
          int[] groups = ColumnGroups.inOrder(matrix.in(), layout.columnBlock());
          return new ScaledRows(new NibbleRows(tensors.load(codes), matrix.in()), scales, null, groups, matrix);
        }));
  }

  private static ScaleLayout globalLayout(NamedTensors tensors, WeightParts parts, TensorSource.Entry global, long[] shape) {
    ScaleLayout layout = parts.layout(global, shape, 0, 0);
    if (layout.gridColumns() != 1 || layout.gridRows() != 1) {
      throw tensors.fault(global.name(), "is not one number for each matrix");
    }
    return layout;
  }
}
