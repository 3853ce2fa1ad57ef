package llm265.vector;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * 8x8 transforms of a 16x16 plane, for machines with 8 lanes (one block at a time) or 16 (two).
 *
 * <p>Each step is a method of its own that passes its result through memory. With transposition and arithmetic in one method, C1
 * ran out of virtual registers while it compiled forward8x8. Without a profile C2 never compiled it, and its vectors stayed
 * boxed.
 */
final class Vector8x8 {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(INTS.vectorBitSize() / 2));
  private static final int LANES = LaneIndex.LANES;
  /** Number of blocks that are transformed at a time. */
  private static final int BLOCKS = LANES / 8;

  private Vector8x8() {}

  /**
   * residual8x8 of 4 blocks, after scaling.
   *
   * @param d scaled coefficients, block by block; overwritten
   * @param present bit b: block b has coefficients; the others are 0
   */
  static void residual(int[] d, int present, short[] samples, int offset, int stride, int maxSample) {
    for (int b = 0; b < 4; b += BLOCKS) {
      if (((present >> b) & ((1 << BLOCKS) - 1)) != 0) {
        blocksToColumns(d, 64 * b);
        inverseLines(d, 64 * b);
        exchangeRowsAndColumns(d, 64 * b);
        inverseLines(d, 64 * b);
        int at = offset + 8 * (b >> 1) * stride + 8 * (b & 1);
        for (int i = 0; i < 8; i++) {
          addRow(d, 64 * b + i * LANES, samples, at + i * stride, maxSample);
        }
      }
    }
  }

  /** 8.5.13.2 in one direction: coefficient k of a line lies in vector k. */
  private static void inverseLines(int[] d, int at) {
    IntVector d0 = IntVector.fromArray(INTS, d, at);
    IntVector d1 = IntVector.fromArray(INTS, d, at + LANES);
    IntVector d2 = IntVector.fromArray(INTS, d, at + 2 * LANES);
    IntVector d3 = IntVector.fromArray(INTS, d, at + 3 * LANES);
    IntVector d4 = IntVector.fromArray(INTS, d, at + 4 * LANES);
    IntVector d5 = IntVector.fromArray(INTS, d, at + 5 * LANES);
    IntVector d6 = IntVector.fromArray(INTS, d, at + 6 * LANES);
    IntVector d7 = IntVector.fromArray(INTS, d, at + 7 * LANES);
    IntVector e0 = d0.add(d4);
    IntVector e1 = d5.sub(d3).sub(d7).sub(d7.lanewise(VectorOperators.ASHR, 1));
    IntVector e2 = d0.sub(d4);
    IntVector e3 = d1.add(d7).sub(d3).sub(d3.lanewise(VectorOperators.ASHR, 1));
    IntVector e4 = d2.lanewise(VectorOperators.ASHR, 1).sub(d6);
    IntVector e5 = d7.sub(d1).add(d5).add(d5.lanewise(VectorOperators.ASHR, 1));
    IntVector e6 = d6.lanewise(VectorOperators.ASHR, 1).add(d2);
    IntVector e7 = d3.add(d5).add(d1).add(d1.lanewise(VectorOperators.ASHR, 1));
    IntVector f0 = e0.add(e6);
    IntVector f1 = e7.lanewise(VectorOperators.ASHR, 2).add(e1);
    IntVector f2 = e2.add(e4);
    IntVector f3 = e5.lanewise(VectorOperators.ASHR, 2).add(e3);
    IntVector f4 = e2.sub(e4);
    IntVector f5 = e3.lanewise(VectorOperators.ASHR, 2).sub(e5);
    IntVector f6 = e0.sub(e6);
    IntVector f7 = e7.sub(e1.lanewise(VectorOperators.ASHR, 2));
    f0.add(f7).intoArray(d, at);
    f2.add(f5).intoArray(d, at + LANES);
    f4.add(f3).intoArray(d, at + 2 * LANES);
    f6.add(f1).intoArray(d, at + 3 * LANES);
    f6.sub(f1).intoArray(d, at + 4 * LANES);
    f4.sub(f3).intoArray(d, at + 5 * LANES);
    f2.sub(f5).intoArray(d, at + 6 * LANES);
    f0.sub(f7).intoArray(d, at + 7 * LANES);
  }

  /** (8-354) and 8.5.14: u = Clip1( pred + r ). */
  private static void addRow(int[] d, int from, short[] samples, int at, int maxSample) {
    IntVector prediction =
        (IntVector) ShortVector.fromArray(SHORTS, samples, at).convertShape(VectorOperators.S2I, INTS, 0);
    IntVector r = IntVector.fromArray(INTS, d, from).add(32).lanewise(VectorOperators.ASHR, 6);
    IntVector value = r.add(prediction).max(0).min(maxSample);
    ((ShortVector) value.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(samples, at);
  }

  /** forward8x8 of 4 blocks. */
  static void forward(int[] residual, int[] coefficients) {
    for (int b = 0; b < 4; b += BLOCKS) {
      int at = 64 * b;
      forwardLines(residual, 128 * (b >> 1) + 8 * (b & 1), 16, coefficients, at);
      exchangeRowsAndColumns(coefficients, at);
      forwardLines(coefficients, at, LANES, coefficients, at);
      columnsToBlocks(coefficients, at);
    }
  }

  /** One direction: sample k of a line lies in vector k; vectors are {@code stride} elements apart. */
  private static void forwardLines(int[] from, int fromAt, int stride, int[] d, int at) {
    IntVector v0 = IntVector.fromArray(INTS, from, fromAt);
    IntVector v1 = IntVector.fromArray(INTS, from, fromAt + stride);
    IntVector v2 = IntVector.fromArray(INTS, from, fromAt + 2 * stride);
    IntVector v3 = IntVector.fromArray(INTS, from, fromAt + 3 * stride);
    IntVector v4 = IntVector.fromArray(INTS, from, fromAt + 4 * stride);
    IntVector v5 = IntVector.fromArray(INTS, from, fromAt + 5 * stride);
    IntVector v6 = IntVector.fromArray(INTS, from, fromAt + 6 * stride);
    IntVector v7 = IntVector.fromArray(INTS, from, fromAt + 7 * stride);
    IntVector s07 = v0.add(v7);
    IntVector s16 = v1.add(v6);
    IntVector s25 = v2.add(v5);
    IntVector s34 = v3.add(v4);
    IntVector d07 = v0.sub(v7);
    IntVector d16 = v1.sub(v6);
    IntVector d25 = v2.sub(v5);
    IntVector d34 = v3.sub(v4);
    IntVector even0 = s07.add(s34);
    IntVector even1 = s07.sub(s34);
    IntVector even2 = s16.add(s25);
    IntVector even3 = s16.sub(s25);
    even0.add(even2).lanewise(VectorOperators.LSHL, 3).intoArray(d, at);
    d07.mul(12).add(d16.mul(10)).add(d25.mul(6)).add(d34.mul(3)).intoArray(d, at + LANES);
    even1.lanewise(VectorOperators.LSHL, 3).add(even3.lanewise(VectorOperators.LSHL, 2)).intoArray(d, at + 2 * LANES);
    d07.mul(10).sub(d16.mul(3)).sub(d25.mul(12)).sub(d34.mul(6)).intoArray(d, at + 3 * LANES);
    even0.sub(even2).lanewise(VectorOperators.LSHL, 3).intoArray(d, at + 4 * LANES);
    d07.mul(6).sub(d16.mul(12)).add(d25.mul(3)).add(d34.mul(10)).intoArray(d, at + 5 * LANES);
    even1.lanewise(VectorOperators.LSHL, 2).sub(even3.lanewise(VectorOperators.LSHL, 3)).intoArray(d, at + 6 * LANES);
    d07.mul(3).sub(d16.mul(6)).add(d25.mul(10)).sub(d34.mul(12)).intoArray(d, at + 7 * LANES);
  }

  /** From the layout of blocks to that of columns. */
  private static void blocksToColumns(int[] d, int at) {
    IntVector v0 = IntVector.fromArray(INTS, d, at);
    IntVector v1 = IntVector.fromArray(INTS, d, at + LANES);
    IntVector v2 = IntVector.fromArray(INTS, d, at + 2 * LANES);
    IntVector v3 = IntVector.fromArray(INTS, d, at + 3 * LANES);
    IntVector v4 = IntVector.fromArray(INTS, d, at + 4 * LANES);
    IntVector v5 = IntVector.fromArray(INTS, d, at + 5 * LANES);
    IntVector v6 = IntVector.fromArray(INTS, d, at + 6 * LANES);
    IntVector v7 = IntVector.fromArray(INTS, d, at + 7 * LANES);
    IntVector t0 = Transpose8x8.COLUMNS_0123.selectFrom(v0, v1);
    IntVector t1 = Transpose8x8.COLUMNS_4567.selectFrom(v0, v1);
    IntVector t2 = Transpose8x8.COLUMNS_0123.selectFrom(v2, v3);
    IntVector t3 = Transpose8x8.COLUMNS_4567.selectFrom(v2, v3);
    IntVector t4 = Transpose8x8.COLUMNS_0123.selectFrom(v4, v5);
    IntVector t5 = Transpose8x8.COLUMNS_4567.selectFrom(v4, v5);
    IntVector t6 = Transpose8x8.COLUMNS_0123.selectFrom(v6, v7);
    IntVector t7 = Transpose8x8.COLUMNS_4567.selectFrom(v6, v7);
    v0 = Transpose8x8.FIRST_PAIR.selectFrom(t0, t2);
    v1 = Transpose8x8.SECOND_PAIR.selectFrom(t0, t2);
    v2 = Transpose8x8.FIRST_PAIR.selectFrom(t1, t3);
    v3 = Transpose8x8.SECOND_PAIR.selectFrom(t1, t3);
    v4 = Transpose8x8.FIRST_PAIR.selectFrom(t4, t6);
    v5 = Transpose8x8.SECOND_PAIR.selectFrom(t4, t6);
    v6 = Transpose8x8.FIRST_PAIR.selectFrom(t5, t7);
    v7 = Transpose8x8.SECOND_PAIR.selectFrom(t5, t7);
    Transpose8x8.FIRST_COLUMN.selectFrom(v0, v4).intoArray(d, at);
    Transpose8x8.SECOND_COLUMN.selectFrom(v0, v4).intoArray(d, at + LANES);
    Transpose8x8.FIRST_COLUMN.selectFrom(v1, v5).intoArray(d, at + 2 * LANES);
    Transpose8x8.SECOND_COLUMN.selectFrom(v1, v5).intoArray(d, at + 3 * LANES);
    Transpose8x8.FIRST_COLUMN.selectFrom(v2, v6).intoArray(d, at + 4 * LANES);
    Transpose8x8.SECOND_COLUMN.selectFrom(v2, v6).intoArray(d, at + 5 * LANES);
    Transpose8x8.FIRST_COLUMN.selectFrom(v3, v7).intoArray(d, at + 6 * LANES);
    Transpose8x8.SECOND_COLUMN.selectFrom(v3, v7).intoArray(d, at + 7 * LANES);
  }

  /** From the layout of columns to that of rows, or back. */
  private static void exchangeRowsAndColumns(int[] d, int at) {
    IntVector v0 = IntVector.fromArray(INTS, d, at);
    IntVector v1 = IntVector.fromArray(INTS, d, at + LANES);
    IntVector v2 = IntVector.fromArray(INTS, d, at + 2 * LANES);
    IntVector v3 = IntVector.fromArray(INTS, d, at + 3 * LANES);
    IntVector v4 = IntVector.fromArray(INTS, d, at + 4 * LANES);
    IntVector v5 = IntVector.fromArray(INTS, d, at + 5 * LANES);
    IntVector v6 = IntVector.fromArray(INTS, d, at + 6 * LANES);
    IntVector v7 = IntVector.fromArray(INTS, d, at + 7 * LANES);
    IntVector t0 = Transpose8x8.LOW_4.selectFrom(v0, v4);
    IntVector t4 = Transpose8x8.HIGH_4.selectFrom(v0, v4);
    IntVector t1 = Transpose8x8.LOW_4.selectFrom(v1, v5);
    IntVector t5 = Transpose8x8.HIGH_4.selectFrom(v1, v5);
    IntVector t2 = Transpose8x8.LOW_4.selectFrom(v2, v6);
    IntVector t6 = Transpose8x8.HIGH_4.selectFrom(v2, v6);
    IntVector t3 = Transpose8x8.LOW_4.selectFrom(v3, v7);
    IntVector t7 = Transpose8x8.HIGH_4.selectFrom(v3, v7);
    v0 = Transpose8x8.LOW_2.selectFrom(t0, t2);
    v2 = Transpose8x8.HIGH_2.selectFrom(t0, t2);
    v1 = Transpose8x8.LOW_2.selectFrom(t1, t3);
    v3 = Transpose8x8.HIGH_2.selectFrom(t1, t3);
    v4 = Transpose8x8.LOW_2.selectFrom(t4, t6);
    v6 = Transpose8x8.HIGH_2.selectFrom(t4, t6);
    v5 = Transpose8x8.LOW_2.selectFrom(t5, t7);
    v7 = Transpose8x8.HIGH_2.selectFrom(t5, t7);
    Transpose8x8.LOW_1.selectFrom(v0, v1).intoArray(d, at);
    Transpose8x8.HIGH_1.selectFrom(v0, v1).intoArray(d, at + LANES);
    Transpose8x8.LOW_1.selectFrom(v2, v3).intoArray(d, at + 2 * LANES);
    Transpose8x8.HIGH_1.selectFrom(v2, v3).intoArray(d, at + 3 * LANES);
    Transpose8x8.LOW_1.selectFrom(v4, v5).intoArray(d, at + 4 * LANES);
    Transpose8x8.HIGH_1.selectFrom(v4, v5).intoArray(d, at + 5 * LANES);
    Transpose8x8.LOW_1.selectFrom(v6, v7).intoArray(d, at + 6 * LANES);
    Transpose8x8.HIGH_1.selectFrom(v6, v7).intoArray(d, at + 7 * LANES);
  }

  /** From the layout of columns to that of blocks. */
  private static void columnsToBlocks(int[] d, int at) {
    IntVector v0 = IntVector.fromArray(INTS, d, at);
    IntVector v1 = IntVector.fromArray(INTS, d, at + LANES);
    IntVector v2 = IntVector.fromArray(INTS, d, at + 2 * LANES);
    IntVector v3 = IntVector.fromArray(INTS, d, at + 3 * LANES);
    IntVector v4 = IntVector.fromArray(INTS, d, at + 4 * LANES);
    IntVector v5 = IntVector.fromArray(INTS, d, at + 5 * LANES);
    IntVector v6 = IntVector.fromArray(INTS, d, at + 6 * LANES);
    IntVector v7 = IntVector.fromArray(INTS, d, at + 7 * LANES);
    IntVector t0 = Transpose8x8.FIRST_HALF.selectFrom(v0, v1);
    IntVector t4 = Transpose8x8.SECOND_HALF.selectFrom(v0, v1);
    IntVector t1 = Transpose8x8.FIRST_HALF.selectFrom(v2, v3);
    IntVector t5 = Transpose8x8.SECOND_HALF.selectFrom(v2, v3);
    IntVector t2 = Transpose8x8.FIRST_HALF.selectFrom(v4, v5);
    IntVector t6 = Transpose8x8.SECOND_HALF.selectFrom(v4, v5);
    IntVector t3 = Transpose8x8.FIRST_HALF.selectFrom(v6, v7);
    IntVector t7 = Transpose8x8.SECOND_HALF.selectFrom(v6, v7);
    v0 = Transpose8x8.FIRST_QUARTER.selectFrom(t0, t1);
    v2 = Transpose8x8.SECOND_QUARTER.selectFrom(t0, t1);
    v1 = Transpose8x8.FIRST_QUARTER.selectFrom(t2, t3);
    v3 = Transpose8x8.SECOND_QUARTER.selectFrom(t2, t3);
    v4 = Transpose8x8.FIRST_QUARTER.selectFrom(t4, t5);
    v6 = Transpose8x8.SECOND_QUARTER.selectFrom(t4, t5);
    v5 = Transpose8x8.FIRST_QUARTER.selectFrom(t6, t7);
    v7 = Transpose8x8.SECOND_QUARTER.selectFrom(t6, t7);
    Transpose8x8.FIRST_LINES.selectFrom(v0, v1).intoArray(d, at);
    Transpose8x8.SECOND_LINES.selectFrom(v0, v1).intoArray(d, at + LANES);
    Transpose8x8.FIRST_LINES.selectFrom(v2, v3).intoArray(d, at + 2 * LANES);
    Transpose8x8.SECOND_LINES.selectFrom(v2, v3).intoArray(d, at + 3 * LANES);
    Transpose8x8.FIRST_LINES.selectFrom(v4, v5).intoArray(d, at + 4 * LANES);
    Transpose8x8.SECOND_LINES.selectFrom(v4, v5).intoArray(d, at + 5 * LANES);
    Transpose8x8.FIRST_LINES.selectFrom(v6, v7).intoArray(d, at + 6 * LANES);
    Transpose8x8.SECOND_LINES.selectFrom(v6, v7).intoArray(d, at + 7 * LANES);
  }
}
