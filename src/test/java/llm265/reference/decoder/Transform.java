package llm265.reference.decoder;

/** 8.5.6 to 8.5.15: from lists of levels to residual samples. Matrices are indexed by row and column. */
final class Transform {
  /** (8-315): v of normAdjust4x4, by qP % 6. */
  private static final int[][] V4X4 = {{10, 16, 13}, {11, 18, 14}, {13, 20, 16}, {14, 23, 18}, {16, 25, 20}, {18, 29, 23}};

  /** (8-318): v of normAdjust8x8, by qP % 6. */
  private static final int[][] V8X8 = {
    {20, 18, 32, 19, 25, 24}, {22, 19, 35, 21, 28, 26}, {26, 23, 42, 24, 33, 31},
    {28, 25, 45, 26, 35, 33}, {32, 28, 51, 30, 40, 38}, {36, 32, 58, 34, 46, 43}
  };

  /** Table 8-2: 4 * row + column by the index in the list, for frame and field macroblocks. */
  private static final int[] ZIGZAG_4X4 = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
  private static final int[] FIELD_4X4 = {0, 4, 1, 8, 12, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15};

  /** Table 8-3: 8 * row + column. */
  private static final int[] ZIGZAG_8X8 = {
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63
  };
  private static final int[] FIELD_8X8 = {
    0, 8, 16, 1, 9, 24, 32, 17, 2, 25, 40, 48, 56, 33, 10, 3, 18, 41, 49, 57, 26, 11, 4, 19, 34, 42, 50, 58, 27, 12, 5, 20,
    35, 43, 51, 59, 28, 13, 6, 21, 36, 44, 52, 60, 29, 14, 22, 37, 45, 53, 61, 30, 7, 15, 38, 46, 54, 62, 23, 31, 39, 47, 55, 63
  };

  private Transform() {}

  /** 8.5.6 Inverse scanning process for 4x4 transform coefficients and scaling lists. */
  static int[][] inverseScan4x4(int[] list, boolean field) {
    int[][] c = new int[4][4];
    for (int i = 0; i < 16; i++) {
      int at = field ? FIELD_4X4[i] : ZIGZAG_4X4[i];
      c[at / 4][at % 4] = list[i];
    }
    return c;
  }

  /** 8.5.7 Inverse scanning process for 8x8 transform coefficients and scaling lists. */
  static int[][] inverseScan8x8(int[] list, boolean field) {
    int[][] c = new int[8][8];
    for (int i = 0; i < 64; i++) {
      int at = field ? FIELD_8X8[i] : ZIGZAG_8X8[i];
      c[at / 8][at % 8] = list[i];
    }
    return c;
  }

