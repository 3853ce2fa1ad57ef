package llm265.h264.cabac;

import java.util.Arrays;
import llm265.h264.macroblock.BlockScan;

/** The reference: block after block. */
public final class ScalarTrellisKernels implements TrellisKernels {
  /** The choice of 0 for all states. */
  private static final int ZEROS = 0x3210_3210;

  /** 9.3.3.1.3: the state after a level of magnitude 1, and after a greater one. */
  private static final byte[] AFTER_ONE = {1, 2, 3, 3, 4, 5, 6, 7};
  private static final byte[] AFTER_GREATER = {4, 4, 4, 4, 5, 6, 7, 7};

  private static final int PATHS = 0;
  private static final int FROM = STATES;

  @Override
  public void search(int[] coefficients, float[] scale, float[] costs, int[] scanned, int[] choices, int[] best, float[] scratch) {
    for (int block = 0; block < BLOCKS; block++) {
      Arrays.fill(scratch, PATHS, PATHS + STATES, Float.POSITIVE_INFINITY);
      scratch[PATHS] = 0;
      for (int i = COEFFICIENTS - 1; i >= 0; i--) {
        int position = BlockScan.ZIGZAG_4X4[1 + i];
        int coefficient = coefficients[16 * block + position];
        scanned[BLOCKS * i + block] = coefficient;
        choices[BLOCKS * i + block] = step(Math.abs(coefficient) * scale[position], i, costs, scratch);
      }
      for (int ctxIdxInc = 0; ctxIdxInc < CTX_IDX_INCS; ctxIdxInc++) {
        best[BLOCKS * ctxIdxInc + block] = best(costs[NOT_CODED + ctxIdxInc], costs[CODED + ctxIdxInc], scratch);
      }
    }
  }

  private static int best(float notCoded, float coded, float[] paths) {
    int best = 0;
    float least = paths[PATHS] + notCoded;
    for (int state = 1; state < STATES; state++) {
      if (paths[PATHS + state] + coded < least) {
        least = paths[PATHS + state] + coded;
        best = state;
      }
    }
    return best;
  }

  private static int step(float magnitude, int i, float[] costs, float[] paths) {
    int down = (int) magnitude;
    float fraction = magnitude - down;
    float zero = magnitude * magnitude;
    for (int state = 0; state < STATES; state++) {
      float from = paths[PATHS + state];
      paths[FROM + state] = from;
      float isNot = state == 0 ? 0 : magnitude < PERHAPS_ZERO ? costs[IS_NOT + i] : Float.POSITIVE_INFINITY;
      paths[PATHS + state] = from + zero + isNot;
    }
    int choices = ZEROS;
    if (down > 0) {
      choices = tryLevel(down, DOWN, fraction * fraction, i, costs, paths, choices);
    }
    if (fraction >= 0.5f) {
      choices = tryLevel(down + 1, UP, (1 - fraction) * (1 - fraction), i, costs, paths, choices);
    }
    return choices;
  }

  private static int tryLevel(int level, int kind, float distortion, int i, float[] costs, float[] paths, int choicesBefore) {
    int choices = choicesBefore;
    for (int k = 1; k <= STATES; k++) {
      int state = k & 7;
      float ofLevel = level == 1 ? costs[FIRST_IS_0 + state] : LevelTrellis.ofLevel(costs, state, level);
      float cost = paths[FROM + state] + distortion + costs[(state == 0 ? IS_LAST : IS_NOT_LAST) + i] + ofLevel;
      int to = level == 1 ? AFTER_ONE[state] : AFTER_GREATER[state];
      if (cost < paths[PATHS + to]) {
        paths[PATHS + to] = cost;
        int shift = 4 * to;
        choices = choices & ~(15 << shift) | ((level == 1 ? ONE : kind) | state & 3) << shift;
      }
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
        int choice = choices[BLOCKS * i + block] >>> 4 * state & 15;
        int down = (int) (Math.abs(coefficient) * scale[position]);
        int kind = choice & UP;
        int magnitude = kind == ZERO ? 0 : kind == ONE ? 1 : kind == DOWN ? down : down + 1;
        levels[16 * block + position] = coefficient < 0 ? -magnitude : magnitude;
        state = TrellisKernels.before(choice, state);
      }
    }
  }
}
