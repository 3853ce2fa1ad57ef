package llm265.h264.transform;

import llm265.kernel.KernelLoader;
import llm265.kernel.Scratch;

/**
 * The transforms of a whole macroblock plane. Implementations have no state; any thread may use them.
 *
 * <p>The 16 blocks of a plane are ordered by luma4x4BlkIdx (Figure 6-10). 4 or 8 blocks, those of chroma in 4:2:0 and 4:2:2, are
 * in raster order, two per row. 8x8 blocks are ordered by luma8x8BlkIdx. Within a block, coefficients are in raster order.
 * Only the result array is written, and {@code scratch}, which has at least {@link #SCRATCH} elements with undefined contents.
 */
public interface TransformKernels {
  /** Elements that a scratch array must have. */
  int SCRATCH = 256;

  /** The implementation in use. */
  TransformKernels ACTIVE =
      KernelLoader.load(
          TransformKernels.class, new ScalarTransformKernels(), "llm265.vector.VectorTransformKernels");

  /**
   * 8.5.12 and 8.5.14 for all 4x4 blocks of a plane: scales and transforms them, and adds them to the prediction in {@code
   * samples}.
   *
   * @param levels levels of block b at {@code levelsOff} + 16 * b
   * @param levelScale LevelScale4x4 of qP % 6
   * @param qP QP'Y or QP'C, 0 to 87
   * @param dc null, or the scaled DC coefficient of block b at {@code dcOff} + b; element 0 of the block's levels is then not
   *     used
   * @param blockMask bit b: block b has levels; other blocks are skipped, unless their element of {@code dc} is not 0
   * @param blocks 16, 8 or 4
   * @param offset index of the plane's first sample in {@code samples}
   * @param stride distance between rows of samples
   * @param maxSample 2^bitDepth - 1
   */
  void residual4x4(int[] levels, int levelsOff, int[] levelScale, int qP, int[] dc, int dcOff,
      int blockMask, int blocks, short[] samples, int offset, int stride, int maxSample, @Scratch int[] scratch);

  /**
   * 8.5.13 and 8.5.14 for the four 8x8 blocks of a plane.
   *
   * @param levels levels of block b at {@code levelsOff} + 64 * b
   * @param levelScale LevelScale8x8 of qP % 6
   * @param qP QP'Y or QP'C, 0 to 87
   * @param blockMask bit b: block b has levels; other blocks are skipped
   * @param offset index of the plane's first sample in {@code samples}
   * @param stride distance between rows of samples
   * @param maxSample 2^bitDepth - 1
   */
  void residual8x8(int[] levels, int levelsOff, int[] levelScale, int qP, int blockMask,
      short[] samples, int offset, int stride, int maxSample, @Scratch int[] scratch);

  /**
   * {@link ForwardTransform#forward4x4} of the 16 blocks of a 16x16 plane.
   *
   * @param residual 256 elements, row by row; not the same array as {@code coefficients}
   * @param coefficients 256 elements, block by block
   */
  void forward4x4(int[] residual, int[] coefficients);

  /** {@link ForwardTransform#forward8x8} of the 4 blocks of a 16x16 plane; arrays as in {@link #forward4x4}. */
  void forward8x8(int[] residual, int[] coefficients);

  /**
   * Computes the levels of coefficients; see {@link Quantization}.
   *
   * @param coefficients n elements at {@code off}
   * @param n a multiple of 16, at most 256
   * @param scale factors of the positions of one block, 16 or 64; n need not be a multiple of 64
   * @param roundingOffset 0 to 0.5
   * @param levels receives n elements at {@code levelsOff}
   * @return bit b is set if at least one of the sixteen levels at {@code levelsOff + 16 * b} is not 0
   */
  int quantize(int[] coefficients, int off, int n, float[] scale, float roundingOffset, int[] levels, int levelsOff);
}
