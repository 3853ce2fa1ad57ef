package llm265.vector;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** 4x4 transforms of a 16x16 plane: 4, 2 or 1 blocks at a time, depending on the machine's vectors. */
final class Vector4x4 {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(INTS.vectorBitSize() / 2));
  private static final int LANES = LaneIndex.LANES;
  /** Number of blocks that are transformed at a time. */
  private static final int BLOCKS = LANES / 4;
  /** Number of vectors that a block takes in memory. */
  private static final int VECTORS = 16 / LANES;

  /** luma4x4BlkIdx of the blocks to the right of block 0 that share one vector. */
  private static final int[] RIGHT_OF_BLOCK_0 = {0, 1, 4, 5};
  /** Offset, in blocks, of vector v of the four that hold the blocks of one time. */
  private static final int BLOCK_OF_1 = RIGHT_OF_BLOCK_0[1 / VECTORS];
  private static final int BLOCK_OF_2 = RIGHT_OF_BLOCK_0[2 / VECTORS];
  private static final int BLOCK_OF_3 = RIGHT_OF_BLOCK_0[3 / VECTORS];
  /** Offset of those vectors in memory. */
  private static final int AT_1 = 16 * BLOCK_OF_1 + 1 % VECTORS * LANES;
  private static final int AT_2 = 16 * BLOCK_OF_2 + 2 % VECTORS * LANES;
  private static final int AT_3 = 16 * BLOCK_OF_3 + 3 % VECTORS * LANES;
  /** The bits, starting at the first block's, of the blocks that are transformed at a time. */
  private static final int GROUP = groupMask();

  private Vector4x4() {}

  private static int groupMask() {
    int mask = 0;
    for (int b = 0; b < BLOCKS; b++) {
      mask |= 1 << RIGHT_OF_BLOCK_0[b];
    }
    return mask;
  }

  /**
   * residual4x4 of 16 blocks, after scaling.
   *
   * @param d scaled coefficients, block by block; overwritten
   * @param present bit b: block b has coefficients; the others are 0
   */
  static void residual(int[] d, int present, short[] samples, int offset, int stride, int maxSample) {
    for (int row = 0; row < 4; row++) {
      for (int column = 0; column < 4; column += BLOCKS) {
        int first = ((row & 1) << 1) | ((row & 2) << 2) | column & 1 | ((column & 2) << 1);
        if (((present >> first) & GROUP) != 0) {
          inverse(d, 16 * first);
          addRows(d, 16 * first, samples, offset + 4 * row * stride + 4 * column, stride, maxSample);
        }
      }
    }
  }

  /**
   * Transforms the blocks from the one at {@code at} to the right; row i of all of them replaces vector i. It must not be
   * inlined with {@link #addRows}: C2 gives up inlining at 18,000 nodes, and vectors are then boxed.
   */
  private static void inverse(int[] d, int at) {
    IntVector v0 = IntVector.fromArray(INTS, d, at);
    IntVector v1 = IntVector.fromArray(INTS, d, at + AT_1);
    IntVector v2 = IntVector.fromArray(INTS, d, at + AT_2);
    IntVector v3 = IntVector.fromArray(INTS, d, at + AT_3);
    IntVector t0 = Transpose4x4.BLOCKS_TO_COLUMNS_01.selectFrom(v0, v1);
    IntVector t1 = Transpose4x4.BLOCKS_TO_COLUMNS_23.selectFrom(v0, v1);
    IntVector t2 = Transpose4x4.BLOCKS_TO_COLUMNS_01.selectFrom(v2, v3);
    IntVector t3 = Transpose4x4.BLOCKS_TO_COLUMNS_23.selectFrom(v2, v3);
    IntVector d0 = Transpose4x4.COLUMN_EVEN.selectFrom(t0, t2);
    IntVector d1 = Transpose4x4.COLUMN_ODD.selectFrom(t0, t2);
    IntVector d2 = Transpose4x4.COLUMN_EVEN.selectFrom(t1, t3);
    IntVector d3 = Transpose4x4.COLUMN_ODD.selectFrom(t1, t3);

    // Rows (8-338 to 8-345)
    IntVector e0 = d0.add(d2);
    IntVector e1 = d0.sub(d2);
    IntVector e2 = d1.lanewise(VectorOperators.ASHR, 1).sub(d3);
    IntVector e3 = d3.lanewise(VectorOperators.ASHR, 1).add(d1);
    IntVector f0 = e0.add(e3);
    IntVector f1 = e1.add(e2);
    IntVector f2 = e1.sub(e2);
    IntVector f3 = e0.sub(e3);

    t0 = Transpose4x4.LINES_01.selectFrom(f0, f1);
    t1 = Transpose4x4.LINES_23.selectFrom(f0, f1);
    t2 = Transpose4x4.LINES_01.selectFrom(f2, f3);
    t3 = Transpose4x4.LINES_23.selectFrom(f2, f3);
    f0 = Transpose4x4.LINE_EVEN.selectFrom(t0, t2);
    f1 = Transpose4x4.LINE_ODD.selectFrom(t0, t2);
    f2 = Transpose4x4.LINE_EVEN.selectFrom(t1, t3);
    f3 = Transpose4x4.LINE_ODD.selectFrom(t1, t3);

    // Columns (8-346 to 8-353)
    e0 = f0.add(f2);
    e1 = f0.sub(f2);
    e2 = f1.lanewise(VectorOperators.ASHR, 1).sub(f3);
    e3 = f3.lanewise(VectorOperators.ASHR, 1).add(f1);
    e0.add(e3).intoArray(d, at);
    e1.add(e2).intoArray(d, at + AT_1);
    e1.sub(e2).intoArray(d, at + AT_2);
    e0.sub(e3).intoArray(d, at + AT_3);
  }

  private static void addRows(int[] d, int at, short[] samples, int offset, int stride, int maxSample) {
    addRow(d, at, samples, offset, maxSample);
    addRow(d, at + AT_1, samples, offset + stride, maxSample);
    addRow(d, at + AT_2, samples, offset + 2 * stride, maxSample);
    addRow(d, at + AT_3, samples, offset + 3 * stride, maxSample);
  }

  /** (8-354), then 8.5.14: u = Clip1( pred + r ). */
  private static void addRow(int[] d, int from, short[] samples, int at, int maxSample) {
    IntVector prediction =
        (IntVector) ShortVector.fromArray(SHORTS, samples, at).convertShape(VectorOperators.S2I, INTS, 0);
    IntVector r = IntVector.fromArray(INTS, d, from).add(32).lanewise(VectorOperators.ASHR, 6);
    IntVector value = r.add(prediction).max(0).min(maxSample);
    ((ShortVector) value.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(samples, at);
  }

  /** forward4x4 of 16 blocks. */
  static void forward(int[] residual, int[] coefficients) {
    for (int row = 0; row < 4; row++) {
      for (int column = 0; column < 4; column += BLOCKS) {
        int first = ((row & 1) << 1) | ((row & 2) << 2) | column & 1 | ((column & 2) << 1);
        forwardOfGroup(residual, 64 * row + 4 * column, coefficients, 16 * first);
      }
    }
  }

  private static void forwardOfGroup(int[] residual, int from, int[] coefficients, int to) {
    IntVector x0 = IntVector.fromArray(INTS, residual, from);
    IntVector x1 = IntVector.fromArray(INTS, residual, from + 16);
    IntVector x2 = IntVector.fromArray(INTS, residual, from + 32);
    IntVector x3 = IntVector.fromArray(INTS, residual, from + 48);
    IntVector sum03 = x0.add(x3);
    IntVector sum12 = x1.add(x2);
    IntVector difference03 = x0.sub(x3);
    IntVector difference12 = x1.sub(x2);
    IntVector y0 = sum03.add(sum12);
    IntVector y1 = difference03.add(difference03).add(difference12);
    IntVector y2 = sum03.sub(sum12);
    IntVector y3 = difference03.sub(difference12.add(difference12));

    IntVector t0 = Transpose4x4.LINES_01.selectFrom(y0, y1);
    IntVector t1 = Transpose4x4.LINES_23.selectFrom(y0, y1);
    IntVector t2 = Transpose4x4.LINES_01.selectFrom(y2, y3);
    IntVector t3 = Transpose4x4.LINES_23.selectFrom(y2, y3);
    x0 = Transpose4x4.LINE_EVEN.selectFrom(t0, t2);
    x1 = Transpose4x4.LINE_ODD.selectFrom(t0, t2);
    x2 = Transpose4x4.LINE_EVEN.selectFrom(t1, t3);
    x3 = Transpose4x4.LINE_ODD.selectFrom(t1, t3);

    sum03 = x0.add(x3);
    sum12 = x1.add(x2);
    difference03 = x0.sub(x3);
    difference12 = x1.sub(x2);
    y0 = sum03.add(sum12);
    y1 = difference03.add(difference03).add(difference12);
    y2 = sum03.sub(sum12);
    y3 = difference03.sub(difference12.add(difference12));

    t0 = Transpose4x4.COLUMNS_FIRST_HALF.selectFrom(y0, y1);
    t1 = Transpose4x4.COLUMNS_FIRST_HALF.selectFrom(y2, y3);
    t2 = Transpose4x4.COLUMNS_SECOND_HALF.selectFrom(y0, y1);
    t3 = Transpose4x4.COLUMNS_SECOND_HALF.selectFrom(y2, y3);
    Transpose4x4.BLOCKS_FIRST.selectFrom(t0, t1).intoArray(coefficients, to);
    Transpose4x4.BLOCKS_SECOND.selectFrom(t0, t1).intoArray(coefficients, to + AT_1);
    Transpose4x4.BLOCKS_FIRST.selectFrom(t2, t3).intoArray(coefficients, to + AT_2);
    Transpose4x4.BLOCKS_SECOND.selectFrom(t2, t3).intoArray(coefficients, to + AT_3);
  }
}
