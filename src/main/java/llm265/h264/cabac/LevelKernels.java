package llm265.h264.cabac;

import llm265.kernel.KernelLoader;
import llm265.kernel.Scratch;

/** The binarization of whole residual blocks. */
public interface LevelKernels {
  /** Levels of a block. */
  int LEVELS = ResidualBins.LEVELS;

  /** Elements that a scratch array must have. */
  int SCRATCH = 2 * LEVELS;

  /** What {@link #binarize4x4} returns of a block with a level beyond {@link ResidualBins#LARGEST_READY}. */
  int LARGE = -1;

  /** Operations from the first one on that {@link #binarize4x4} may write at most, those that mean nothing included. */
  int MOST_OPERATIONS = 2 * LEVELS + LEVELS * (ResidualBins.LARGEST_READY + 1) + 16;

  /** The implementation in use. */
  LevelKernels ACTIVE = KernelLoader.load(LevelKernels.class, new ScalarLevelKernels(), "llm265.vector.VectorLevelKernels");

  /**
   * All bins of a 4x4 block behind coded_block_flag, as operations of a {@link BinString}: the significance map in the order of
   * the zig-zag scan, and the levels from the last one to the first.
   *
   * <p>Behind the bins, operations up to the {@code 2 * LEVELS}th from {@code at} on, and sixteen at least, are set to 0 and mean
   * nothing.
   *
   * @param levels {@link #LEVELS} elements from {@code offset} on, row by row
   * @param firstCoeff 1 where the first level is not coded here, else 0
   * @param bins of the block's kind
   * @param operations two bytes each; room for {@link #MOST_OPERATIONS} from {@code at} on
   * @param at index of the first operation, not of its byte
   * @param scratch {@link #SCRATCH} elements at least
   * @return number of bins; 0 where all levels are 0, or {@link #LARGE}, and then no operation is written
   */
  int binarize4x4(
      int[] levels, int offset, int firstCoeff, ResidualBins bins, byte[] operations, int at, @Scratch int[] scratch);
}
