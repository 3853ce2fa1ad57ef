package llm265.h264.rate;

import java.util.Arrays;
import llm265.h264.macroblock.BlockScan;

/**
 * The reference: block after block. States that cannot be reached cost infinity. So every transition is written out, without
 * loops over states, which took half of the time.
 */
public final class ScalarTrellisKernels implements TrellisKernels {
  private static final float UNREACHED = Float.POSITIVE_INFINITY;

  /** Where the scratch array holds the costs of the states after a coefficient. */
  private static final int FROM = STATES;

  @Override
  public void searchBlock(float[] magnitudes, int numCoeff, float[] costs, int[] choices, float[] paths, float[] scratch) {
    begin(paths);
    for (int i = numCoeff - 1; i >= 0; i--) {
      choices[i] = step(magnitudes[i], i, costs, paths, scratch);
    }
  }

  @Override
  public void search(int[] coefficients, float[] scale, float[] costs, int[] scanned, int[] choices, int[] best,
      float[] scratch) {
    for (int block = 0; block < BLOCKS; block++) {
      begin(scratch);
      for (int i = COEFFICIENTS - 1; i >= 0; i--) {
        int position = BlockScan.ZIGZAG_4X4[1 + i];
        int coefficient = coefficients[16 * block + position];
        scanned[BLOCKS * i + block] = coefficient;
        choices[BLOCKS * i + block] = step(Math.abs(coefficient) * scale[position], i, costs, scratch, scratch);
      }
      for (int ctxIdxInc = 0; ctxIdxInc < CTX_IDX_INCS; ctxIdxInc++) {
        best[BLOCKS * ctxIdxInc + block] =
            TrellisKernels.best(scratch, costs[NOT_CODED + ctxIdxInc], costs[CODED + ctxIdxInc]);
      }
    }
  }

  private static void begin(float[] paths) {
    Arrays.fill(paths, 0, STATES, UNREACHED);
    paths[0] = 0;
  }

  /** One coefficient: from the states after it to those that include it. Of two paths with equal costs the first stays. */
  private static int step(float magnitude, int i, float[] costs, float[] paths, float[] from) {
    int down = (int) magnitude;
    float fraction = magnitude - down;
    tryZero(magnitude * magnitude, magnitude < PERHAPS_ZERO ? costs[IS_NOT + i] : UNREACHED, paths, from);
    int choices = ZEROS;
    if (down == 1) {
      choices = tryOne(fraction * fraction, i, costs, paths, from);
    } else if (down > 1) {
      choices = tryGreater(down, DOWN, fraction * fraction, i, costs, paths, from, choices);
    }
    if (fraction >= 0.5f) {
      float distortion = (1 - fraction) * (1 - fraction);
      choices = down == 0
          ? tryOne(distortion, i, costs, paths, from)
          : tryGreater(down + 1, UP, distortion, i, costs, paths, from, choices);
    }
    return choices;
  }

  /** A 0: after the last level it costs nothing, and a block may always end before this place. */
  private static void tryZero(float distortion, float isNot, float[] paths, float[] from) {
    System.arraycopy(paths, 0, from, FROM, STATES);
    paths[0] = from[FROM] + distortion;
    for (int state = 1; state < STATES; state++) {
      paths[state] = from[FROM + state] + distortion + isNot;
    }
  }

  private static int tryOne(float distortion, int i, float[] costs, float[] paths, float[] from) {
    float isNotLast = costs[IS_NOT_LAST + i];
    int of = FIRST_IS_0;
    int choices = take(paths, 1, from[FROM] + distortion + costs[IS_LAST + i] + costs[of], ONE, ZEROS);
    choices = take(paths, 2, from[FROM + 1] + distortion + isNotLast + costs[of + 1], ONE | 1, choices);
    choices = take(paths, 3, from[FROM + 2] + distortion + isNotLast + costs[of + 2], ONE | 2, choices);
    choices = take(paths, 3, from[FROM + 3] + distortion + isNotLast + costs[of + 3], ONE | 3, choices);
    choices = take(paths, 4, from[FROM + 4] + distortion + isNotLast + costs[of + 4], ONE, choices);
    choices = take(paths, 5, from[FROM + 5] + distortion + isNotLast + costs[of + 5], ONE | 1, choices);
    choices = take(paths, 6, from[FROM + 6] + distortion + isNotLast + costs[of + 6], ONE | 2, choices);
    return take(paths, 7, from[FROM + 7] + distortion + isNotLast + costs[of + 7], ONE | 3, choices);
  }

  private static int tryGreater(
      int level, int kind, float distortion, int i, float[] costs, float[] paths, float[] from, int before) {
    float isLast = costs[IS_LAST + i];
    float isNotLast = costs[IS_NOT_LAST + i];
    int choices = take(paths, 4, from[FROM + 1] + distortion + isNotLast + ofLevel(costs, 1, level), kind | 1, before);
    choices = take(paths, 4, from[FROM + 2] + distortion + isNotLast + ofLevel(costs, 2, level), kind | 2, choices);
    choices = take(paths, 4, from[FROM + 3] + distortion + isNotLast + ofLevel(costs, 3, level), kind | 3, choices);
    choices = take(paths, 4, from[FROM] + distortion + isLast + ofLevel(costs, 0, level), kind, choices);
    choices = take(paths, 5, from[FROM + 4] + distortion + isNotLast + ofLevel(costs, 4, level), kind, choices);
    choices = take(paths, 6, from[FROM + 5] + distortion + isNotLast + ofLevel(costs, 5, level), kind | 1, choices);
    choices = take(paths, 7, from[FROM + 6] + distortion + isNotLast + ofLevel(costs, 6, level), kind | 2, choices);
    return take(paths, 7, from[FROM + 7] + distortion + isNotLast + ofLevel(costs, 7, level), kind | 3, choices);
  }

  /** Cost of coeff_abs_level_minus1 and the sign of a level greater than 1. */
  private static float ofLevel(float[] costs, int state, int level) {
    float first = costs[FIRST_IS_1 + state];
    float further = costs[FURTHER_IS_1 + state];
    if (level <= PREFIXED) {
      return first + (level - 2) * further + costs[FURTHER_IS_0 + state];
    }
    return first + (PREFIXED - 1) * further + costs[BIT] * TrellisKernels.suffixBits(level);
  }

  /** Takes a path to a state if it costs less than the known one; returns the choices after it. */
  private static int take(float[] paths, int state, float cost, int choice, int choices) {
    if (cost < paths[state]) {
      paths[state] = cost;
      return choices & ~(15 << 4 * state) | (choice << 4 * state);
    }
    return choices;
  }

  @Override
  public void trace(int[] scanned, float[] scale, int[] choices, int[] states, int[] levels, int[] scratch) {
    for (int block = 0; block < BLOCKS; block++) {
      int state = states[block];
      for (int i = 0; i < COEFFICIENTS; i++) {
        int position = BlockScan.ZIGZAG_4X4[1 + i];
        int coefficient = scanned[BLOCKS * i + block];
        int choice = (choices[BLOCKS * i + block] >>> 4 * state) & 15;
        int magnitude = TrellisKernels.level(choice, Math.abs(coefficient) * scale[position]);
        levels[16 * block + position] = coefficient < 0 ? -magnitude : magnitude;
        state = TrellisKernels.before(choice, state);
      }
    }
  }
}
