package llm265.h264.cabac;

import java.util.Arrays;

/** The reference: block after block. */
public final class ScalarTrellisKernels implements TrellisKernels {
  private static final int IDENTITY_LOW = 0x03_02_01_00;
  private static final int IDENTITY_HIGH = 0x07_06_05_04;

  /** 9.3.3.1.3: the state after a level of magnitude 1, and after a greater one. */
  private static final byte[] AFTER_ONE = {1, 2, 3, 3, 4, 5, 6, 7};
  private static final byte[] AFTER_GREATER = {4, 4, 4, 4, 5, 6, 7, 7};

  @Override
  public void search(float[] magnitudes, int numCoeff, float[] costs, float[] paths, int[] choices, float[] scratch) {
    Arrays.fill(paths, BLOCKS, STATES * BLOCKS, Float.POSITIVE_INFINITY);
    Arrays.fill(paths, 0, BLOCKS, 0);
    for (int i = numCoeff - 1; i >= 0; i--) {
      for (int block = 0; block < BLOCKS; block++) {
        step(magnitudes[BLOCKS * i + block], i, costs, paths, choices, block, scratch);
      }
    }
  }

  private static void step(float magnitude, int i, float[] costs, float[] paths, int[] choices, int block, float[] from) {
    int down = (int) magnitude;
    float fraction = magnitude - down;
    float zero = magnitude * magnitude;
    for (int state = 0; state < STATES; state++) {
      from[state] = paths[BLOCKS * state + block];
      float isNot = state == 0 ? 0 : magnitude < PERHAPS_ZERO ? costs[IS_NOT + i] : Float.POSITIVE_INFINITY;
      paths[BLOCKS * state + block] = from[state] + zero + isNot;
    }
    choices[BLOCKS * 2 * i + block] = IDENTITY_LOW;
    choices[BLOCKS * (2 * i + 1) + block] = IDENTITY_HIGH;
    if (down > 0) {
      tryLevel(down, DOWN, fraction * fraction, i, costs, paths, choices, block, from);
    }
    if (fraction >= 0.5f) {
      tryLevel(down + 1, UP, (1 - fraction) * (1 - fraction), i, costs, paths, choices, block, from);
    }
  }

  private static void tryLevel(int level, int kind, float distortion, int i, float[] costs, float[] paths, int[] choices,
      int block, float[] from) {
    for (int k = 1; k <= STATES; k++) {
      int state = k & 7;
      float ofLevel = level == 1 ? costs[FIRST_IS_0 + state] : greater(level, state, costs);
      float cost = from[state] + distortion + costs[(state == 0 ? IS_LAST : IS_NOT_LAST) + i] + ofLevel;
      int to = level == 1 ? AFTER_ONE[state] : AFTER_GREATER[state];
      if (cost < paths[BLOCKS * to + block]) {
        paths[BLOCKS * to + block] = cost;
        int at = BLOCKS * (2 * i + (to >> 2)) + block;
        int shift = 8 * (to & 3);
        choices[at] = choices[at] & ~(0xFF << shift) | (state | kind) << shift;
      }
    }
  }

  private static float greater(int level, int state, float[] costs) {
    if (level <= PREFIXED) {
      return costs[FIRST_IS_1 + state] + (level - 2) * costs[FURTHER_IS_1 + state] + costs[FURTHER_IS_0 + state];
    }
    int k = 31 - Integer.numberOfLeadingZeros(level - PREFIXED);
    return costs[FIRST_IS_1 + state] + (PREFIXED - 1) * costs[FURTHER_IS_1 + state] + costs[BIT] * (2 * k + 1);
  }
}
