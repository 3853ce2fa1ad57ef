package llm265.tensor.trellis;

import llm265.tensor.feedback.BlockFeedback;
import llm265.tensor.feedback.FeedbackFactor;
import llm265.tensor.reconstruct.CarriedLevels;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.OutlierList;

/**
 * Makes the later rows of a tile's values take up the errors of the earlier ones, a row of macroblocks after the other, while
 * their levels are searched. Used by one thread at a time.
 *
 * <p>Once all levels are known, what a step is decoded to is free again. With D the errors of a tile, V what its levels decode to
 * and H the second moments, the squared error of the outputs is least if V is multiplied by {@code 1 + <D, V> / <V, V>}, where
 * {@code <A, B> = tr(A^T H B)}. What feedback hands on has these products: it is {@code U^-T} times the errors, by {@code H^-1 =
 * U^T U}. So V goes the same way as D.
 */
final class TileFeedback {
  private final BlockFeedback feedback;
  /** Takes decoded values as if they were errors. */
  private final BlockFeedback ofDecoded;
  private final int mbWidth;
  private final float centre;
  private final double unit;
  /** Values that levels stand for: neither padding nor kept exactly. */
  private final boolean[] isCoded;
  private final float[] differences;
  /** Of the tile: what feedback adds to decoded values that are yet to come. */
  private final float[] handedOn;
  private final float[] decodedRow;
  private double product;

  /**
   * Begins with a tile.
   *
   * @param outliers values that are kept exactly
   * @param unit what a step is decoded to
   */
  TileFeedback(FeedbackFactor factor, TileMap map, OutlierList outliers, float centre, double unit) {
    mbWidth = map.width() / 16;
    feedback = new BlockFeedback(factor, mbWidth);
    ofDecoded = new BlockFeedback(factor, mbWidth);
    this.centre = centre;
    this.unit = unit;
    isCoded = new boolean[map.width() * map.height()];
    differences = new float[256 * mbWidth];
    handedOn = new float[map.width() * map.height()];
    decodedRow = new float[256 * mbWidth];
    int next = 0;
    for (int y = 0; y < map.rows(); y++) {
      int first = CarriedLevels.firstOfRow(map, y);
      int[] ranks = map.columnRanks(y);
      for (int x = 0; x < map.count(y); x++) {
        boolean isExact = next < outliers.size() && outliers.position(next) == y * map.width() + x;
        next += isExact ? 1 : 0;
        isCoded[CarriedLevels.place(first, ranks == null ? x : ranks[x])] = !isExact;
      }
    }
  }

  /**
   * Before the levels of a row are searched: values that have left the reach of levels come back, and what lacks is an error.
   *
   * @param values of the tile, macroblock by macroblock
   * @param classes of these values; anything where there is one bound
   * @param bounds by class
   */
  void begin(int row, float[] values, byte[] classes, double[] bounds) {
    int first = 256 * mbWidth * row;
    for (int i = 0; i < differences.length; i++) {
      int at = first + i;
      if (!isCoded[at]) {
        values[at] = centre;
      }
      differences[i] = values[at];
      double bound = bounds[bounds.length == 1 || !isCoded[at] ? 0 : classes[at]];
      values[at] = (float) Math.clamp(values[at], centre - bound, centre + bound);
    }
  }

  /**
   * When they are known.
   *
   * @param steps row by row of the picture
   */
  void end(int row, float[] values, float[] steps) {
    int first = 256 * mbWidth * row;
    for (int mb = 0; mb < mbWidth; mb++) {
      int stepsAt = CarriedLevels.first(row * mbWidth + mb, mbWidth);
      for (int i = 0; i < 256; i++) {
        int at = 256 * mb + i;
        float step = steps[stepsAt + (i >> 4) * 16 * mbWidth + (i & 15)];
        float decoded = (float) (centre + unit * step);
        differences[at] = isCoded[first + at] ? differences[at] - decoded : 0;
        decodedRow[at] = handedOn[first + at] + (isCoded[first + at] ? (float) (unit * step) : 0);
      }
    }
    feedback.take(row, values, differences);
    ofDecoded.take(row, handedOn, decodedRow);
    product += feedback.product(ofDecoded);
  }

  /** What all steps are to be multiplied by when they are decoded, now that their levels are known. */
  double gain() {
    double square = ofDecoded.squaredError();
    return square > 0 ? 1 + product / square : 1;
  }

  /** The squared error of the outputs with that gain, summed over them. */
  double squaredError() {
    double square = ofDecoded.squaredError();
    return feedback.squaredError() - (square > 0 ? product * product / square : 0);
  }
}
