package llm265.h264.cabac;

import llm265.h264.macroblock.BlockScan;

/** The reference. */
public final class ScalarInverseScanKernels implements InverseScanKernels {
  @Override
  public void place4x4(int[] inOrder, long significant, boolean fieldScan, int[] levels, int offset) {
    place(inOrder, significant, fieldScan ? BlockScan.FIELD_4X4 : BlockScan.ZIGZAG_4X4, levels, offset);
  }

  /** The same for any scan. */
  static void place(int[] inOrder, long significant, int[] scan, int[] levels, int offset) {
    long left = significant;
    for (int k = 0; left != 0; k++) {
      levels[offset + scan[Long.numberOfTrailingZeros(left)]] = inOrder[k];
      left &= left - 1;
    }
  }
}
