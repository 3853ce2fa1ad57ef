package llm265.vector;

import jdk.incubator.vector.IntVector;

/**
 * Index vectors that transpose 8x8 blocks in eight vectors of 8 lanes (one block) or 16 lanes (two).
 *
 * <p>The layouts are those of {@link Transpose4x4}, with 8 instead of 4: element (i, j) of block b is element 64 * b + 8 * i + j
 * of the vectors laid end to end ("blocks"), lane 8 * b + i of vector j ("columns"), or lane 8 * b + j of vector i ("rows"). A
 * transposition takes three steps of eight two-source permutations.
 */
final class Transpose8x8 {
  private static final int LANES = LaneIndex.LANES;
  private static final int HALF = LANES / 2;
  private static final int QUARTER = LANES / 4;

  /** Blocks to columns, step 1, on neighbouring vectors: columns 0 to 3 of their lines; then columns 4 to 7. */
  static final IntVector COLUMNS_0123 = LaneIndex.of(l -> 8 * (l % QUARTER) + l / QUARTER);
  static final IntVector COLUMNS_4567 = LaneIndex.of(l -> 8 * (l % QUARTER) + l / QUARTER + 4);
  /** Step 2: the first two columns of four, or the last two. */
  static final IntVector FIRST_PAIR = LaneIndex.of(l -> pairSource(l, 0));
  static final IntVector SECOND_PAIR = LaneIndex.of(l -> pairSource(l, 1));
  /** Step 3: the first column of two, or the second. */
  static final IntVector FIRST_COLUMN = LaneIndex.of(l -> l / HALF * LANES + l % HALF);
  static final IntVector SECOND_COLUMN = LaneIndex.of(l -> l / HALF * LANES + HALF + l % HALF);

  /** Columns to rows, or rows to columns: vectors v and v + 4 exchange bit 2 of lanes and vectors. */
  static final IntVector LOW_4 = LaneIndex.of(l -> exchange(l, 4));
  static final IntVector HIGH_4 = LaneIndex.of(l -> exchange(l, 4) + 4);
  /** The same for vectors v and v + 2. */
  static final IntVector LOW_2 = LaneIndex.of(l -> exchange(l, 2));
  static final IntVector HIGH_2 = LaneIndex.of(l -> exchange(l, 2) + 2);
  /** The same for vectors v and v + 1. */
  static final IntVector LOW_1 = LaneIndex.of(l -> exchange(l, 1));
  static final IntVector HIGH_1 = LaneIndex.of(l -> exchange(l, 1) + 1);

  /** Columns to blocks, step 1, on neighbouring columns: the first half of their lines; then the second half. */
  static final IntVector FIRST_HALF = LaneIndex.of(l -> l / HALF * LANES + l % HALF);
  static final IntVector SECOND_HALF = LaneIndex.of(l -> l / HALF * LANES + HALF + l % HALF);
  /** Step 2, on two pairs of columns: the first half of their lines, or the second. */
  static final IntVector FIRST_QUARTER = LaneIndex.of(l -> quarterSource(l, 0));
  static final IntVector SECOND_QUARTER = LaneIndex.of(l -> quarterSource(l, 1));
  /** Step 3, on columns 0 to 3 and columns 4 to 7: the first vector, or the second. */
  static final IntVector FIRST_LINES = LaneIndex.of(l -> lineSource(l));
  static final IntVector SECOND_LINES = LaneIndex.of(l -> lineSource(LANES + l));

  private Transpose8x8() {}

  private static int pairSource(int lane, int pair) {
    int column = 2 * pair + lane / HALF;
    int line = lane % HALF;
    return line / QUARTER * LANES + column * QUARTER + line % QUARTER;
  }

  private static int exchange(int lane, int bit) {
    return ((lane & bit) != 0 ? LANES : 0) + (lane & ~bit);
  }

  private static int quarterSource(int lane, int half) {
    int column = lane / QUARTER;
    return column / 2 * LANES + column % 2 * HALF + half * QUARTER + lane % QUARTER;
  }

  private static int lineSource(int element) {
    int column = element % 8;
    return column / 4 * LANES + column % 4 * QUARTER + element / 8;
  }
}
