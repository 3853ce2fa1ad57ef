package llm265.h264.macroblock;

import llm265.h264.ChromaFormat;

/**
 * 6.4.10 and 6.4.12.2: neighbouring macroblocks in MBAFF frames. Their macroblocks come in pairs; each pair is a frame pair or
 * a field pair.
 *
 * <p>There is always a single macroblock above. There is a single one on the left if both pairs are of one kind. Otherwise each
 * row of blocks has its own left neighbour (Table 6-4). The entry {@link PictureMbState#mixedLeft} combines these into one, so
 * that code that looks at the macroblock on the left need not know about this.
 */
public final class MbaffNeighbours extends MbNeighbours {
  /** mbAddrN and yM of the luma locations (-1, 4 * row). */
  private final int[] leftMbOfRow = new int[4];
  private final int[] leftRowOfRow = new int[4];

  /** Number of available field pairs among A and B, 0 to 2: ctxIdxInc of mb_field_decoding_flag (9.3.3.1.1.1). */
  public int fieldPairs(PictureMbState state, int mbAddr, int slice) {
    int pairA = pairA(state, mbAddr, slice);
    int pairB = pairB(state, mbAddr, slice);
    return (pairA >= 0 && state.mbField[pairA] ? 1 : 0) + (pairB >= 0 && state.mbField[pairB] ? 1 : 0);
  }

  /** Address of the top macroblock of the pair on the left, or -1. */
  private static int pairA(PictureMbState state, int mbAddr, int slice) {
    int top = (mbAddr & ~1) - 2;
    return (mbAddr >> 1) % state.widthInMbs > 0 && state.sliceIndex[top] == slice ? top : -1;
  }

  private static int pairB(PictureMbState state, int mbAddr, int slice) {
    return pairAbove(state, mbAddr, slice, 0);
  }

  /** Address of the top macroblock of a pair in the row of pairs above, or -1. */
  private static int pairAbove(PictureMbState state, int mbAddr, int slice, int columns) {
    int column = (mbAddr >> 1) % state.widthInMbs + columns;
    int top = (mbAddr & ~1) + 2 * (columns - state.widthInMbs);
    return top >= 0 && column >= 0 && column < state.widthInMbs && state.sliceIndex[top] == slice ? top : -1;
  }

  /**
   * Derives the neighbours of a macroblock, and fills the entry {@link PictureMbState#mixedLeft} where it is one of them.
   *
   * @param field mb_field_decoding_flag of the macroblock
   */
  public void derive(PictureMbState state, int mbAddr, boolean field, int slice, ChromaFormat chroma) {
    int none = state.unavailable();
    boolean bottom = (mbAddr & 1) != 0;
    boolean bottomOfFrame = bottom && !field;
    int pairA = pairA(state, mbAddr, slice);
    int pairB = pairB(state, mbAddr, slice);
    availableA = pairA >= 0;
    availableB = bottomOfFrame || pairB >= 0;
    availableC = !bottomOfFrame && pairAbove(state, mbAddr, slice, 1) >= 0;
    availableD = bottomOfFrame ? availableA : pairAbove(state, mbAddr, slice, -1) >= 0;
    c = none;
    d = none;
    if (bottomOfFrame) {
      b = mbAddr - 1;
    } else if (pairB < 0) {
      b = none;
    } else {
      // Above a top field macroblock lies the one of the same parity; above everything else lies the lowest one.
      b = field && !bottom && state.mbField[pairB] ? pairB : pairB + 1;
    }
    if (pairA < 0) {
      a = none;
    } else if (state.mbField[pairA] == field) {
      a = bottom ? pairA + 1 : pairA;
    } else {
      a = state.mixedLeft();
      mixLeft(state, pairA, field, bottom, chroma);
    }
  }

  /** mbAddrN of the block on the left of row {@code row} of blocks, if a is the mixed entry. */
  public int leftMb(int row, boolean rowsOfTwo, int numC8x8) {
    return leftMbOfRow[rowsOfTwo && numC8x8 == 1 ? 2 * row : row];
  }

  /** The row of that block in its macroblock. */
  public int leftRow(int row, boolean rowsOfTwo, int numC8x8) {
    return rowsOfTwo && numC8x8 == 1 ? leftRowOfRow[2 * row] >> 1 : leftRowOfRow[row];
  }

  /**
   * Index of the last block in a row of blocks.
   *
   * @param rowsOfTwo whether the blocks are chroma blocks of 4:2:0 or 4:2:2
   */
  public static int lastBlockOfRow(int row, boolean rowsOfTwo) {
    return rowsOfTwo ? 2 * row + 1 : BlockScan.BLOCK_INDEX[4 * row + 3];
  }

  /** Table 6-4 for {@code xN < 0} and yN of 0, 4, 8, 12, where the current pair and pair A are of different kinds. */
  private void mixLeft(PictureMbState state, int pairA, boolean field, boolean bottom, ChromaFormat chroma) {
    for (int row = 0; row < 4; row++) {
      if (field) {
        leftMbOfRow[row] = row < 2 ? pairA : pairA + 1;
        leftRowOfRow[row] = 2 * row & 3;
      } else {
        // These rows are even, so they belong to the top field.
        leftMbOfRow[row] = pairA;
        leftRowOfRow[row] = (row >> 1) + (bottom ? 2 : 0);
      }
    }
    int mixed = state.mixedLeft();
    int mbA = leftMbOfRow[0];
    state.mbType[mixed] = state.mbType[mbA];
    state.transformSize8x8Flag[mixed] = state.transformSize8x8Flag[mbA];
    state.intraChromaPredMode[mixed] = state.intraChromaPredMode[mbA];
    int pattern = state.codedBlockPattern[mbA] & 0x30;
    for (int row = 0; row < 4; row += 2) {
      int blkIdx8x8 = (leftRowOfRow[row] & 2) + 1;
      pattern |= ((state.codedBlockPattern[leftMbOfRow[row]] >> blkIdx8x8) & 1) << (row + 1);
    }
    state.codedBlockPattern[mixed] = (byte) pattern;
    for (int row = 0; row < 4; row++) {
      state.intraPredModes[16 * mixed + lastBlockOfRow(row, false)] =
          state.intraPredModes[16 * leftMbOfRow[row] + lastBlockOfRow(leftRowOfRow[row], false)];
    }
    mixLeftFlags(state, mixed, chroma);
  }

  private void mixLeftFlags(PictureMbState state, int mixed, ChromaFormat chroma) {
    int numC8x8 = chroma.numC8x8();
    long dcFlags = -1L << Macroblock.DC_FLAG_BIT;
    long flags = state.codedBlockFlags[leftMbOfRow[0]] & dcFlags;
    long flagsOf8x8 = flags;
    for (int plane = 0; plane < 3; plane++) {
      boolean rowsOfTwo = plane > 0 && numC8x8 != 0;
      for (int row = 0; row < (rowsOfTwo ? 2 * numC8x8 : 4); row++) {
        int mb = leftMb(row, rowsOfTwo, numC8x8);
        int from = 16 * plane + lastBlockOfRow(leftRow(row, rowsOfTwo, numC8x8), rowsOfTwo);
        int to = 16 * plane + lastBlockOfRow(row, rowsOfTwo);
        flags |= ((state.codedBlockFlags[mb] >>> from) & 1) << to;
        flagsOf8x8 |= ((state.codedBlockFlagsOf8x8(mb) >>> from) & 1) << to;
      }
    }
    state.codedBlockFlags[mixed] = flags;
    state.setMixedLeftFlagsOf8x8(flagsOf8x8);
  }
}
