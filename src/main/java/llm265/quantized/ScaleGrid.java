package llm265.quantized;

import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;

/**
 * Scales of a weight's blocks. A block is any number of rows high and of columns wide: a tensor, a row, a group in a row, or a
 * square. Scales of type U8 or E8M0 are exponents e that stand for 2^(e - 127), as in the OCP Microscaling specification.
 */
final class ScaleGrid implements GridValues {
  private static final int EXPONENT_BIAS = 127;

  private final TensorView scales;
  private final ScaleLayout layout;

  /** @param layout found for the same scales */
  ScaleGrid(TensorView scales, ScaleLayout layout) {
    this.scales = scales;
    this.layout = layout;
  }

  @Override
  public int columns() {
    return layout.gridColumns();
  }

  @Override
  public void read(long row, float[] values) {
    long matrix = row / layout.out();
    long gridRow = (layout.isShared() ? 0 : matrix * layout.gridRows()) + row % layout.out() / layout.rowBlock();
    long first = gridRow * columns();
    if (isExponent(scales.dtype())) {
      for (int i = 0; i < columns(); i++) {
        int exponent = scales.data().get(LittleEndian.BYTE, first + i) & 0xFF;
        values[i] = Math.scalb(1f, exponent - EXPONENT_BIAS);
      }
    } else {
      scales.read(first, values, 0, columns());
    }
  }

  static boolean isExponent(DType type) {
    return type == DType.U8 || type == DType.F8_E8M0;
  }
}
