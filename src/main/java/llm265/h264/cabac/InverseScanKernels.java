package llm265.h264.cabac;

import llm265.kernel.KernelLoader;

/**
 * 8.5.6 Inverse scanning process for 4x4 transform coefficients, applied to levels that were parsed without the zeros between
 * them.
 */
public interface InverseScanKernels {
  /** The implementation in use. */
  InverseScanKernels ACTIVE =
      KernelLoader.load(InverseScanKernels.class, new ScalarInverseScanKernels(), "llm265.vector.VectorInverseScanKernels");

  /**
   * Places the levels of a block.
   *
   * @param inOrder the levels that are not 0, in the order of the scan; at least 16 elements, of which those after the levels
   *     are not used
   * @param significant bits 0 to 15: the positions of those levels in the scan
   * @param fieldScan whether the scan is the field scan; otherwise it is the zig-zag scan
   * @param levels 16 elements at {@code offset}, all 0; receive the levels row by row
   */
  void place4x4(int[] inOrder, long significant, boolean fieldScan, int[] levels, int offset);
}
