package llm265.h264.transform;

import llm265.h264.macroblock.BlockScan;

/** 8.5.10, 8.5.11 Scaling and transformation of DC coefficients, and the encoder's transforms that they invert. */
public final class DcTransform {
  private DcTransform() {}

  /**
   * 8.5.10 Scaling and transformation process for DC transform coefficients for Intra_16x16 macroblock type.
   *
   * @param c the matrix c at {@code cOff}, at 4 * row + column; not changed
   * @param levelScale00 LevelScale4x4( qP % 6, 0, 0 ) of the plane
   * @param qP QP'Y (QP'C for Cb and Cr in 4:4:4)
   * @param dcY receives 16 elements at {@code dcOff}: d00 of each block, by luma4x4BlkIdx (Figure 6-10)
   */
  public static void inverseLuma(int[] c, int cOff, int levelScale00, int qP, int[] dcY, int dcOff) {
    for (int j = 0; j < 4; j++) {
      hadamard4(c, cOff + j, 4, dcY, dcOff + j, 4);
    }
    for (int i = 0; i < 4; i++) {
      hadamard4(dcY, dcOff + 4 * i, 1, dcY, dcOff + 4 * i, 1);
    }
    scaleBy64(dcY, dcOff, 16, levelScale00, qP);
    // Raster order to luma4x4BlkIdx: the middle pair of each half is swapped
    swap(dcY, dcOff + 2, dcOff + 4);
    swap(dcY, dcOff + 3, dcOff + 5);
    swap(dcY, dcOff + 10, dcOff + 12);
    swap(dcY, dcOff + 11, dcOff + 13);
  }

  /**
   * The transform that {@link #inverseLuma} inverts, not normalized: applying the 4x4 Hadamard transform twice gives 16 times
   * the identity.
   *
   * @param coefficients W of 16 blocks, by luma4x4BlkIdx, as forward4x4 leaves them; element 0 of each is read
   * @param c receives 16 elements at {@code cOff}, at 4 * row + column
   */
  public static void forwardLuma(int[] coefficients, int[] c, int cOff) {
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      c[cOff + BlockScan.BLOCK_RASTER[blkIdx]] = coefficients[16 * blkIdx];
    }
    hadamard(c, cOff);
  }

  /** The 4x4 Hadamard transform of a matrix, in place. */
  static void hadamard(int[] c, int cOff) {
    for (int j = 0; j < 4; j++) {
      hadamard4(c, cOff + j, 4, c, cOff + j, 4);
    }
    for (int i = 0; i < 4; i++) {
      hadamard4(c, cOff + 4 * i, 1, c, cOff + 4 * i, 1);
    }
  }

  /**
   * 8.5.11 Scaling and transformation process for chroma DC transform coefficients, 4:2:0.
   *
   * @param c the 2x2 matrix c at {@code cOff}, at 2 * row + column; not changed
   * @param levelScale00 LevelScale4x4( QP'C % 6, 0, 0 ) of the plane
   * @param qP QP'C
   * @param dcC receives 4 elements at {@code dcOff}: d00 by chroma4x4BlkIdx
   */
  public static void inverseChroma420(int[] c, int cOff, int levelScale00, int qP, int[] dcC, int dcOff) {
    hadamard2x2(c, cOff, dcC, dcOff);
    for (int k = dcOff; k < dcOff + 4; k++) {
      dcC[k] = (dcC[k] * levelScale00 << qP / 6) >> 5;
    }
  }

  /**
   * 8.5.11 for 4:2:2.
   *
   * @param c the 4x2 matrix c at {@code cOff}, at 2 * row + column; not changed
   * @param levelScale00 LevelScale4x4( QP'C,dc % 6, 0, 0 ), where QP'C,dc = QP'C + 3
   * @param qPdc QP'C,dc (8-331)
   * @param dcC receives 8 elements at {@code dcOff}: d00 by chroma4x4BlkIdx
   */
  public static void inverseChroma422(int[] c, int cOff, int levelScale00, int qPdc, int[] dcC, int dcOff) {
    hadamard4x2(c, cOff, dcC, dcOff);
    scaleBy64(dcC, dcOff, 8, levelScale00, qPdc);
  }

  /** The 2x2 transform that {@link #inverseChroma420} inverts, not normalized: element 0 of 4 blocks in, c out. */
  public static void forwardChroma420(int[] coefficients, int coefficientsOff, int[] c, int cOff) {
    for (int blkIdx = 0; blkIdx < 4; blkIdx++) {
      c[cOff + blkIdx] = coefficients[coefficientsOff + 16 * blkIdx];
    }
    hadamard2x2(c, cOff, c, cOff);
  }

  /** (8-321, 8-322), and (8-332, 8-333) for 4:2:2. */
  private static void scaleBy64(int[] f, int off, int n, int levelScale00, int qP) {
    int qpPer = qP / 6;
    for (int k = off; k < off + n; k++) {
      f[k] = qpPer >= 6 ? f[k] * levelScale00 << (qpPer - 6) : (f[k] * levelScale00 + (1 << (5 - qpPer))) >> (6 - qpPer);
    }
  }

  private static void swap(int[] values, int i, int j) {
    int value = values[i];
    values[i] = values[j];
    values[j] = value;
  }

  /** One row or column times the matrix of (8-320). */
  private static void hadamard4(int[] in, int inOff, int inStep, int[] out, int outOff, int outStep) {
    int sum01 = in[inOff] + in[inOff + inStep];
    int diff01 = in[inOff] - in[inOff + inStep];
    int sum23 = in[inOff + 2 * inStep] + in[inOff + 3 * inStep];
    int diff23 = in[inOff + 2 * inStep] - in[inOff + 3 * inStep];
    out[outOff] = sum01 + sum23;
    out[outOff + outStep] = sum01 - sum23;
    out[outOff + 2 * outStep] = diff01 - diff23;
    out[outOff + 3 * outStep] = diff01 + diff23;
  }

  /** (8-328) */
  private static void hadamard2x2(int[] in, int inOff, int[] out, int outOff) {
    int a = in[inOff];
    int b = in[inOff + 1];
    int c = in[inOff + 2];
    int d = in[inOff + 3];
    out[outOff] = a + b + c + d;
    out[outOff + 1] = a - b + c - d;
    out[outOff + 2] = a + b - c - d;
    out[outOff + 3] = a - b - c + d;
  }

  /** (8-329) */
  private static void hadamard4x2(int[] in, int inOff, int[] out, int outOff) {
    hadamard4(in, inOff, 2, out, outOff, 2);
    hadamard4(in, inOff + 1, 2, out, outOff + 1, 2);
    for (int i = outOff; i < outOff + 8; i += 2) {
      int sum = out[i] + out[i + 1];
      int difference = out[i] - out[i + 1];
      out[i] = sum;
      out[i + 1] = difference;
    }
  }
}
