package llm265.h264.cabac;

import llm265.kernel.KernelLoader;

/**
 * 8.5.6 Inverse scanning process for 4x4 transform coefficients, of levels that have been parsed without the zeros between them.
 */
public interface InverseScanKernels {
  /** The implementation in use. */
  InverseScanKernels ACTIVE =
      KernelLoader.load(InverseScanKernels.class, new ScalarInverseScanKernels(), "llm265.vector.VectorInverseScanKernels");

  /**
   * Puts the levels of a block where they belong.
   *
   * @param inOrder the levels that are not 0, in the order of the scan; 16 elements at least, what follows the levels is not used
   * @param significant bits 0 to 15: the positions in the scan of those levels
   * @param fieldScan whether the scan is the field scan, else it is the zig-zag scan
   * @param levels 16 elements from {@code offset} on, all 0, receive the levels row by row
   */
  void place4x4(int[] inOrder, long significant, boolean fieldScan, int[] levels, int offset);
}
