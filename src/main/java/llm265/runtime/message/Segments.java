package llm265.runtime.message;

import java.util.Arrays;

/** How values that lie one behind the other belong together: rows of a tensor, or tensors of a model. */
public final class Segments {
  private final int[] ends;

  private Segments(int[] ends) {
    this.ends = ends;
  }

  /**
   * Segments of some lengths.
   *
   * @throws IllegalArgumentException if there is none, one is empty, or they have 2^31 values or more
   */
  public static Segments of(int... lengths) {
    if (lengths.length == 0) {
      throw new IllegalArgumentException("no segments");
    }
    int[] ends = new int[lengths.length];
    long end = 0;
    for (int i = 0; i < lengths.length; i++) {
      end += lengths[i];
      if (lengths[i] <= 0 || end > Integer.MAX_VALUE - 16) {
        throw new IllegalArgumentException("a segment of " + lengths[i] + " values, " + end + " with those before it");
      }
      ends[i] = (int) end;
    }
    return new Segments(ends);
  }

  /** A segment for each row of a matrix. */
  public static Segments rows(int rows, int columns) {
    int[] lengths = new int[rows];
    Arrays.fill(lengths, columns);
    return of(lengths);
  }

  public int count() {
    return ends.length;
  }

  /** Index of a segment's first value. */
  public int begin(int segment) {
    return segment == 0 ? 0 : ends[segment - 1];
  }

  /** Index behind a segment's last value. */
  public int end(int segment) {
    return ends[segment];
  }

  /** Values of all segments. */
  public int values() {
    return ends[ends.length - 1];
  }

  /**
   * Mean square of each segment's values.
   *
   * @param at index of the first value
   * @throws IllegalArgumentException if a value is not finite
   */
  double[] meanSquares(float[] values, int at) {
    double[] squares = new double[ends.length];
    for (int i = 0; i < squares.length; i++) {
      double sum = 0;
      for (int k = begin(i); k < ends[i]; k++) {
        sum += (double) values[at + k] * values[at + k];
      }
      if (!(sum < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("the values of a message must be finite");
      }
      squares[i] = sum / (ends[i] - begin(i));
    }
    return squares;
  }
}
