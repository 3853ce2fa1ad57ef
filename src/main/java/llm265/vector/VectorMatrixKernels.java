package llm265.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.kernel.WarmingKernels;
import llm265.lm.math.MatrixKernels;
import llm265.lm.math.ScalarMatrixKernels;

/**
 * {@link MatrixKernels} with the Vector API: one lane for each column of a product, so that every sum keeps its order.
 *
 * <p>With 32 registers, blocks of 6 rows and 4 vectors: a vector of B serves six products, an element of A four. With 16
 * registers, blocks of 6 rows and 1 vector. Speed on one core in GFLOP/s: 80 to 90 with AVX-512, 30 to 36 with AVX2; the
 * reference has 3.3.
 */
public final class VectorMatrixKernels extends WarmingKernels implements MatrixKernels {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Float> FLOATS = INTS.withLanes(float.class);
  private static final int WIDTH = LaneIndex.LANES;
  private static final int ROWS = 6;
  private static final int VECTORS = 4;

  /** Products of each sum before the next rows: so many rows of a block of B are 24 KB, and stay in the first cache. */
  private static final int DEPTH = 96;

  /** Whether the machine has registers for the sums of a block of four vectors. */
  private static final boolean WIDE = WIDTH == LANES;

  /** Number of units of work before the rehearsal, and of multiplications, or of exponentials, in a unit: 0.1 s in all. */
  private static final int UNITS = 20_000;
  private static final long PRODUCTS = 1 << 14;
  private static final int EXPONENTIALS = 1 << 10;

  private final ScalarMatrixKernels scalar = new ScalarMatrixKernels();

  public VectorMatrixKernels() {
    super(UNITS);
  }

  @Override
  public void multiply(
      float[] a, int aFrom, int aStride, int rows, int depth, float[] b, int bFrom, int bStride, int columns, float[] c,
      int cFrom, int cStride) {
    int n = 0;
    if (isWarm((int) Math.min(UNITS, 1 + (long) rows * depth * columns / PRODUCTS))) {
      if (WIDE) {
        for (; n <= columns - VECTORS * WIDTH; n += VECTORS * WIDTH) {
          multiplyFour(a, aFrom, aStride, rows, depth, b, bFrom + n, bStride, c, cFrom + n, cStride);
        }
      }
      for (; n <= columns - WIDTH; n += WIDTH) {
        multiplyOne(a, aFrom, aStride, rows, depth, b, bFrom + n, bStride, c, cFrom + n, cStride);
      }
    }
    if (n < columns) {
      scalar.multiply(a, aFrom, aStride, rows, depth, b, bFrom + n, bStride, columns - n, c, cFrom + n, cStride);
    }
  }

  private static void multiplyFour(
      float[] a, int aFrom, int aStride, int rows, int depth, float[] b, int bFrom, int bStride, float[] c, int cFrom,
      int cStride) {
    for (int r = 0; r < rows; r++) {
      Arrays.fill(c, cFrom + r * cStride, cFrom + r * cStride + VECTORS * WIDTH, 0);
    }
    for (int k = 0; k < depth; k += DEPTH) {
      int count = Math.min(DEPTH, depth - k);
      int r = 0;
      for (; r <= rows - ROWS; r += ROWS) {
        sixByFour(
            a, aFrom + k + r * aStride, aStride, count, b, bFrom + k * bStride, bStride, c, cFrom + r * cStride, cStride);
      }
      for (; r < rows; r++) {
        oneByFour(a, aFrom + k + r * aStride, count, b, bFrom + k * bStride, bStride, c, cFrom + r * cStride);
      }
    }
  }

