package llm265.quantized;

import llm265.dtype.TensorView;

/** The rows of a weight as floats. A stack of matrices has the rows of the first matrix first. Thread-safe. */
public interface WeightRows {
  /** The rows of a plain tensor of any type that can be read. */
  static WeightRows of(TensorView tensor) {
    MatrixShape shape = MatrixShape.of(tensor.shape());
    return (first, rows, values, offset) -> tensor.read(first * shape.in(), values, offset, rows * shape.in());
  }

  /**
   * Reads whole rows. Formats that store columns together are read fastest 32 rows or more at a time.
   *
   * @param first the first row, 0 or more
   * @param rows number of rows
   * @param values receives {@code rows * columns} values, row by row, from {@code offset} on
   * @throws IndexOutOfBoundsException if the rows are not all there, or do not fit
   */
  void read(long first, int rows, float[] values, int offset);
}
