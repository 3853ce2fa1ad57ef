package llm265.h264.transform;

import java.util.Arrays;
import llm265.h264.macroblock.BlockScan;

/**
 * 8.5.9 Derivation process for scaling functions: LevelScale4x4 and LevelScale8x8 for intra macroblocks.
 *
 * <p>Immutable; one object for each pair of parameter sets.
 */
public final class LevelScale {
  /** normAdjust4x4 (8-315): rows m = qP % 6; columns: both indices even, both odd, otherwise. */
  private static final int[][] NORM_ADJUST_4X4 = {
    {10, 16, 13}, {11, 18, 14}, {13, 20, 16}, {14, 23, 18}, {16, 25, 20}, {18, 29, 23}
  };

  /** normAdjust8x8 (8-318): rows m = qP % 6; columns as in {@link #class8x8}. */
  private static final int[][] NORM_ADJUST_8X8 = {
    {20, 18, 32, 19, 25, 24},
    {22, 19, 35, 21, 28, 26},
    {26, 23, 42, 24, 33, 31},
    {28, 25, 45, 26, 35, 33},
    {32, 28, 51, 30, 40, 38},
    {36, 32, 58, 34, 46, 43}
  };

  /** Flat_4x4_16 and Flat_8x8_16 (7-8, 7-9): every weight is 16. */
  public static final LevelScale FLAT = flat();

  /** Indexed by 6 * plane + qP % 6. */
  private final int[][] scale4x4 = new int[18][];

  private final int[][] scale8x8 = new int[18][];

  /**
   * Scaling functions of intra macroblocks.
   *
   * @param scalingLists4x4 ScalingList4x4: 6 lists (intra Y, Cb, Cr, inter Y, Cb, Cr) of 16 weights in zig-zag order; the
   *     intra ones suffice
   * @param scalingLists8x8 ScalingList8x8: 6 lists (intra Y, inter Y, intra Cb, inter Cb, intra Cr, inter Cr) of 64 weights in
   *     zig-zag order; with fewer than 5 lists, all planes use the first, since chroma then has no 8x8 blocks
   */
  public LevelScale(int[][] scalingLists4x4, int[][] scalingLists8x8) {
    for (int plane = 0; plane < 3; plane++) {
      int[] weights4x4 = inverseScan(scalingLists4x4[plane], BlockScan.ZIGZAG_4X4);
      int[] weights8x8 = inverseScan(scalingLists8x8[scalingLists8x8.length < 5 ? 0 : 2 * plane], BlockScan.ZIGZAG_8X8);
      for (int m = 0; m < 6; m++) {
        scale4x4[6 * plane + m] = scale4x4(weights4x4, NORM_ADJUST_4X4[m]);
        scale8x8[6 * plane + m] = scale8x8(weights8x8, NORM_ADJUST_8X8[m]);
      }
    }
  }

  private static LevelScale flat() {
    int[] list4x4 = new int[16];
    int[] list8x8 = new int[64];
    Arrays.fill(list4x4, 16);
    Arrays.fill(list8x8, 16);
    return new LevelScale(new int[][] {list4x4, list4x4, list4x4}, new int[][] {list8x8});
  }

  /**
   * LevelScale4x4( qP % 6, i, j ) at 4 * i + j; the caller must not change it.
   *
   * @param plane 0 Y, 1 Cb, 2 Cr
   * @param qP the quantization parameter, 0 or more
   */
  public int[] levelScale4x4(int plane, int qP) {
    return scale4x4[6 * plane + qP % 6];
  }

  /** LevelScale8x8( qP % 6, i, j ) at 8 * i + j; the caller must not change it. */
  public int[] levelScale8x8(int plane, int qP) {
    return scale8x8[6 * plane + qP % 6];
  }

  /** weightScale: the list by raster position. The zig-zag scan is used for field macroblocks too (8.5.6, 8.5.7). */
  private static int[] inverseScan(int[] list, int[] scan) {
    int[] weights = new int[scan.length];
    for (int k = 0; k < scan.length; k++) {
      weights[scan[k]] = list[k];
    }
    return weights;
  }

  /** (8-313) */
  private static int[] scale4x4(int[] weights, int[] v) {
    int[] scale = new int[16];
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        int norm = (i & 1) == 0 && (j & 1) == 0 ? v[0] : (i & j & 1) == 1 ? v[1] : v[2];
        scale[4 * i + j] = weights[4 * i + j] * norm;
      }
    }
    return scale;
  }

  /** (8-316) */
  private static int[] scale8x8(int[] weights, int[] v) {
    int[] scale = new int[64];
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < 8; j++) {
        scale[8 * i + j] = weights[8 * i + j] * v[class8x8(i, j)];
      }
    }
    return scale;
  }

  /** Which of the six v of (8-317) applies to position (i, j). */
  private static int class8x8(int i, int j) {
    if ((i & 1) == 1 || (j & 1) == 1) {
      if ((i & j & 1) == 1) {
        return 1;
      }
      return (i & 3) == 0 || (j & 3) == 0 ? 3 : 5;
    }
    boolean rowOfFour = (i & 3) == 0;
    boolean columnOfFour = (j & 3) == 0;
    return rowOfFour && columnOfFour ? 0 : rowOfFour || columnOfFour ? 4 : 2;
  }
}