  /** (8-313): LevelScale4x4( m, i, j ); scaling lists are in zig-zag order in field macroblocks, too. */
  static int[][] levelScale4x4(int m, int[] scalingList) {
    int[][] weightScale = inverseScan4x4(scalingList, false);
    int[][] levelScale = new int[4][4];
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        int v = i % 2 == 0 && j % 2 == 0 ? 0 : i % 2 == 1 && j % 2 == 1 ? 1 : 2;
        levelScale[i][j] = weightScale[i][j] * V4X4[m][v];
      }
    }
    return levelScale;
  }

  /** (8-316): LevelScale8x8( m, i, j ). */
  static int[][] levelScale8x8(int m, int[] scalingList) {
    int[][] weightScale = inverseScan8x8(scalingList, false);
    int[][] levelScale = new int[8][8];
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < 8; j++) {
        levelScale[i][j] = weightScale[i][j] * V8X8[m][positionClass(i, j)];
      }
    }
    return levelScale;
  }

  /** (8-317). */
  private static int positionClass(int i, int j) {
    if (i % 4 == 0 && j % 4 == 0) {
      return 0;
    }
    if (i % 2 == 1 && j % 2 == 1) {
      return 1;
    }
    if (i % 4 == 2 && j % 4 == 2) {
      return 2;
    }
    if (i % 4 == 0 && j % 2 == 1 || i % 2 == 1 && j % 4 == 0) {
      return 3;
    }
    return i % 4 == 0 && j % 4 == 2 || i % 4 == 2 && j % 4 == 0 ? 4 : 5;
  }

  /** 8.5.12.1 and 8.5.13.1: multiplies by LevelScale and by 2 to the power of qP / 6; four more for 4x4, six for 8x8. */
  static int[][] scale(int[][] c, int qP, int[][] levelScale, boolean dcIsScaled) {
    int size = c.length;
    int unity = size == 4 ? 4 : 6;
    int[][] d = new int[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        boolean asItIs = dcIsScaled && i == 0 && j == 0;
        d[i][j] = asItIs ? c[i][j] : shift(c[i][j] * levelScale[i][j], qP / 6 - unity);
      }
    }
    return d;
  }

  /** value * 2^exponent; rounded where the exponent is negative. */
  private static int shift(int value, int exponent) {
    return exponent >= 0 ? value << exponent : (value + (1 << (-exponent - 1))) >> -exponent;
  }

  /** 8.5.12.2 Transformation process for residual 4x4 blocks: each row, then each column. */
  static int[][] transform4x4(int[][] d) {
    int[][] r = new int[4][4];
    for (int i = 0; i < 4; i++) {
      r[i] = transform4(d[i]);
    }
    for (int j = 0; j < 4; j++) {
      int[] column = transform4(new int[] {r[0][j], r[1][j], r[2][j], r[3][j]});
      for (int i = 0; i < 4; i++) {
        r[i][j] = (column[i] + 32) >> 6;
      }
    }
    return r;
  }

  private static int[] transform4(int[] d) {
    int e0 = d[0] + d[2];
    int e1 = d[0] - d[2];
    int e2 = (d[1] >> 1) - d[3];
    int e3 = d[1] + (d[3] >> 1);
    return new int[] {e0 + e3, e1 + e2, e1 - e2, e0 - e3};
  }

  /** 8.5.13.2 Transformation process for residual 8x8 blocks: each row, then each column. */
  static int[][] transform8x8(int[][] d) {
    int[][] r = new int[8][8];
    for (int i = 0; i < 8; i++) {
      r[i] = transform8(d[i]);
    }
    for (int j = 0; j < 8; j++) {
      int[] column = new int[8];
      for (int i = 0; i < 8; i++) {
        column[i] = r[i][j];
      }
      column = transform8(column);
      for (int i = 0; i < 8; i++) {
        r[i][j] = (column[i] + 32) >> 6;
      }
    }
    return r;
  }

  private static int[] transform8(int[] d) {
    int e0 = d[0] + d[4];
    int e1 = -d[3] + d[5] - d[7] - (d[7] >> 1);
    int e2 = d[0] - d[4];
    int e3 = d[1] + d[7] - d[3] - (d[3] >> 1);
    int e4 = (d[2] >> 1) - d[6];
    int e5 = -d[1] + d[7] + d[5] + (d[5] >> 1);
    int e6 = d[2] + (d[6] >> 1);
    int e7 = d[3] + d[5] + d[1] + (d[1] >> 1);
    int f0 = e0 + e6;
    int f1 = e1 + (e7 >> 2);
    int f2 = e2 + e4;
    int f3 = e3 + (e5 >> 2);
    int f4 = e2 - e4;
    int f5 = (e3 >> 2) - e5;
    int f6 = e0 - e6;
    int f7 = e7 - (e1 >> 2);
    return new int[] {f0 + f7, f2 + f5, f4 + f3, f6 + f1, f6 - f1, f4 - f3, f2 - f5, f0 - f7};
  }

  /** 8.5.10: the DC coefficients of an Intra_16x16 macroblock, by row and column of their blocks. */
  static int[][] intra16x16Dc(int[][] c, int qP, int levelScale) {
    int[][] f = hadamard(c);
    return scaleDc(f, qP, levelScale);
  }

  /** 8.5.11: the DC coefficients of chroma, 2x2 for 4:2:0 and 4 rows of 2 for 4:2:2. */
  static int[][] chromaDc(int[][] c, int qPDc, int levelScale) {
    int[][] f = hadamard(c);
    if (c.length == 4) {
      return scaleDc(f, qPDc, levelScale);
    }
    int[][] dcC = new int[2][2];
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 2; j++) {
        dcC[i][j] = ((f[i][j] * levelScale) << (qPDc / 6)) >> 5;
      }
    }
    return dcC;
  }

  private static int[][] scaleDc(int[][] f, int qP, int levelScale) {
    int[][] dc = new int[f.length][f[0].length];
    for (int i = 0; i < f.length; i++) {
      for (int j = 0; j < f[0].length; j++) {
        dc[i][j] = shift(f[i][j] * levelScale, qP / 6 - 6);
      }
    }
    return dc;
  }

  /** 8.5.10 and 8.5.11.1: sums and differences of the columns, then of the rows; 2 or 4 of each. */
  private static int[][] hadamard(int[][] c) {
    int[][] ofRows = signs(c.length);
    int[][] ofColumns = signs(c[0].length);
    return product(product(ofRows, c), ofColumns);
  }

  private static int[][] signs(int size) {
    return size == 2
        ? new int[][] {{1, 1}, {1, -1}}
        : new int[][] {{1, 1, 1, 1}, {1, 1, -1, -1}, {1, -1, -1, 1}, {1, -1, 1, -1}};
  }

  private static int[][] product(int[][] a, int[][] b) {
    int[][] ab = new int[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        for (int k = 0; k < b.length; k++) {
          ab[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return ab;
  }

  /** 8.5.15 Intra residual transform-bypass decoding process: levels are differences along the direction of prediction. */
  static void accumulate(int[][] r, boolean horPredFlag) {
    for (int i = 0; i < r.length; i++) {
      for (int j = 0; j < r[0].length; j++) {
        if (horPredFlag && j > 0) {
          r[i][j] += r[i][j - 1];
        } else if (!horPredFlag && i > 0) {
          r[i][j] += r[i - 1][j];
        }
      }
    }
  }
}
