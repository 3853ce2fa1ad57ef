package llm265.tensor.tools;

import llm265.kernel.KernelLoader;
import llm265.kernel.Scratch;

/**
 * What finding a rotation and applying it spend their time on. Implementations have no state; any thread may use them.
 *
 * <p>Sums are made in binary32 in the order that is told, each product rounded before it is added: what they come to decides what
 * is written into streams and what decoders make of them.
 */
public interface RotationKernels {
  /** What the width of the second factor of {@link #addProducts} is a multiple of. */
  int WIDTH = 16;

  /** The implementation in use. */
  RotationKernels ACTIVE =
      KernelLoader.load(RotationKernels.class, new ScalarRotationKernels(), "llm265.vector.VectorRotationKernels");

  /**
   * Adds a product of matrices: to each {@code sums[r][c]}, in order of k, the {@code depth} terms {@code a[r][k] * b[k][c]}.
   *
   * @param a the first factor, with element (r, k) at {@code from + r * rowStep + k * depthStep}
   * @param b the second, of rows of {@code width} elements from {@code bFrom} on
   * @param width a multiple of {@link #WIDTH}
   * @param sums {@code rows} rows of {@code width} elements from {@code sumsFrom} on
   */
  void addProducts(
      float[] a, int from, int rowStep, int depthStep, int rows, int depth, float[] b, int bFrom, int width, float[] sums,
      int sumsFrom);

  /**
   * Reflects columns x of a plane: {@code x - v * (factor * (v'x))}, the inner product from 0 on in order of its elements.
   *
   * @param plane of rows {@code stride} apart, the first one's columns from {@code from} on
   * @param columns number of columns, at most {@code dots.length}
   * @param vector v, one element a row
   * @param dots room for the products
   */
  void reflect(float[] plane, int from, int stride, int columns, float[] vector, float factor, @Scratch float[] dots);
}
