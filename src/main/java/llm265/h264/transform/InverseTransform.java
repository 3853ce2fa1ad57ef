package llm265.h264.transform;

/**
 * 8.5.12 and 8.5.13 Scaling and transformation of one residual block, and 8.5.14 picture construction: adds the result to the
 * prediction in the destination.
 *
 * <p>Sums are {@code int}s that wrap. In a legal stream they need no more than 8 + bitDepth bits (8.5.12.2). In any other stream
 * the samples are arbitrary, but the same on every kernel.
 */
public final class InverseTransform {
  private InverseTransform() {}

  /**
   * Scales, transforms and adds a 4x4 block.
   *
   * @param levels the block's levels at {@code levelsOff}, at 4 * row + column; not changed
   * @param levelScale LevelScale4x4 of qP % 6
   * @param qP QP'Y or QP'C, 0 to 87
   * @param samples prediction on entry, constructed samples on return
   * @param offset index of the block's first sample
   * @param stride distance between rows
   * @param maxSample 2^bitDepth - 1
   * @param scratch 16 elements
   */
  public static void residual4x4(int[] levels, int levelsOff, int[] levelScale, int qP,
      short[] samples, int offset, int stride, int maxSample, int[] scratch) {
    scale4x4(levels, levelsOff, levelScale, qP, scratch);
    transformAndAdd4x4(scratch, samples, offset, stride, maxSample);
  }

  /**
   * Like {@link #residual4x4}, for blocks whose DC coefficient is transformed separately: Intra_16x16 and chroma.
   *
   * @param dc d00, already scaled (8-335)
   */
  public static void residual4x4(int[] levels, int levelsOff, int[] levelScale, int qP, int dc,
      short[] samples, int offset, int stride, int maxSample, int[] scratch) {
    scale4x4(levels, levelsOff, levelScale, qP, scratch);
    scratch[0] = dc;
    transformAndAdd4x4(scratch, samples, offset, stride, maxSample);
  }

  /**
   * Adds a 4x4 block in which only the DC coefficient is not 0: all residual samples are then equal.
   *
   * @param dc d00, already scaled (8-335)
   */
  public static void residualDc4x4(int dc, short[] samples, int offset, int stride, int maxSample) {
    int r = (dc + 32) >> 6;
    for (int row = offset; row < offset + 4 * stride; row += stride) {
      for (int j = row; j < row + 4; j++) {
        samples[j] = (short) Math.max(0, Math.min(maxSample, samples[j] + r));
      }
    }
  }

  /**
   * Scales, transforms and adds an 8x8 block.
   *
   * @param levels the block's levels at {@code levelsOff}, at 8 * row + column; not changed
   * @param levelScale LevelScale8x8 of qP % 6
   * @param qP QP'Y or QP'C, 0 to 87
   * @param samples prediction on entry, constructed samples on return
   * @param offset index of the block's first sample
   * @param stride distance between rows
   * @param maxSample 2^bitDepth - 1
   * @param scratch 64 elements
   */
  public static void residual8x8(int[] levels, int levelsOff, int[] levelScale, int qP,
      short[] samples, int offset, int stride, int maxSample, int[] scratch) {
    scale8x8(levels, levelsOff, levelScale, qP, scratch);
    for (int i = 0; i < 8; i++) {
      transform8(scratch, 8 * i, 1);
    }
    for (int j = 0; j < 8; j++) {
      transform8(scratch, j, 8);
    }
    addAll(scratch, 8, samples, offset, stride, maxSample);
  }

  /** 8.5.12.1 Scaling process for residual 4x4 blocks (8-336, 8-337). */
  public static void scale4x4(int[] levels, int levelsOff, int[] levelScale, int qP, int[] d) {
    int qpPer = qP / 6;
    if (qpPer >= 4) {
      for (int k = 0; k < 16; k++) {
        d[k] = levels[levelsOff + k] * levelScale[k] << (qpPer - 4);
      }
    } else {
      int round = 1 << (3 - qpPer);
      for (int k = 0; k < 16; k++) {
        d[k] = (levels[levelsOff + k] * levelScale[k] + round) >> (4 - qpPer);
      }
    }
  }

  /** 8.5.13.1 Scaling process for residual 8x8 blocks (8-356, 8-357). */
  public static void scale8x8(int[] levels, int levelsOff, int[] levelScale, int qP, int[] d) {
    int qpPer = qP / 6;
    if (qpPer >= 6) {
      for (int k = 0; k < 64; k++) {
        d[k] = levels[levelsOff + k] * levelScale[k] << (qpPer - 6);
      }
    } else {
      int round = 1 << (5 - qpPer);
      for (int k = 0; k < 64; k++) {
        d[k] = (levels[levelsOff + k] * levelScale[k] + round) >> (6 - qpPer);
      }
    }
  }

