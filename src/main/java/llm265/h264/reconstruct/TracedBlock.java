package llm265.h264.reconstruct;

import llm265.h264.intra.IntraEdge;

/**
 * What is predicted at once, and its residual: a 4x4 or 8x8 block, the luma samples of an Intra_16x16 macroblock (also its Cb or
 * Cr samples in 4:4:4), or a chroma plane of another format.
 */
public final class TracedBlock {
  /** Which clause predicts it. */
  public enum Kind { INTRA_4X4, INTRA_8X8, INTRA_16X16, CHROMA }

  public Kind kind;
  /** 0 luma, 1 Cb, 2 Cr. */
  public int plane;
  /** luma4x4BlkIdx or luma8x8BlkIdx; 0 for other kinds. */
  public int blkIdx;
  /** Column of its first sample in the macroblock. */
  public int x;
  public int y;
  public int width;
  public int height;
  /** Intra4x4PredMode, Intra8x8PredMode, Intra16x16PredMode or intra_chroma_pred_mode. */
  public int mode;
  /** QP'Y or QP'C. */
  public int qP;
  /** Whether TransformBypassModeFlag is 1; there are no coefficients then. */
  public boolean bypass;
  /** The neighbouring samples. */
  public final IntraEdge edge = new IntraEdge();
  /** The same after the filter of 8.3.2.2.1, in the layout of {@link IntraEdge#samples}; only for 8x8 blocks. */
  public final short[] filteredEdge = new short[33];
  /** The first {@code width * height} elements are predicted samples, row by row. */
  public final short[] prediction = new short[256];
  /** r of 8.5.14 before it is clipped, row by row; at most 32767 in size, which only streams that are not legal exceed. */
  public final int[] residual = new int[256];
  /** The constructed samples before deblocking. */
  public final short[] sum = new short[256];
  /** d of 8.5.12 or 8.5.13 in raster order: 16 elements for each 4x4 block by blkIdx, or the 64 of an 8x8 block. */
  public final int[] coefficients = new int[256];
  /** Whether {@link #dc} is in use. */
  public boolean hasDc;
  /** d00 of each 4x4 block by blkIdx after 8.5.10 or 8.5.11; only with {@link #hasDc}. */
  public final int[] dc = new int[16];

  /** Number of samples. */
  public int samples() {
    return width * height;
  }
}
