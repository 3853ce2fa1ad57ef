package llm265.quantized;

import java.util.Objects;

/**
 * Weights (q - z) s with codes q and zeros z that are small numbers and scales s; in binary32 as the libraries compute it, whose
 * last step rounds to the scales' type.
 */
final class ScaledRows implements WeightRows {
  private final CodeRows codes;
  private final GridValues scales;
  private final GridValues zeros;
  private final int[] groups;
  private final MatrixShape shape;

  /**
   * @param zeros as many as scales, or one a row, or null
   * @param groups which of a row's scales each column has
   */
  ScaledRows(CodeRows codes, GridValues scales, GridValues zeros, int[] groups, MatrixShape shape) {
    this.codes = codes;
    this.scales = scales;
    this.zeros = zeros;
    this.groups = groups;
    this.shape = shape;
  }

  @Override
  public void read(long first, int rows, float[] values, int offset) {
    Objects.checkFromIndexSize(first, rows, shape.rows());
    Objects.checkFromIndexSize(offset, rows * shape.in(), values.length);
    float[] scale = new float[scales.columns()];
    float[] zero = zeros == null ? null : new float[zeros.columns()];
    for (int row = 0; row < rows; row++) {
      int at = offset + row * shape.in();
      codes.read(first + row, values, at);
      scales.read(first + row, scale);
      if (zero == null) {
        scale(values, at, scale);
      } else {
        zeros.read(first + row, zero);
        shiftAndScale(values, at, scale, zero);
      }
    }
  }

  private void scale(float[] values, int at, float[] scale) {
    for (int i = 0; i < groups.length; i++) {
      values[at + i] *= scale[groups[i]];
    }
  }

  private void shiftAndScale(float[] values, int at, float[] scale, float[] zero) {
    boolean hasOne = zero.length == 1;
    for (int i = 0; i < groups.length; i++) {
      values[at + i] = (values[at + i] - zero[hasOne ? 0 : groups[i]]) * scale[groups[i]];
    }
  }
}
