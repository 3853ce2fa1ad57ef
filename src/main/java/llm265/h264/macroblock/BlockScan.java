package llm265.h264.macroblock;

/** 6.4.3, 6.4.4 inverse block scans, 8.5.6 and 8.5.7 coefficient scans, 6.4.11.4 neighbouring blocks, as tables. */
public final class BlockScan {
  /** Column, in 4x4 blocks, of luma4x4BlkIdx (6-17, Figure 6-10). */
  public static final int[] BLOCK_COLUMN = new int[16];
  /** Row, in 4x4 blocks, of luma4x4BlkIdx. */
  public static final int[] BLOCK_ROW = new int[16];
  /** 4 * row + column of luma4x4BlkIdx. */
  public static final int[] BLOCK_RASTER = new int[16];
  /** luma4x4BlkIdx of the block at 4 * row + column. */
  public static final int[] BLOCK_INDEX = new int[16];

  /**
   * luma4x4BlkIdx of the block on the left of luma4x4BlkIdx. For blocks 0, 2, 8, 10 it lies in macroblock A; see {@link
   * #LEFT_IS_IN_A}.
   */
  public static final int[] LEFT_BLOCK = new int[16];
  public static final boolean[] LEFT_IS_IN_A = new boolean[16];
  /** luma4x4BlkIdx of the block above. For blocks 0, 1, 4, 5 it lies in macroblock B; see {@link #ABOVE_IS_IN_B}. */
  public static final int[] ABOVE_BLOCK = new int[16];
  public static final boolean[] ABOVE_IS_IN_B = new boolean[16];

  /** Zig-zag scan of a 4x4 block: raster position of scan index (Figure 8-8 a, Table 8-2). */
  public static final int[] ZIGZAG_4X4 = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

  /** Field scan of a 4x4 block: raster position of scan index (Figure 8-8 b, Table 8-2). */
  public static final int[] FIELD_4X4 = {0, 4, 1, 8, 12, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15};

  /** Field scan of an 8x8 block: raster position of scan index (Figure 8-9 b, Table 8-3). */
  public static final int[] FIELD_8X8 = {
    0, 8, 16, 1, 9, 24, 32, 17, 2, 25, 40, 48, 56, 33, 10, 3,
    18, 41, 49, 57, 26, 11, 4, 19, 34, 42, 50, 58, 27, 12, 5, 20,
    35, 43, 51, 59, 28, 13, 6, 21, 36, 44, 52, 60, 29, 14, 22, 37,
    45, 53, 61, 30, 7, 15, 38, 46, 54, 62, 23, 31, 39, 47, 55, 63
  };

  /** Position 2 * row + column in c of chroma DC coefficient chroma4x4BlkIdx for 4:2:0 (8-328). */
  public static final int[] CHROMA_DC_420 = {0, 1, 2, 3};

  /** The same for 4:2:2 (8-329). */
  public static final int[] CHROMA_DC_422 = {0, 2, 1, 4, 6, 3, 5, 7};

  /** Zig-zag scan of an 8x8 block: raster position of scan index (Figure 8-9 a, Table 8-3). */
  public static final int[] ZIGZAG_8X8 = zigzag8x8();

  static {
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      int column = blkIdx & 1 | (blkIdx >> 1) & 2;
      int row = (blkIdx >> 1) & 1 | (blkIdx >> 2) & 2;
      BLOCK_COLUMN[blkIdx] = column;
      BLOCK_ROW[blkIdx] = row;
      BLOCK_RASTER[blkIdx] = 4 * row + column;
      BLOCK_INDEX[4 * row + column] = blkIdx;
    }
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      int column = BLOCK_COLUMN[blkIdx];
      int row = BLOCK_ROW[blkIdx];
      LEFT_BLOCK[blkIdx] = BLOCK_INDEX[4 * row + ((column + 3) & 3)];
      LEFT_IS_IN_A[blkIdx] = column == 0;
      ABOVE_BLOCK[blkIdx] = BLOCK_INDEX[4 * ((row + 3) & 3) + column];
      ABOVE_IS_IN_B[blkIdx] = row == 0;
    }
  }

  private BlockScan() {}

  /** Walks the anti-diagonals of an 8x8 matrix and turns at each border. */
  private static int[] zigzag8x8() {
    int[] scan = new int[64];
    int index = 0;
    for (int diagonal = 0; diagonal < 15; diagonal++) {
      int first = Math.max(0, diagonal - 7);
      int last = Math.min(7, diagonal);
      for (int step = first; step <= last; step++) {
        int column = (diagonal & 1) == 0 ? step : diagonal - step;
        scan[index++] = 8 * (diagonal - column) + column;
      }
    }
    return scan;
  }
}
