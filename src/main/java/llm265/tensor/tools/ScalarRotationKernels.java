package llm265.tensor.tools;

import java.util.Arrays;

/** The reference for {@link RotationKernels}. */
public final class ScalarRotationKernels implements RotationKernels {
  @Override
  public void addProducts(
      float[] a, int from, int rowStep, int depthStep, int rows, int depth, float[] b, int bFrom, int width, float[] sums,
      int sumsFrom) {
    for (int r = 0; r < rows; r++) {
      int row = sumsFrom + r * width;
      for (int k = 0; k < depth; k++) {
        float element = a[from + r * rowStep + k * depthStep];
        int at = bFrom + k * width;
        for (int c = 0; c < width; c++) {
          sums[row + c] += element * b[at + c];
        }
      }
    }
  }

  @Override
  public void reflect(float[] plane, int from, int stride, int columns, float[] vector, float factor, float[] dots) {
    Arrays.fill(dots, 0, columns, 0);
    for (int y = 0; y < vector.length; y++) {
      float element = vector[y];
      int at = from + y * stride;
      for (int x = 0; x < columns; x++) {
        dots[x] += element * plane[at + x];
      }
    }
    for (int x = 0; x < columns; x++) {
      dots[x] *= factor;
    }
    for (int y = 0; y < vector.length; y++) {
      float element = vector[y];
      int at = from + y * stride;
      for (int x = 0; x < columns; x++) {
        plane[at + x] -= element * dots[x];
      }
    }
  }
}
