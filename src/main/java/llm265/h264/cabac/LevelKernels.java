package llm265.h264.cabac;

import llm265.kernel.KernelLoader;

/** What residual blocks are searched with before their bins are written. */
public interface LevelKernels {
  /** Levels of a block. */
  int LEVELS = 16;

  /** The implementation in use. */
  LevelKernels ACTIVE = KernelLoader.load(LevelKernels.class, new ScalarLevelKernels(), "llm265.vector.VectorLevelKernels");

  /**
   * Gathers the levels of a 4x4 block that are not 0, in the order of the zig-zag scan.
   *
   * @param levels {@link #LEVELS} elements from {@code offset} on, row by row
   * @param found receives the levels, and 0 up to the {@link #LEVELS}th element
   * @return bit i: the level at index i of the scan is not 0
   */
  int gather4x4(int[] levels, int offset, int[] found);
}
