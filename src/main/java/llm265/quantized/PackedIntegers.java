package llm265.quantized;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;

/**
 * compressed-tensors' {@code pack-quantized}: {@code X.weight_packed} I32 [out, words], {@code X.weight_scale}, {@code
 * X.weight_shape} I64, if asymmetric {@code X.weight_zero_point} I32 [words(out), groups], and perhaps {@code X.weight_g_idx}.
 */
final class PackedIntegers implements WeightFinder {
  private static final String SUFFIX = "_packed";

  /** If nothing says how many bits codes have, the usual numbers are tried first: short rows leave a choice. */
  private static final List<Integer> USUAL_BITS = List.of(4, 8, 2, 3, 5, 6, 7, 1);

  @Override
  public Optional<QuantizedWeight> find(NamedTensors tensors, TensorSource.Entry codes, QuantizationConfig config) {
    if (!codes.name().endsWith(SUFFIX) || codes.dtype() != DType.I32 || codes.shape().length < 2) {
      return Optional.empty();
    }
    String base = codes.name().substring(0, codes.name().length() - SUFFIX.length());
    WeightParts parts = new WeightParts(tensors, base, codes);
    TensorSource.Entry scale = parts.require(base + "_scale");
    tensors.requireType(scale, DType.BF16, DType.F16, DType.F32);
    long[] shape = shape(tensors, codes, parts.require(base + "_shape"));
    parts.requireReadable(codes, shape);
    MatrixShape matrix = MatrixShape.of(shape);
    PackedWords packing = packing(tensors, codes, matrix.in(), config);
    ScaleLayout layout = parts.layout(scale, shape, 0, config.groupSize());
    Optional<TensorSource.Entry> zeros = parts.find(base + "_zero_point");
    ScaleLayout ofZeros = zeros.map(entry -> checkedZeros(tensors, parts, entry, shape, packing, layout)).orElse(null);
    Optional<TensorSource.Entry> order = order(tensors, parts, base, matrix.in());
    String scheme = packing.bits() + "-bit integers, " + layout.words(matrix.in()) + (zeros.isPresent() ? ", zeros" : "")
        + (order.isPresent() ? ", act order" : "");
    return Optional.of(parts.weight(
        "compressed-tensors",
        scheme,
        shape,
        () -> {
          CodeRows rows = new WordRows(tensors.load(codes), packing, matrix.in());
          GridValues scales = new ScaleGrid(tensors.load(scale), layout);
          GridValues shifts = zeros.map(entry -> zeros(tensors.load(entry), packing, ofZeros)).orElse(null);
          return new ScaledRows(rows, scales, shifts, groups(tensors, order, layout, matrix.in()), matrix);
        }));
  }

  /** The list of columns' groups, if there is one. */
  static Optional<TensorSource.Entry> order(NamedTensors tensors, WeightParts parts, String base, int in) {
    Optional<TensorSource.Entry> order = parts.find(base + "_g_idx");
    order.ifPresent(entry -> {
      tensors.requireType(entry, DType.I32);
      tensors.requireShape(entry, in);
    });
    return order;
  }

  /** The group of each column, by a list if there is one that is in use. */
  static int[] groups(NamedTensors tensors, Optional<TensorSource.Entry> order, ScaleLayout layout, int in) {
    int[] listed = order.map(entry -> ColumnGroups.listed(tensors, tensors.load(entry), layout.gridColumns())).orElse(null);
    return listed != null ? listed : ColumnGroups.inOrder(in, layout.columnBlock());
  }

  private static long[] shape(NamedTensors tensors, TensorSource.Entry codes, TensorSource.Entry stated) {
    tensors.requireType(stated, DType.I64, DType.I32);
    long[] packed = codes.shape();
    tensors.requireShape(stated, packed.length);
    TensorView view = tensors.load(stated);
    long[] shape = new long[packed.length];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = view.dtype() == DType.I64
          ? view.data().get(LittleEndian.LONG, 8L * i)
          : view.data().get(LittleEndian.INT, 4L * i);
      if (i < shape.length - 1 && shape[i] != packed[i]) {
        throw tensors.fault(stated.name(), "says " + shape[i] + " where the codes have " + packed[i]);
      }
    }
    return shape;
  }

  private static PackedWords packing(NamedTensors tensors, TensorSource.Entry codes, int in, QuantizationConfig config) {
    long[] packed = codes.shape();
    long words = packed[packed.length - 1];
    List<Integer> tried = new ArrayList<>(config.bits());
    if (tried.isEmpty()) {
      tried.addAll(USUAL_BITS);
    }
    for (boolean isDense : new boolean[] {true, false}) {
      for (int bits : tried) {
        PackedWords packing = new PackedWords(bits, isDense);
        if (packing.words(in) == words) {
          return packing;
        }
      }
    }
    throw tensors.fault(
        codes.name(), "has " + words + " words a row, which " + in + " codes of " + tried + " bits do not take");
  }

  private static ScaleLayout checkedZeros(
      NamedTensors tensors,
      WeightParts parts,
      TensorSource.Entry zeros,
      long[] shape,
      PackedWords packing,
      ScaleLayout layout) {
    tensors.requireType(zeros, DType.I32, DType.I8);
    if (zeros.dtype() == DType.I32) {
      tensors.requireShape(zeros, MatrixShape.with(shape, packing.words(layout.out()), layout.gridColumns()));
      return layout;
    }
    return zeroLayout(tensors, parts, zeros, shape, layout);
  }

  /** The layout of zeros that are not packed: there is one for each scale of a row, or one a row. */
  static ScaleLayout zeroLayout(
      NamedTensors tensors, WeightParts parts, TensorSource.Entry zeros, long[] shape, ScaleLayout ofScales) {
    int rowHint = (int) Math.min(ofScales.rowBlock(), Integer.MAX_VALUE);
    ScaleLayout layout = parts.layout(zeros, shape, rowHint, ofScales.columnBlock());
    if (layout.gridColumns() != 1 && layout.gridColumns() != ofScales.gridColumns()) {
      throw tensors.fault(zeros.name(), "has shape " + Arrays.toString(zeros.shape()) + ", which does not fit the scales");
    }
    return layout;
  }

  private static GridValues zeros(TensorView zeros, PackedWords packing, ScaleLayout layout) {
    return zeros.dtype() == DType.I32
        ? new WordZeros(zeros, packing, layout.out(), layout.gridColumns())
        : new ScaleGrid(zeros, layout);
  }
}
