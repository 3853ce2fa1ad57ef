package llm265.h264.cabac;

/**
 * Table 9-42 Specification of ctxBlockCat for the different blocks, and the context variables that code a residual block
 * (Tables 9-34 and 9-40).
 *
 * <p>Arrays are indexed by ctxBlockCat and hold ctxIdxOffset + ctxBlockCatOffset.
 */
public final class CtxBlockCat {
  /** Intra16x16DCLevel. */
  public static final int LUMA_DC = 0;
  /** Intra16x16ACLevel. */
  public static final int LUMA_AC = 1;
  /** LumaLevel4x4. */
  public static final int LUMA_4X4 = 2;
  /** ChromaDCLevel of 4:2:0 and 4:2:2. */
  public static final int CHROMA_DC = 3;
  /** ChromaACLevel of 4:2:0 and 4:2:2. */
  public static final int CHROMA_AC = 4;
  /** LumaLevel8x8. */
  public static final int LUMA_8X8 = 5;

  /** Number of values; 6 to 9 and 10 to 13 are DC, AC, 4x4 and 8x8 blocks of Cb and of Cr in 4:4:4. */
  public static final int COUNT = 14;

  private static final int[] MAX_NUM_COEFF = {16, 15, 16, 8, 15, 64, 16, 15, 16, 64, 16, 15, 16, 64};

  private static final int[] CODED_BLOCK_FLAG = {
    85, 89, 93, 97, 101, 1012, 460, 464, 468, 1016, 472, 476, 480, 1020
  };

  private static final int[][] SIGNIFICANT_COEFF_FLAG = {
    {105, 120, 134, 149, 152, 402, 484, 499, 513, 660, 528, 543, 557, 718},
    {277, 292, 306, 321, 324, 436, 776, 791, 805, 675, 820, 835, 849, 733}
  };

  private static final int[][] LAST_SIGNIFICANT_COEFF_FLAG = {
    {166, 181, 195, 210, 213, 417, 572, 587, 601, 690, 616, 631, 645, 748},
    {338, 353, 367, 382, 385, 451, 864, 879, 893, 699, 908, 923, 937, 757}
  };

  private static final int[] COEFF_ABS_LEVEL_MINUS1 = {
    227, 237, 247, 257, 266, 426, 952, 962, 972, 708, 982, 992, 1002, 766
  };

  /** Table 9-43, indexed by levelListIdx: significant_coeff_flag in frames, in fields, last_significant_coeff_flag. */
  private static final byte[][] CTX_IDX_INC_8X8 = new byte[3][63];

  /** The blocks of at most 16 coefficients: ctxIdxInc is levelListIdx. */
  static final byte[] IDENTITY = new byte[16];

  /** Min(numDecodAbsLevel / NumC8x8, 2) of ChromaDCLevel by levelListIdx, for NumC8x8 1 and 2 (9.3.3.1.3). */
  private static final byte[][] CTX_IDX_INC_CHROMA_DC = {{0, 1, 2}, {0, 0, 1, 1, 2, 2, 2}};

  static {
    for (int[] row : NormativeTable.read("ctx-idx-inc-8x8.txt", 4)) {
      for (int column = 0; column < 3; column++) {
        CTX_IDX_INC_8X8[column][row[0]] = (byte) row[1 + column];
      }
    }
    for (int i = 0; i < IDENTITY.length; i++) {
      IDENTITY[i] = (byte) i;
    }
  }

  private CtxBlockCat() {}

  /**
   * ctxBlockCat of a block that is coded as luma; in 4:4:4 this includes blocks of Cb and Cr.
   *
   * @param luma {@link #LUMA_DC}, {@link #LUMA_AC}, {@link #LUMA_4X4} or {@link #LUMA_8X8}
   * @param plane 0 luma, 1 Cb, 2 Cr
   */
  public static int ofPlane(int luma, int plane) {
    if (plane == 0) {
      return luma;
    }
    return 2 + 4 * plane + (luma == LUMA_8X8 ? 3 : luma);
  }

  /** maxNumCoeff; 8 for ChromaDCLevel, of which 4:2:0 has only 4. */
  public static int maxNumCoeff(int ctxBlockCat) {
    return MAX_NUM_COEFF[ctxBlockCat];
  }

  /** ctxIdx of coded_block_flag for ctxIdxInc 0; the increments are 0 to 3. */
  public static int codedBlockFlag(int ctxBlockCat) {
    return CODED_BLOCK_FLAG[ctxBlockCat];
  }

  /** ctxIdx of significant_coeff_flag for ctxIdxInc 0. */
  public static int significantCoeffFlag(int ctxBlockCat, boolean fieldCoded) {
    return SIGNIFICANT_COEFF_FLAG[fieldCoded ? 1 : 0][ctxBlockCat];
  }

  /** ctxIdx of last_significant_coeff_flag for ctxIdxInc 0. */
  public static int lastSignificantCoeffFlag(int ctxBlockCat, boolean fieldCoded) {
    return LAST_SIGNIFICANT_COEFF_FLAG[fieldCoded ? 1 : 0][ctxBlockCat];
  }

  /** ctxIdx of coeff_abs_level_minus1 for ctxIdxInc 0; the increments are 0 to 9 (9.3.3.1.3). */
  public static int coeffAbsLevelMinus1(int ctxBlockCat) {
    return COEFF_ABS_LEVEL_MINUS1[ctxBlockCat];
  }

  /** Largest ctxIdxInc of the bins of coeff_abs_level_minus1 after the first: 9, or 8 for ChromaDCLevel (9.3.3.1.3). */
  public static int largestLevelIncrement(int ctxBlockCat) {
    return ctxBlockCat == CHROMA_DC ? 8 : 9;
  }

  /** ctxIdxInc of significant_coeff_flag by levelListIdx. */
  static byte[] significantIncrements(int ctxBlockCat, boolean fieldCoded, int numC8x8) {
    if (ctxBlockCat == CHROMA_DC) {
      return CTX_IDX_INC_CHROMA_DC[numC8x8 - 1];
    }
    return MAX_NUM_COEFF[ctxBlockCat] == 64 ? CTX_IDX_INC_8X8[fieldCoded ? 1 : 0] : IDENTITY;
  }

  /** ctxIdxInc of last_significant_coeff_flag by levelListIdx. */
  static byte[] lastIncrements(int ctxBlockCat, int numC8x8) {
    if (ctxBlockCat == CHROMA_DC) {
      return CTX_IDX_INC_CHROMA_DC[numC8x8 - 1];
    }
    return MAX_NUM_COEFF[ctxBlockCat] == 64 ? CTX_IDX_INC_8X8[2] : IDENTITY;
  }
}
