package llm265.quantized;

import java.util.Arrays;

/**
 * The shape of a weight as matrices: one, or the stack of a mixture of experts.
 *
 * @param matrices number of matrices
 * @param out rows of each
 * @param in columns of each
 */
record MatrixShape(long matrices, long out, int in) {
  /** The longest row that is read; no model has one near it. */
  static final long MAX_COLUMNS = 1 << 26;

  /** The shape with its last two dimensions as rows and columns; a vector is one row. The shape has no dimension of 0. */
  static MatrixShape of(long... shape) {
    int rank = shape.length;
    long out = rank < 2 ? 1 : shape[rank - 2];
    long matrices = 1;
    for (int i = 0; i < rank - 2; i++) {
      matrices *= shape[i];
    }
    return new MatrixShape(matrices, out, (int) shape[rank - 1]);
  }

  /** Whether the dimensions are those of something that can be read by rows. */
  static boolean isReadable(long... shape) {
    if (shape.length == 0 || shape[shape.length - 1] > MAX_COLUMNS || Arrays.stream(shape).anyMatch(d -> d < 1)) {
      return false;
    }
    long count = 1;
    for (long dimension : shape) {
      if (count > Long.MAX_VALUE / Byte.SIZE / Double.BYTES / dimension) {
        return false;
      }
      count *= dimension;
    }
    return true;
  }

  /** Rows of all matrices. */
  long rows() {
    return matrices * out;
  }

  /** The shape with other dimensions at its end. */
  static long[] with(long[] shape, long out, long in) {
    long[] changed = shape.clone();
    changed[shape.length - 2] = out;
    changed[shape.length - 1] = in;
    return changed;
  }
}
