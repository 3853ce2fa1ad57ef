package llm265.vector;

import jdk.incubator.vector.IntVector;

/**
 * Index vectors that transpose 4x4 blocks in four vectors: as many blocks as a vector has lanes, divided by 4.
 *
 * <p>There are three layouts of element (row i, column j) of block b:
 *
 * <ul>
 *   <li>blocks: element 16 * b + 4 * i + j of the four vectors laid end to end, as in memory;
 *   <li>columns: lane 4 * b + i of vector j;
 *   <li>rows: lane 4 * b + j of vector i, which is how blocks lie side by side in a plane.
 * </ul>
 *
 * <p>Each transposition takes two steps of four two-source permutations. The first step joins vectors 0 and 1, and 2 and 3. The
 * second joins its results 0 and 2, and 1 and 3, or pairs them as noted.
 */
final class Transpose4x4 {
  private static final int HALF = LaneIndex.LANES / 2;
  private static final int LANES = LaneIndex.LANES;

  /** Blocks to columns, step 1: columns 0 and 1 of the blocks in two vectors; then columns 2 and 3. */
  static final IntVector BLOCKS_TO_COLUMNS_01 = LaneIndex.of(l -> 4 * (l % HALF) + l / HALF);
  static final IntVector BLOCKS_TO_COLUMNS_23 = LaneIndex.of(l -> 4 * (l % HALF) + l / HALF + 2);
  /** Step 2: the even column of two such pairs, or the odd one. */
  static final IntVector COLUMN_EVEN = LaneIndex.of(l -> l / HALF * LANES + l % HALF);
  static final IntVector COLUMN_ODD = LaneIndex.of(l -> l / HALF * LANES + HALF + l % HALF);

  /** Columns to rows, or rows to columns, step 1: lines 0 and 1 of two vectors; then lines 2 and 3. */
  static final IntVector LINES_01 = LaneIndex.of(l -> l % 2 * LANES + 4 * (l % HALF / 2) + l / HALF);
  static final IntVector LINES_23 = LaneIndex.of(l -> l % 2 * LANES + 4 * (l % HALF / 2) + l / HALF + 2);
  /** Step 2: the even line of two such pairs, or the odd one. */
  static final IntVector LINE_EVEN = LaneIndex.of(l -> l % 4 / 2 * LANES + 2 * (l / 4) + l % 2);
  static final IntVector LINE_ODD = LaneIndex.of(l -> l % 4 / 2 * LANES + HALF + 2 * (l / 4) + l % 2);

  /** Columns to blocks, step 1: two columns of the first half of the blocks; then of the second half. */
  static final IntVector COLUMNS_FIRST_HALF = LaneIndex.of(l -> l / HALF * LANES + l % HALF);
  static final IntVector COLUMNS_SECOND_HALF = LaneIndex.of(l -> l / HALF * LANES + HALF + l % HALF);
  /** Step 2: the first vector of the half, or the second, from its columns 0 and 1 and its columns 2 and 3. */
  static final IntVector BLOCKS_FIRST = LaneIndex.of(l -> blockSource(l));
  static final IntVector BLOCKS_SECOND = LaneIndex.of(l -> blockSource(LANES + l));

  private Transpose4x4() {}

  private static int blockSource(int element) {
    int line = element / 4;
    int j = element % 4;
    return j / 2 * LANES + j % 2 * HALF + line;
  }
}
