package llm265.quantized;

import java.util.Optional;
import llm265.dtype.DType;

/**
 * MXFP4 as gpt-oss stores its experts: {@code X_blocks} U8 [experts, out, groups, 16] and {@code X_scales} U8 [experts, out,
 * groups]. The plain weight {@code X} is [experts, in, out].
 */
final class PackedExperts implements WeightFinder {
  private static final String SUFFIX = "_blocks";
  private static final int BLOCK_BYTES = ExpertRows.GROUP / 2;

  @Override
  public Optional<QuantizedWeight> find(NamedTensors tensors, TensorSource.Entry codes, QuantizationConfig config) {
    long[] stored = codes.shape();
    if (!codes.name().endsWith(SUFFIX) || codes.dtype() != DType.U8 || stored.length != 4 || stored[3] != BLOCK_BYTES) {
      return Optional.empty();
    }
    String base = codes.name().substring(0, codes.name().length() - SUFFIX.length());
    WeightParts parts = new WeightParts(tensors, base, codes);
    TensorSource.Entry exponents = parts.require(base + "_scales");
    tensors.requireType(exponents, DType.U8);
    tensors.requireShape(exponents, stored[0], stored[1], stored[2]);
    long[] shape = {stored[0], Math.min(stored[2], Long.MAX_VALUE / ExpertRows.GROUP) * ExpertRows.GROUP, stored[1]};
    parts.requireReadable(codes, shape);
    return Optional.of(parts.weight(
        "mxfp4",
        "MXFP4, groups of " + ExpertRows.GROUP + ", experts transposed",
        shape,
        () -> new ExpertRows(tensors.load(codes), tensors.load(exponents), MatrixShape.of(shape))));
  }
}
