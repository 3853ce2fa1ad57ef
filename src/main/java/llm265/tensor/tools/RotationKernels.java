package llm265.tensor.tools;

import llm265.kernel.KernelLoader;
import llm265.kernel.Scratch;

/**
 * The inner loops of finding a rotation and of applying it. Implementations have no state; any thread may use them.
 *
 * <p>Sums are made in binary32 in the stated order, and each product is rounded before it is added. The results decide what is
 * written into streams and what decoders make of them.
 */
public interface RotationKernels {
  /** The width of the second factor of {@link #addProducts} is a multiple of this. */
  int WIDTH = 16;

  /** The implementation in use. */
  RotationKernels ACTIVE =
      KernelLoader.load(RotationKernels.class, new ScalarRotationKernels(), "llm265.vector.VectorRotationKernels");

  /**
   * Adds a product of matrices: to each {@code sums[r][c]}, in order of k, the {@code depth} terms {@code a[r][k] * b[k][c]}.
   *
   * @param a the first factor, with element (r, k) at {@code from + r * rowStep + k * depthStep}
   * @param b the second factor: rows of {@code width} elements, starting at {@code bFrom}
   * @param width a multiple of {@link #WIDTH}
   * @param sums {@code rows} rows of {@code width} elements, starting at {@code sumsFrom}
   */
  void addProducts(
      float[] a, int from, int rowStep, int depthStep, int rows, int depth, float[] b, int bFrom, int width, float[] sums,
      int sumsFrom);

  /**
   * Reflects columns x of a plane: {@code x - v * (factor * (v'x))}; the inner product starts from 0 and adds its elements in
   * order.
   *
   * @param plane rows are {@code stride} apart; the first row's columns begin at {@code from}
   * @param columns number of columns, at most {@code dots.length}
   * @param vector v, one element per row
   * @param dots room for the products
   */
  void reflect(float[] plane, int from, int stride, int columns, float[] vector, float factor, @Scratch float[] dots);
}
