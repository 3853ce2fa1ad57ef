package llm265.h264.intra;

import java.util.Arrays;

/**
 * The neighbouring samples of a block, gathered before prediction (8.3.1.2, 8.3.2.2, 8.3.3, 8.3.4).
 *
 * <p>One array runs from the lowest sample on the left up to the corner, and on to the rightmost sample above, so that the
 * diagonal modes read along a line: {@code p[-1, y]} is at {@code CORNER - 1 - y}, {@code p[-1, -1]} at {@code CORNER}, {@code
 * p[x, -1]} at {@code CORNER + 1 + x}. Samples that are not available are not written, except those above right, which 8.3.1.2
 * and 8.3.2.2 substitute.
 */
public final class IntraEdge {
  /** Index of p[-1, -1]. */
  public static final int CORNER = 16;

  /** The samples: 16 left, the corner, 16 above (8x8: with above right). */
  public final short[] samples = new short[33];

  public boolean left;
  public boolean above;
  public boolean corner;
  /** Whether the samples above right were available, not substituted. */
  public boolean aboveRight;

  /**
   * Gathers the edge of a block of {@code width x height} samples.
   *
   * @param aboveRightCount number of samples wanted to the right of those above, 0 if no mode uses them
   */
  public void gather(
      short[] plane,
      int offset,
      int stride,
      int width,
      int height,
      int aboveRightCount,
      boolean leftAvailable,
      boolean aboveAvailable,
      boolean cornerAvailable,
      boolean aboveRightAvailable) {
    left = leftAvailable;
    above = aboveAvailable;
    corner = cornerAvailable;
    aboveRight = aboveRightAvailable;
    if (leftAvailable) {
      int at = offset - 1;
      for (int y = 0; y < height; y++) {
        samples[CORNER - 1 - y] = plane[at];
        at += stride;
      }
    }
    if (cornerAvailable) {
      samples[CORNER] = plane[offset - stride - 1];
    }
    if (aboveAvailable) {
      int first = CORNER + 1;
      System.arraycopy(plane, offset - stride, samples, first, width);
      if (aboveRightAvailable) {
        System.arraycopy(plane, offset - stride + width, samples, first + width, aboveRightCount);
      } else {
        Arrays.fill(samples, first + width, first + width + aboveRightCount, samples[first + width - 1]);
      }
    }
  }
}
