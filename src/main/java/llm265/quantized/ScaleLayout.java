package llm265.quantized;

import java.util.Arrays;

/**
 * Which weights share a scale, by the shapes of both.
 *
 * @param out rows of a matrix
 * @param gridRows rows of scales of a matrix
 * @param gridColumns scales of a row
 * @param rowBlock rows of weights that share scales
 * @param columnBlock columns that share a scale
 * @param isShared whether all matrices of a stack have the same scales
 */
record ScaleLayout(long out, long gridRows, int gridColumns, long rowBlock, int columnBlock, boolean isShared) {
  private static final int USUAL_BLOCK = 128;

  /**
   * The layout of scales.
   *
   * @param shape the shape of the scales
   * @param weight the shape of the weight; it has no dimension of 0
   * @param rowHint rows of a block by the configuration, 0 if it does not say
   * @param columnHint columns of a block or group by the configuration, 0 if it does not say
   * @return null if the shapes do not fit
   */
  static ScaleLayout of(long[] shape, long[] weight, int rowHint, int columnHint) {
    MatrixShape matrix = MatrixShape.of(weight);
    if (Arrays.stream(shape).allMatch(dimension -> dimension == 1)) {
      return new ScaleLayout(matrix.out(), 1, 1, matrix.out(), matrix.in(), true);
    }
    long[] grid = grid(shape, weight, matrix);
    if (grid == null) {
      return null;
    }
    long rowBlock = block(matrix.out(), grid[0], rowHint);
    long columnBlock = block(matrix.in(), grid[1], columnHint);
    return rowBlock == 0 || columnBlock == 0
        ? null
        : new ScaleLayout(matrix.out(), grid[0], (int) grid[1], rowBlock, (int) columnBlock, false);
  }

  /** Rows and columns of a matrix's scales, or null. */
  private static long[] grid(long[] shape, long[] weight, MatrixShape matrix) {
    int leading = weight.length - 2;
    boolean isStack = matrix.matrices() > 1;
    for (int i = 0; i < leading; i++) {
      if (i >= shape.length || shape[i] != weight[i]) {
        return null;
      }
    }
    long[] rest = leading < 1 ? shape : Arrays.copyOfRange(shape, leading, shape.length);
    return switch (rest.length) {
      case 0 -> isStack ? new long[] {1, 1} : null;
      case 1 -> new long[] {rest[0], 1};
      case 2 -> rest;
      default -> null;
    };
  }

  /** How many of {@code size} share one of {@code count} scales; 0 if they cannot. */
  private static long block(long size, long count, int hint) {
    if (count < 1 || count > size) {
      return 0;
    }
    if (count == 1) {
      return size;
    }
    if (count == size) {
      return 1;
    }
    if (hint > 0 && ceil(size, hint) == count) {
      return hint;
    }
    if (size % count == 0) {
      return size / count;
    }
    return ceil(size, USUAL_BLOCK) == count ? USUAL_BLOCK : 0;
  }

  static long ceil(long size, long block) {
    return (size + block - 1) / block;
  }

  /** The words for a user, such as {@code groups of 128}. */
  String words(int in) {
    if (columnBlock == in) {
      return rowBlock == 1 ? "a scale a row" : rowBlock == out ? "one scale" : "blocks of " + rowBlock + " rows";
    }
    return rowBlock == 1 ? "groups of " + columnBlock : "blocks of " + rowBlock + " x " + columnBlock;
  }
}
