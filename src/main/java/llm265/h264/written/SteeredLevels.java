package llm265.h264.written;

import llm265.h264.cabac.BinString;
import llm265.h264.cabac.CtxBlockCat;

/**
 * Levels of a residual block chosen bin by bin, as a {@link CarrySteering} likes them best. Their magnitudes come to no more in
 * all than those that the block had before.
 */
final class SteeredLevels {
  /** uCoff of coeff_abs_level_minus1. */
  private static final int PREFIX = 14;

  /** The largest k of its suffix; levels are much smaller than what that allows. */
  private static final int MOST_DOUBLINGS = 16;

  private final CarrySteering steering;
  private final int ctxBlockCat;

  /** What magnitudes may still come to, less 1 for each level that is to follow. */
  private int spare;

  private int ones;
  private int greater;

  private SteeredLevels(CarrySteering steering, int ctxBlockCat) {
    this.steering = steering;
    this.ctxBlockCat = ctxBlockCat;
  }

  /**
   * Chooses and codes a block behind its coded_block_flag of 1.
   *
   * @param levels one at least not 0, in scan order
   * @param length number of levels that the block may have
   */
  static void choose(int[] levels, int length, int ctxBlockCat, boolean field, int numC8x8, CarrySteering steering) {
    new SteeredLevels(steering, ctxBlockCat).choose(levels, length, field, numC8x8);
  }

  private void choose(int[] levels, int length, boolean field, int numC8x8) {
    for (int i = 0; i < length; i++) {
      spare += Math.abs(levels[i]);
      levels[i] = 0;
    }
    int[] places = new int[length];
    int count = 0;
    int at = 0;
    boolean ended = false;
    for (; at < length - 1 && !ended; at++) {
      int column = field ? 2 : 1;
      if (steering.bin(CtxBlockCat.significantCoeffFlag(ctxBlockCat, field)
          + ReferenceResidualBins.increment(at, ctxBlockCat, column, numC8x8))) {
        places[count++] = at;
        spare--;
        int ctxIdx = CtxBlockCat.lastSignificantCoeffFlag(ctxBlockCat, field)
            + ReferenceResidualBins.increment(at, ctxBlockCat, 3, numC8x8);
        if (spare > 0) {
          ended = steering.bin(ctxIdx);
        } else {
          steering.bin(ctxIdx, true);
          ended = true;
        }
      }
    }
    if (!ended) {
      places[count++] = length - 1;
      spare--;
    }
    while (count > 0) {
      int magnitude = magnitude();
      ones += magnitude == 1 ? 1 : 0;
      greater += magnitude > 1 ? 1 : 0;
      levels[places[--count]] = steering.bin(BinString.BYPASS) ? -magnitude : magnitude;
    }
  }

  private int magnitude() {
    int rest = 0;
    int ctxIdx = ReferenceResidualBins.firstCtxIdx(ctxBlockCat, ones, greater);
    while (rest < PREFIX && isGreater(ctxIdx, 1)) {
      ctxIdx = ReferenceResidualBins.otherCtxIdx(ctxBlockCat, greater);
      rest++;
    }
    if (rest == PREFIX) {
      int k = 0;
      while (k < MOST_DOUBLINGS && isGreater(BinString.BYPASS, 1 << k)) {
        rest += 1 << k;
        k++;
      }
      while (k-- > 0) {
        rest += isGreater(BinString.BYPASS, 1 << k) ? 1 << k : 0;
      }
    }
    return 1 + rest;
  }

  /** A bin that makes the level greater where it is 1, if that is still allowed. */
  private boolean isGreater(int ctxIdx, int by) {
    if (spare < by) {
      steering.bin(ctxIdx, false);
      return false;
    }
    boolean is = steering.bin(ctxIdx);
    spare -= is ? by : 0;
    return is;
  }
}
