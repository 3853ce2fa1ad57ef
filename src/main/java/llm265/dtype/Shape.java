package llm265.dtype;

import java.util.Arrays;

/** Shapes of tensors: their dimensions, outermost first; a scalar has none. */
public final class Shape {
  private Shape() {}

  /**
   * Number of values of a shape: 1 for a scalar, 0 if any dimension is 0, however large the others are.
   *
   * @throws IllegalArgumentException if a dimension is negative, or there are 2^63 values or more
   */
  public static long count(long... shape) {
    boolean empty = false;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("negative dimension in shape " + Arrays.toString(shape));
      }
      empty |= dimension == 0;
    }
    if (empty) {
      return 0;
    }
    long count = 1;
    for (long dimension : shape) {
      if (count > Long.MAX_VALUE / dimension) {
        throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " has 2^63 values or more");
      }
      count *= dimension;
    }
    return count;
  }
}