  /**
   * 8.5.12.2 Transformation process for residual 4x4 blocks, then 8.5.14. Rows come first, since the halvings do not commute.
   * The columns are added to the samples at once.
   */
  private static void transformAndAdd4x4(int[] d, short[] samples, int offset, int stride, int maxSample) {
    transformRow4(d, 0);
    transformRow4(d, 4);
    transformRow4(d, 8);
    transformRow4(d, 12);
    addColumn4(d, 0, samples, offset, stride, maxSample);
    addColumn4(d, 1, samples, offset + 1, stride, maxSample);
    addColumn4(d, 2, samples, offset + 2, stride, maxSample);
    addColumn4(d, 3, samples, offset + 3, stride, maxSample);
  }

  /** One row (8-338 to 8-345), in place. */
  private static void transformRow4(int[] d, int first) {
    int d0 = d[first];
    int d1 = d[first + 1];
    int d2 = d[first + 2];
    int d3 = d[first + 3];
    int e0 = d0 + d2;
    int e1 = d0 - d2;
    int e2 = (d1 >> 1) - d3;
    int e3 = d1 + (d3 >> 1);
    d[first] = e0 + e3;
    d[first + 1] = e1 + e2;
    d[first + 2] = e1 - e2;
    d[first + 3] = e0 - e3;
  }

  /** One column (8-346 to 8-353), rounded (8-354) and added. */
  private static void addColumn4(int[] d, int j, short[] samples, int at, int stride, int maxSample) {
    int d0 = d[j] + 32;
    int d1 = d[4 + j];
    int d2 = d[8 + j];
    int d3 = d[12 + j];
    int e0 = d0 + d2;
    int e1 = d0 - d2;
    int e2 = (d1 >> 1) - d3;
    int e3 = d1 + (d3 >> 1);
    add(samples, at, (e0 + e3) >> 6, maxSample);
    add(samples, at + stride, (e1 + e2) >> 6, maxSample);
    add(samples, at + 2 * stride, (e1 - e2) >> 6, maxSample);
    add(samples, at + 3 * stride, (e0 - e3) >> 6, maxSample);
  }

  private static void add(short[] samples, int at, int r, int maxSample) {
    samples[at] = (short) Math.max(0, Math.min(maxSample, samples[at] + r));
  }

  /** 8.5.13.2 Transformation process for residual 8x8 blocks: one row or column, in place. */
  private static void transform8(int[] d, int first, int step) {
    int d0 = d[first];
    int d1 = d[first + step];
    int d2 = d[first + 2 * step];
    int d3 = d[first + 3 * step];
    int d4 = d[first + 4 * step];
    int d5 = d[first + 5 * step];
    int d6 = d[first + 6 * step];
    int d7 = d[first + 7 * step];
    int e0 = d0 + d4;
    int e1 = -d3 + d5 - d7 - (d7 >> 1);
    int e2 = d0 - d4;
    int e3 = d1 + d7 - d3 - (d3 >> 1);
    int e4 = (d2 >> 1) - d6;
    int e5 = -d1 + d7 + d5 + (d5 >> 1);
    int e6 = d2 + (d6 >> 1);
    int e7 = d3 + d5 + d1 + (d1 >> 1);
    int f0 = e0 + e6;
    int f1 = e1 + (e7 >> 2);
    int f2 = e2 + e4;
    int f3 = e3 + (e5 >> 2);
    int f4 = e2 - e4;
    int f5 = (e3 >> 2) - e5;
    int f6 = e0 - e6;
    int f7 = e7 - (e1 >> 2);
    d[first] = f0 + f7;
    d[first + step] = f2 + f5;
    d[first + 2 * step] = f4 + f3;
    d[first + 3 * step] = f6 + f1;
    d[first + 4 * step] = f6 - f1;
    d[first + 5 * step] = f4 - f3;
    d[first + 6 * step] = f2 - f5;
    d[first + 7 * step] = f0 - f7;
  }

  /** (8-354), then 8.5.14: u = Clip1( pred + r ). */
  private static void addAll(int[] d, int size, short[] samples, int offset, int stride, int maxSample) {
    for (int i = 0; i < size; i++) {
      int row = offset + i * stride;
      for (int j = 0; j < size; j++) {
        add(samples, row + j, (d[size * i + j] + 32) >> 6, maxSample);
      }
    }
  }
}
