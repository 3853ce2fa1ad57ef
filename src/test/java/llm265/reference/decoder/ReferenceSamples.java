package llm265.reference.decoder;

import java.util.Arrays;
import llm265.reference.decoder.Neighbours.Location;

/** 8.3: the neighbouring samples p[ x, y ] of a block, constructed but not yet deblocked; x or y or both are -1. */
final class ReferenceSamples {
  private static final int NOT_AVAILABLE = -1;

  /** p[ x, -1 ] at x + 1. */
  private final int[] above;

  /** p[ -1, y ] at y + 1. */
  private final int[] left;

  /** All are marked as not available for intra prediction. */
  ReferenceSamples(int columns, int rows) {
    above = new int[columns + 1];
    left = new int[rows + 1];
    Arrays.fill(above, NOT_AVAILABLE);
    Arrays.fill(left, NOT_AVAILABLE);
  }

  /**
   * The samples beside a block of the current macroblock, which is not the same as beside the macroblock.
   *
   * @param xO column of the block in the macroblock
   * @param yO its row
   * @param columns number of samples above; some of them may lie above the block to the right
   * @param decoded how many of these have been decoded already, if they are in this macroblock
   * @param rows number of samples on the left
   */
  static ReferenceSamples of(
      Picture picture, Neighbours neighbours, int cIdx, int xO, int yO, int columns, int decoded, int rows) {
    ReferenceSamples p = new ReferenceSamples(columns, rows);
    for (int x = -1; x < decoded; x++) {
      p.set(x, -1, sample(picture, neighbours, cIdx, xO + x, yO - 1));
    }
    for (int y = 0; y < rows; y++) {
      p.set(-1, y, sample(picture, neighbours, cIdx, xO - 1, yO + y));
    }
    return p;
  }

  private static int sample(Picture picture, Neighbours neighbours, int cIdx, int xN, int yN) {
    int maxW = cIdx == 0 ? 16 : picture.sps.mbWidthC;
    int maxH = cIdx == 0 ? 16 : picture.sps.mbHeightC;
    Location at = neighbours.location(xN, yN, maxW, maxH);
    if (!at.isAvailable()) {
      return NOT_AVAILABLE;
    }
    Macroblock mbAddrN = at.mbAddrN();
    return picture.samples[cIdx][picture.row(mbAddrN, cIdx, at.yW())][picture.column(mbAddrN, cIdx, at.xW())];
  }

  void set(int x, int y, int value) {
    if (y < 0) {
      above[x + 1] = value;
      left[0] = above[0];
    } else {
      left[y + 1] = value;
    }
  }

  boolean isAvailable(int x, int y) {
    return (y < 0 ? above[x + 1] : left[y + 1]) != NOT_AVAILABLE;
  }

  /** p[ x, y ]; an error where a prediction mode needs a sample that is not available. */
  int get(int x, int y) {
    if (!isAvailable(x, y)) {
      throw new DecodingException("8.3", "the prediction mode needs samples that are not available");
    }
    return y < 0 ? above[x + 1] : left[y + 1];
  }

  /** Sum of p[ x, -1 ] for count values of x. */
  int sumAbove(int first, int count) {
    int sum = 0;
    for (int x = first; x < first + count; x++) {
      sum += get(x, -1);
    }
    return sum;
  }

  /** Sum of p[ -1, y ] for count values of y. */
  int sumLeft(int first, int count) {
    int sum = 0;
    for (int y = first; y < first + count; y++) {
      sum += get(-1, y);
    }
    return sum;
  }
}