  private static void multiplyOne(
      float[] a, int aFrom, int aStride, int rows, int depth, float[] b, int bFrom, int bStride, float[] c, int cFrom,
      int cStride) {
    int r = 0;
    for (; r <= rows - ROWS; r += ROWS) {
      sixByOne(a, aFrom + r * aStride, aStride, depth, b, bFrom, bStride, c, cFrom + r * cStride, cStride);
    }
    for (; r < rows; r++) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int k = 0; k < depth; k++) {
        FloatVector x = FloatVector.broadcast(FLOATS, a[aFrom + r * aStride + k]);
        sum = FloatVector.fromArray(FLOATS, b, bFrom + k * bStride).mul(x).add(sum);
      }
      sum.intoArray(c, cFrom + r * cStride);
    }
  }

  /** Adds products to C. */
  private static void sixByFour(
      float[] a, int aFrom, int aStride, int depth, float[] b, int bFrom, int bStride, float[] c, int cFrom, int cStride) {
    FloatVector s00 = FloatVector.fromArray(FLOATS, c, cFrom);
    FloatVector s01 = FloatVector.fromArray(FLOATS, c, cFrom + WIDTH);
    FloatVector s02 = FloatVector.fromArray(FLOATS, c, cFrom + 2 * WIDTH);
    FloatVector s03 = FloatVector.fromArray(FLOATS, c, cFrom + 3 * WIDTH);
    FloatVector s10 = FloatVector.fromArray(FLOATS, c, cFrom + cStride);
    FloatVector s11 = FloatVector.fromArray(FLOATS, c, cFrom + cStride + WIDTH);
    FloatVector s12 = FloatVector.fromArray(FLOATS, c, cFrom + cStride + 2 * WIDTH);
    FloatVector s13 = FloatVector.fromArray(FLOATS, c, cFrom + cStride + 3 * WIDTH);
    FloatVector s20 = FloatVector.fromArray(FLOATS, c, cFrom + 2 * cStride);
    FloatVector s21 = FloatVector.fromArray(FLOATS, c, cFrom + 2 * cStride + WIDTH);
    FloatVector s22 = FloatVector.fromArray(FLOATS, c, cFrom + 2 * cStride + 2 * WIDTH);
    FloatVector s23 = FloatVector.fromArray(FLOATS, c, cFrom + 2 * cStride + 3 * WIDTH);
    FloatVector s30 = FloatVector.fromArray(FLOATS, c, cFrom + 3 * cStride);
    FloatVector s31 = FloatVector.fromArray(FLOATS, c, cFrom + 3 * cStride + WIDTH);
    FloatVector s32 = FloatVector.fromArray(FLOATS, c, cFrom + 3 * cStride + 2 * WIDTH);
    FloatVector s33 = FloatVector.fromArray(FLOATS, c, cFrom + 3 * cStride + 3 * WIDTH);
    FloatVector s40 = FloatVector.fromArray(FLOATS, c, cFrom + 4 * cStride);
    FloatVector s41 = FloatVector.fromArray(FLOATS, c, cFrom + 4 * cStride + WIDTH);
    FloatVector s42 = FloatVector.fromArray(FLOATS, c, cFrom + 4 * cStride + 2 * WIDTH);
    FloatVector s43 = FloatVector.fromArray(FLOATS, c, cFrom + 4 * cStride + 3 * WIDTH);
    FloatVector s50 = FloatVector.fromArray(FLOATS, c, cFrom + 5 * cStride);
    FloatVector s51 = FloatVector.fromArray(FLOATS, c, cFrom + 5 * cStride + WIDTH);
    FloatVector s52 = FloatVector.fromArray(FLOATS, c, cFrom + 5 * cStride + 2 * WIDTH);
    FloatVector s53 = FloatVector.fromArray(FLOATS, c, cFrom + 5 * cStride + 3 * WIDTH);
    for (int k = 0, i = aFrom, j = bFrom; k < depth; k++, i++, j += bStride) {
      FloatVector b0 = FloatVector.fromArray(FLOATS, b, j);
      FloatVector b1 = FloatVector.fromArray(FLOATS, b, j + WIDTH);
      FloatVector b2 = FloatVector.fromArray(FLOATS, b, j + 2 * WIDTH);
      FloatVector b3 = FloatVector.fromArray(FLOATS, b, j + 3 * WIDTH);
      FloatVector x = FloatVector.broadcast(FLOATS, a[i]);
      s00 = b0.mul(x).add(s00);
      s01 = b1.mul(x).add(s01);
      s02 = b2.mul(x).add(s02);
      s03 = b3.mul(x).add(s03);
      x = FloatVector.broadcast(FLOATS, a[i + aStride]);
      s10 = b0.mul(x).add(s10);
      s11 = b1.mul(x).add(s11);
      s12 = b2.mul(x).add(s12);
      s13 = b3.mul(x).add(s13);
      x = FloatVector.broadcast(FLOATS, a[i + 2 * aStride]);
      s20 = b0.mul(x).add(s20);
      s21 = b1.mul(x).add(s21);
      s22 = b2.mul(x).add(s22);
      s23 = b3.mul(x).add(s23);
      x = FloatVector.broadcast(FLOATS, a[i + 3 * aStride]);
      s30 = b0.mul(x).add(s30);
      s31 = b1.mul(x).add(s31);
      s32 = b2.mul(x).add(s32);
      s33 = b3.mul(x).add(s33);
      x = FloatVector.broadcast(FLOATS, a[i + 4 * aStride]);
      s40 = b0.mul(x).add(s40);
      s41 = b1.mul(x).add(s41);
      s42 = b2.mul(x).add(s42);
      s43 = b3.mul(x).add(s43);
      x = FloatVector.broadcast(FLOATS, a[i + 5 * aStride]);
      s50 = b0.mul(x).add(s50);
      s51 = b1.mul(x).add(s51);
      s52 = b2.mul(x).add(s52);
      s53 = b3.mul(x).add(s53);
    }
    s00.intoArray(c, cFrom);
    s01.intoArray(c, cFrom + WIDTH);
    s02.intoArray(c, cFrom + 2 * WIDTH);
    s03.intoArray(c, cFrom + 3 * WIDTH);
    s10.intoArray(c, cFrom + cStride);
    s11.intoArray(c, cFrom + cStride + WIDTH);
    s12.intoArray(c, cFrom + cStride + 2 * WIDTH);
    s13.intoArray(c, cFrom + cStride + 3 * WIDTH);
    s20.intoArray(c, cFrom + 2 * cStride);
    s21.intoArray(c, cFrom + 2 * cStride + WIDTH);
    s22.intoArray(c, cFrom + 2 * cStride + 2 * WIDTH);
    s23.intoArray(c, cFrom + 2 * cStride + 3 * WIDTH);
    s30.intoArray(c, cFrom + 3 * cStride);
    s31.intoArray(c, cFrom + 3 * cStride + WIDTH);
    s32.intoArray(c, cFrom + 3 * cStride + 2 * WIDTH);
    s33.intoArray(c, cFrom + 3 * cStride + 3 * WIDTH);
    s40.intoArray(c, cFrom + 4 * cStride);
    s41.intoArray(c, cFrom + 4 * cStride + WIDTH);
    s42.intoArray(c, cFrom + 4 * cStride + 2 * WIDTH);
    s43.intoArray(c, cFrom + 4 * cStride + 3 * WIDTH);
    s50.intoArray(c, cFrom + 5 * cStride);
    s51.intoArray(c, cFrom + 5 * cStride + WIDTH);
    s52.intoArray(c, cFrom + 5 * cStride + 2 * WIDTH);
    s53.intoArray(c, cFrom + 5 * cStride + 3 * WIDTH);
  }

  /** Adds products to C. */
  private static void oneByFour(
      float[] a, int aFrom, int depth, float[] b, int bFrom, int bStride, float[] c, int cFrom) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, c, cFrom);
    FloatVector s1 = FloatVector.fromArray(FLOATS, c, cFrom + WIDTH);
    FloatVector s2 = FloatVector.fromArray(FLOATS, c, cFrom + 2 * WIDTH);
    FloatVector s3 = FloatVector.fromArray(FLOATS, c, cFrom + 3 * WIDTH);
    for (int k = 0, j = bFrom; k < depth; k++, j += bStride) {
      FloatVector x = FloatVector.broadcast(FLOATS, a[aFrom + k]);
      s0 = FloatVector.fromArray(FLOATS, b, j).mul(x).add(s0);
      s1 = FloatVector.fromArray(FLOATS, b, j + WIDTH).mul(x).add(s1);
      s2 = FloatVector.fromArray(FLOATS, b, j + 2 * WIDTH).mul(x).add(s2);
      s3 = FloatVector.fromArray(FLOATS, b, j + 3 * WIDTH).mul(x).add(s3);
    }
    s0.intoArray(c, cFrom);
    s1.intoArray(c, cFrom + WIDTH);
    s2.intoArray(c, cFrom + 2 * WIDTH);
    s3.intoArray(c, cFrom + 3 * WIDTH);
  }

  private static void sixByOne(
      float[] a, int aFrom, int aStride, int depth, float[] b, int bFrom, int bStride, float[] c, int cFrom, int cStride) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    FloatVector s4 = FloatVector.zero(FLOATS);
    FloatVector s5 = FloatVector.zero(FLOATS);
    for (int k = 0, i = aFrom, j = bFrom; k < depth; k++, i++, j += bStride) {
      FloatVector row = FloatVector.fromArray(FLOATS, b, j);
      s0 = row.mul(a[i]).add(s0);
      s1 = row.mul(a[i + aStride]).add(s1);
      s2 = row.mul(a[i + 2 * aStride]).add(s2);
      s3 = row.mul(a[i + 3 * aStride]).add(s3);
      s4 = row.mul(a[i + 4 * aStride]).add(s4);
      s5 = row.mul(a[i + 5 * aStride]).add(s5);
    }
    s0.intoArray(c, cFrom);
    s1.intoArray(c, cFrom + cStride);
    s2.intoArray(c, cFrom + 2 * cStride);
    s3.intoArray(c, cFrom + 3 * cStride);
    s4.intoArray(c, cFrom + 4 * cStride);
    s5.intoArray(c, cFrom + 5 * cStride);
  }

  @Override
  public void exponentials(float[] values, int from, int count) {
    int whole = isWarm(1 + count / EXPONENTIALS) ? count & -WIDTH : 0;
    if (whole > 0) {
      exponentials(values, from, whole, 0, new float[LANES]);
    }
    scalar.exponentials(values, from + whole, count - whole);
  }

  @Override
  public void softmax(float[] values, int from, int count) {
    if (count < LANES || !isWarm(1 + count / EXPONENTIALS)) {
      scalar.softmax(values, from, count);
      return;
    }
    int whole = count & -LANES;
    FloatVector greatest = FloatVector.fromArray(FLOATS, values, from);
    for (int i = from + WIDTH; i < from + whole; i += WIDTH) {
      greatest = FloatVector.fromArray(FLOATS, values, i).max(greatest);
    }
    float max = greatest.reduceLanes(VectorOperators.MAX);
    for (int i = from + whole; i < from + count; i++) {
      max = Math.max(max, values[i]);
    }
    float[] sums = new float[LANES];
    exponentials(values, from, whole, max, sums);
    // What is left begins at the first lane.
    for (int i = from + whole; i < from + count; i++) {
      values[i] -= max;
    }
    scalar.exponentials(values, from + whole, count - whole);
    for (int i = whole; i < count; i++) {
      sums[i - whole] += values[from + i];
    }
    scale(values, from, count, 1 / MatrixKernels.total(sums));
  }

  /** The exponentials of differences from {@code shift}, which are added to sums; {@code count} is a multiple of WIDTH. */
  private static void exponentials(float[] values, int from, int count, float shift, float[] sums) {
    for (int i = 0; i < count; i += WIDTH) {
      FloatVector x = FloatVector.fromArray(FLOATS, values, from + i).sub(shift)
          .min(ScalarMatrixKernels.GREATEST_EXPONENT).max(ScalarMatrixKernels.LEAST_EXPONENT);
      FloatVector rounded = x.mul(ScalarMatrixKernels.LOG2_E).add(ScalarMatrixKernels.ROUNDER);
      FloatVector n = rounded.sub(ScalarMatrixKernels.ROUNDER);
      FloatVector r = x.sub(n.mul(ScalarMatrixKernels.LN2_HIGH)).sub(n.mul(ScalarMatrixKernels.LN2_LOW));
      FloatVector p = r.mul(ScalarMatrixKernels.P0).add(ScalarMatrixKernels.P1)
          .mul(r).add(ScalarMatrixKernels.P2)
          .mul(r).add(ScalarMatrixKernels.P3)
          .mul(r).add(ScalarMatrixKernels.P4)
          .mul(r).add(ScalarMatrixKernels.P5);
      FloatVector y = p.mul(r.mul(r)).add(r).add(1);
      IntVector power = rounded.reinterpretAsInts().add(ScalarMatrixKernels.EXPONENT_BIAS)
          .lanewise(VectorOperators.LSHL, ScalarMatrixKernels.MANTISSA_BITS);
      FloatVector e = y.mul(power.reinterpretAsFloats());
      e.intoArray(values, from + i);
      int lane = i % LANES;
      e.add(FloatVector.fromArray(FLOATS, sums, lane)).intoArray(sums, lane);
    }
  }

  private static void scale(float[] values, int from, int count, float factor) {
    for (int i = from; i < from + count; i++) {
      values[i] *= factor;
    }
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    MatrixKernels kernels = vector ? new VectorMatrixKernels() : scalar;
    int rows = 2 * ROWS + 1;
    int depth = 64;
    int columns = (VECTORS + 1) * LANES;
    float[] a = new float[rows * depth];
    float[] b = new float[depth * columns];
    float[] c = new float[rows * columns];
    for (int i = 0; i < b.length; i++) {
      b[i] = i * 37 % 101 - 50;
    }
    return () -> {
      kernels.multiply(a, 0, depth, rows, depth, b, 0, columns, columns, c, 0, columns);
      kernels.softmax(a, 0, a.length);
      kernels.exponentials(a, 0, a.length);
    };
  }
}
