package llm265.quantized;

import java.util.Optional;
import llm265.dtype.DType;

/**
 * GPTQ and AWQ, whose tensors are transposed: {@code X.qweight} I32, {@code X.qzeros} I32 and {@code X.scales} [groups, out],
 * with GPTQ perhaps {@code X.g_idx} I32 [in]. GPTQ's codes are packed along the inputs, so that {@code qweight} has a column for
 * each output; AWQ's along the outputs.
 */
final class TransposedIntegers implements WeightFinder {
  private static final String SUFFIX = ".qweight";
  private static final int AWQ_BITS = 4;
  private static final int AWQ_IN_WORD = Integer.SIZE / AWQ_BITS;

  @Override
  public Optional<QuantizedWeight> find(NamedTensors tensors, TensorSource.Entry codes, QuantizationConfig config) {
    if (!codes.name().endsWith(SUFFIX)) {
      return Optional.empty();
    }
    tensors.requireType(codes, DType.I32);
    String module = codes.name().substring(0, codes.name().length() - SUFFIX.length());
    WeightParts parts = new WeightParts(tensors, module + ".weight", codes);
    TensorSource.Entry scales = parts.require(module + ".scales");
    TensorSource.Entry zeros = parts.require(module + ".qzeros");
    tensors.requireType(scales, DType.F16, DType.BF16, DType.F32);
    tensors.requireType(zeros, DType.I32);
    requireMatrix(tensors, codes);
    requireMatrix(tensors, scales);
    long outputs = scales.shape()[1];
    if (outputs > Integer.MAX_VALUE) {
      throw tensors.fault(scales.name(), "has more columns than are read");
    }
    if (codes.shape()[1] == outputs) {
      return Optional.of(gptq(tensors, parts, codes, zeros, scales, parts.find(module + ".g_idx"), config));
    }
    if (outputs % AWQ_IN_WORD == 0 && codes.shape()[1] == outputs / AWQ_IN_WORD) {
      return Optional.of(awq(tensors, parts, codes, zeros, scales, config));
    }
    throw tensors.fault(
        codes.name(), "has " + codes.shape()[1] + " columns, which neither GPTQ nor AWQ has for " + outputs + " outputs");
  }

  private static void requireMatrix(NamedTensors tensors, TensorSource.Entry entry) {
    if (entry.shape().length != 2 || entry.shape()[0] < 1 || entry.shape()[1] < 1) {
      throw tensors.fault(entry.name(), "is not a matrix");
    }
  }

  private static QuantizedWeight gptq(
      NamedTensors tensors,
      WeightParts parts,
      TensorSource.Entry codes,
      TensorSource.Entry zeros,
      TensorSource.Entry scales,
      Optional<TensorSource.Entry> order,
      QuantizationConfig config) {
    int out = (int) scales.shape()[1];
    long groups = scales.shape()[0];
    requireMatrix(tensors, zeros);
    PackedWords packing = packing(tensors, zeros, out);
    tensors.requireShape(zeros, groups, packing.words(out));
    long rowBits = codes.shape()[0] <= MatrixShape.MAX_COLUMNS ? codes.shape()[0] * Integer.SIZE : 0;
    long in = rowBits / packing.bits();
    if (in < 1 || rowBits % packing.bits() != 0 || in > MatrixShape.MAX_COLUMNS) {
      throw tensors.fault(
          codes.name(), "has " + codes.shape()[0] + " rows, which codes of " + packing.bits() + " bits do not fill");
    }
    boolean isListed = order.isPresent() && order.get().shape().length == 1 && order.get().shape()[0] > 0;
    if (isListed) {
      tensors.requireType(order.get(), DType.I32);
      tensors.requireShape(order.get(), in);
    }
    ScaleLayout layout = ofGroups(tensors, scales, out, in, isListed, config);
    String grouping = isListed ? groups + " listed groups" : layout.words((int) in);
    String words = packing.bits() + "-bit integers, " + grouping + ", zeros";
    return parts.weight(
        "gptq",
        words,
        new long[] {out, in},
        () -> {
          int[] listed = isListed
              ? ColumnGroups.listed(tensors, tensors.load(order.get()), Math.toIntExact(groups))
              : null;
          int block = layout == null ? (int) ScaleLayout.ceil(in, groups) : layout.columnBlock();
          int[] used = listed != null ? listed : ColumnGroups.inOrder((int) in, block);
          int zeroOffset = config.isSecondGptq() ? 0 : 1;
          return new GptqRows(
              tensors.load(codes), tensors.load(zeros), tensors.load(scales), packing, zeroOffset, used, out);
        });
  }

  /** The bits of codes are those of the zeros, of which there is one for each output. */
  private static PackedWords packing(NamedTensors tensors, TensorSource.Entry zeros, int out) {
    for (int bits : new int[] {4, 8, 3, 2}) {
      PackedWords packing = new PackedWords(bits, true);
      if ((long) out * bits % Integer.SIZE == 0 && packing.words(out) == zeros.shape()[1]) {
        return packing;
      }
    }
    throw tensors.fault(
        zeros.name(), "has " + zeros.shape()[1] + " words a row, which " + out + " zeros of 2, 3, 4 or 8 bits do not fill");
  }

  /** Groups of inputs that lie together; with a list, their number is all that matters. */
  private static ScaleLayout ofGroups(
      NamedTensors tensors, TensorSource.Entry scales, int out, long in, boolean isListed, QuantizationConfig config) {
    long groups = scales.shape()[0];
    ScaleLayout layout = ScaleLayout.of(new long[] {out, groups}, new long[] {out, in}, 0, config.groupSize());
    if (groups > in || !isListed && layout == null) {
      throw tensors.fault(scales.name(), "has " + groups + " groups, which does not fit " + in + " inputs");
    }
    return layout;
  }

  private static QuantizedWeight awq(
      NamedTensors tensors,
      WeightParts parts,
      TensorSource.Entry codes,
      TensorSource.Entry zeros,
      TensorSource.Entry scales,
      QuantizationConfig config) {
    int out = (int) scales.shape()[1];
    long in = codes.shape()[0];
    parts.requireReadable(codes, out, in);
    tensors.requireShape(zeros, scales.shape()[0], out / AWQ_IN_WORD);
    ScaleLayout layout = ofGroups(tensors, scales, out, in, false, config);
    return parts.weight(
        "awq",
        AWQ_BITS + "-bit integers, " + layout.words((int) in) + ", zeros",
        new long[] {out, in},
        () -> new AwqRows(
            tensors.load(codes), tensors.load(zeros), tensors.load(scales), layout.columnBlock(), (int) in, out));
  }
}
