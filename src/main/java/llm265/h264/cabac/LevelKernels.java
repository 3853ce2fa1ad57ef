package llm265.h264.cabac;

import llm265.kernel.KernelLoader;
import llm265.kernel.Scratch;

/** Binarizes whole residual blocks. */
public interface LevelKernels {
  /** Number of levels of a block. */
  int LEVELS = ResidualBins.LEVELS;

  /** Elements that a scratch array must have. */
  int SCRATCH = 2 * LEVELS;

  /** The result of {@link #binarize4x4} for a block with a level beyond {@link ResidualBins#LARGEST_READY}. */
  int LARGE = -1;

  /** The most operations that {@link #binarize4x4} may write, including those without meaning. */
  int MOST_OPERATIONS = 2 * LEVELS + LEVELS * (ResidualBins.LARGEST_READY + 1) + 16;

  /** The implementation in use. */
  LevelKernels ACTIVE = KernelLoader.load(LevelKernels.class, new ScalarLevelKernels(), "llm265.vector.VectorLevelKernels");

  /**
   * Writes all bins of a 4x4 block after coded_block_flag, as operations of a {@link BinString}: the significance map in the
   * order of the zig-zag scan, then the levels from the last to the first.
   *
   * <p>After the bins, operations up to the {@code 2 * LEVELS}th from {@code at}, and at least sixteen, are set to 0 and mean
   * nothing.
   *
   * @param levels {@link #LEVELS} elements at {@code offset}, row by row
   * @param firstCoeff 1 if the first level is not coded here, otherwise 0
   * @param bins the ready bins of this kind of block
   * @param operations two bytes each; must have room for {@link #MOST_OPERATIONS} from {@code at}
   * @param at index of the first operation, not of its byte
   * @param scratch at least {@link #SCRATCH} elements
   * @return number of bins; 0 if all levels are 0, or {@link #LARGE}; in both cases no operation is written
   */
  int binarize4x4(
      int[] levels, int offset, int firstCoeff, ResidualBins bins, byte[] operations, int at, @Scratch int[] scratch);
}
