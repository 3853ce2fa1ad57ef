package llm265.h264.encode;

import llm265.kernel.KernelLoader;

/**
 * Differences between source and prediction or reconstruction, for a plane of a macroblock at a time.
 *
 * <p>Samples are 0..16383. Every operation is exact integer arithmetic, so that kernels agree bit by bit.
 */
public interface DistortionKernels {
  DistortionKernels ACTIVE =
      KernelLoader.load(
          DistortionKernels.class, new ScalarDistortionKernels(), "llm265.vector.VectorDistortionKernels");

  /**
   * {@code residual[width * y + x] = source - (prediction << shift)} over a block of {@code width x height} samples.
   *
   * @param width 4, 8 or 16
   * @param shift number of fraction bits that a source sample has beyond a predicted one; the prediction, shifted, is 0..16383
   * @return the sum of the squared residuals
   */
  long subtract(
      short[] source,
      int sourceOffset,
      int sourceStride,
      short[] prediction,
      int predictionOffset,
      int predictionStride,
      int width,
      int height,
      int shift,
      int[] residual);

  /**
   * Sum of squared differences of two blocks of {@code width x height} samples, {@code a - (b << shift)}.
   *
   * @param width 4, 8 or 16
   * @param shift number of fraction bits that a sample of {@code a} has beyond one of {@code b}; the latter, shifted, is
   *     0..16383
   */
  long squaredError(
      short[] a, int aOffset, int aStride, short[] b, int bOffset, int bStride, int width, int height, int shift);
}
