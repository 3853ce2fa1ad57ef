package llm265.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import llm265.kernel.WarmingKernels;
import llm265.tensor.tools.RotationKernels;
import llm265.tensor.tools.ScalarRotationKernels;

/**
 * {@link RotationKernels} with the Vector API: one lane per column, so that every sum keeps its order. Sums stay in registers
 * over the whole depth of the factors.
 */
public final class VectorRotationKernels extends WarmingKernels implements RotationKernels {
  private static final VectorSpecies<Float> FLOATS = LaneIndex.INTS.withLanes(float.class);
  private static final int LANES = LaneIndex.LANES;

  /** Number of rows whose sums are made side by side: eight chains of additions hide the latency of one. */
  private static final int ROWS = 8;

  /** A call saves some 10 us. */
  private static final int CALLS = 2_000;

  private final ScalarRotationKernels scalar = new ScalarRotationKernels();

  public VectorRotationKernels() {
    super(CALLS);
  }

  @Override
  public void addProducts(
      float[] a, int from, int rowStep, int depthStep, int rows, int depth, float[] b, int bFrom, int width, float[] sums,
      int sumsFrom) {
    if (!isWarm()) {
      scalar.addProducts(a, from, rowStep, depthStep, rows, depth, b, bFrom, width, sums, sumsFrom);
      return;
    }
    int r = 0;
    for (; r <= rows - ROWS; r += ROWS) {
      for (int c = 0; c < width; c += LANES) {
        addToEight(a, from + r * rowStep, rowStep, depthStep, depth, b, bFrom + c, width, sums, sumsFrom + r * width + c);
      }
    }
    for (; r < rows; r++) {
      for (int c = 0; c < width; c += LANES) {
        addToOne(a, from + r * rowStep, depthStep, depth, b, bFrom + c, width, sums, sumsFrom + r * width + c);
      }
    }
  }

  private static void addToEight(
      float[] a, int from, int rowStep, int depthStep, int depth, float[] b, int bFrom, int width, float[] sums, int at) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, sums, at);
    FloatVector s1 = FloatVector.fromArray(FLOATS, sums, at + width);
    FloatVector s2 = FloatVector.fromArray(FLOATS, sums, at + 2 * width);
    FloatVector s3 = FloatVector.fromArray(FLOATS, sums, at + 3 * width);
    FloatVector s4 = FloatVector.fromArray(FLOATS, sums, at + 4 * width);
    FloatVector s5 = FloatVector.fromArray(FLOATS, sums, at + 5 * width);
    FloatVector s6 = FloatVector.fromArray(FLOATS, sums, at + 6 * width);
    FloatVector s7 = FloatVector.fromArray(FLOATS, sums, at + 7 * width);
    int i = from;
    for (int k = 0; k < depth; k++, i += depthStep) {
      FloatVector row = FloatVector.fromArray(FLOATS, b, bFrom + k * width);
      s0 = row.mul(a[i]).add(s0);
      s1 = row.mul(a[i + rowStep]).add(s1);
      s2 = row.mul(a[i + 2 * rowStep]).add(s2);
      s3 = row.mul(a[i + 3 * rowStep]).add(s3);
      s4 = row.mul(a[i + 4 * rowStep]).add(s4);
      s5 = row.mul(a[i + 5 * rowStep]).add(s5);
      s6 = row.mul(a[i + 6 * rowStep]).add(s6);
      s7 = row.mul(a[i + 7 * rowStep]).add(s7);
    }
    s0.intoArray(sums, at);
    s1.intoArray(sums, at + width);
    s2.intoArray(sums, at + 2 * width);
    s3.intoArray(sums, at + 3 * width);
    s4.intoArray(sums, at + 4 * width);
    s5.intoArray(sums, at + 5 * width);
    s6.intoArray(sums, at + 6 * width);
    s7.intoArray(sums, at + 7 * width);
  }

  private static void addToOne(
      float[] a, int from, int depthStep, int depth, float[] b, int bFrom, int width, float[] sums, int at) {
    FloatVector sum = FloatVector.fromArray(FLOATS, sums, at);
    for (int k = 0; k < depth; k++) {
      sum = FloatVector.fromArray(FLOATS, b, bFrom + k * width).mul(a[from + k * depthStep]).add(sum);
    }
    sum.intoArray(sums, at);
  }

  @Override
  public void reflect(float[] plane, int from, int stride, int columns, float[] vector, float factor, float[] dots) {
    if (!isWarm()) {
      scalar.reflect(plane, from, stride, columns, vector, factor, dots);
      return;
    }
    int x = 0;
    for (; x <= columns - 4 * LANES; x += 4 * LANES) {
      multiplyFour(plane, from + x, stride, vector, factor, dots, x);
    }
    for (; x <= columns - LANES; x += LANES) {
      multiplyOne(plane, from + x, stride, vector, factor, dots, x);
    }
    for (int y = 0; y < vector.length; y++) {
      int at = from + y * stride;
      for (int c = 0; c < x; c += LANES) {
        FloatVector.fromArray(FLOATS, plane, at + c)
            .sub(FloatVector.fromArray(FLOATS, dots, c).mul(vector[y]))
            .intoArray(plane, at + c);
      }
    }
    if (x < columns) {
      scalar.reflect(plane, from + x, stride, columns - x, vector, factor, dots);
    }
  }

  private static void multiplyFour(float[] plane, int from, int stride, float[] vector, float factor, float[] dots, int x) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    int at = from;
    for (int y = 0; y < vector.length; y++, at += stride) {
      float element = vector[y];
      s0 = FloatVector.fromArray(FLOATS, plane, at).mul(element).add(s0);
      s1 = FloatVector.fromArray(FLOATS, plane, at + LANES).mul(element).add(s1);
      s2 = FloatVector.fromArray(FLOATS, plane, at + 2 * LANES).mul(element).add(s2);
      s3 = FloatVector.fromArray(FLOATS, plane, at + 3 * LANES).mul(element).add(s3);
    }
    s0.mul(factor).intoArray(dots, x);
    s1.mul(factor).intoArray(dots, x + LANES);
    s2.mul(factor).intoArray(dots, x + 2 * LANES);
    s3.mul(factor).intoArray(dots, x + 3 * LANES);
  }

  private static void multiplyOne(float[] plane, int from, int stride, float[] vector, float factor, float[] dots, int x) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int y = 0; y < vector.length; y++) {
      sum = FloatVector.fromArray(FLOATS, plane, from + y * stride).mul(vector[y]).add(sum);
    }
    sum.mul(factor).intoArray(dots, x);
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    RotationKernels kernels = vector ? new VectorRotationKernels() : scalar;
    int rows = 64;
    int width = 5 * RotationKernels.WIDTH;
    float[] a = new float[rows * rows];
    float[] b = new float[rows * width];
    float[] sums = new float[rows * width];
    float[] elements = new float[rows];
    float[] plane = new float[rows * rows];
    float[] dots = new float[rows];
    for (int i = 0; i < rows * rows; i++) {
      a[i] = i * 37 % 101 - 50;
      plane[i] = a[i];
    }
    return () -> {
      kernels.addProducts(a, 0, rows, 1, rows - 1, rows, b, 0, width, sums, 0);
      kernels.addProducts(a, 0, 1, rows, rows, rows, b, 0, width, sums, 0);
      kernels.reflect(plane, 0, rows, rows, elements, 0.01f, dots);
    };
  }
}
