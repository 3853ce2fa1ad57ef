package llm265.reference.decoder;

/**
 * 7.4.5 Macroblock layer semantics: the elements of one macroblock and the variables that follow from them, as far as other
 * macroblocks and the deblocking filter need them; {@link Levels} has the rest.
 */
final class Macroblock {
  /** Table 7-11: Intra_4x4 or Intra_8x8 prediction. Types 1 to 24 are Intra_16x16. */
  static final int I_NXN = 0;
  static final int I_PCM = 25;

  final int mbAddr;

  /** The slice that it is in. */
  final SliceHeader slice;

  /** Only in MBAFF frames, and equal for both macroblocks of a pair. */
  final boolean mbFieldDecodingFlag;
  int mbType;
  boolean transformSize8x8Flag;
  final boolean[] prevIntraPredModeFlag = new boolean[16];
  final int[] remIntraPredMode = new int[16];
  final int[] intra4x4PredMode = new int[16];
  final int[] intra8x8PredMode = new int[4];
  int intraChromaPredMode;
  int codedBlockPatternLuma;
  int codedBlockPatternChroma;
  int mbQpDelta;

  /** QPY and QP'Y. */
  int qpY;
  int qpPrimeY;
  boolean transformBypassModeFlag;

  /** CAVLC: total_coeff( coeff_token ) of each 4x4 block, for the macroblocks that follow. */
  final int[][] totalCoeff = new int[3][16];

  // CABAC: coded_block_flag of blocks of DC coefficients, of 4x4 blocks (or their AC coefficients) and of 8x8 blocks
  final boolean[] codedBlockFlagDc = new boolean[3];
  final boolean[][] codedBlockFlag4x4 = new boolean[3][16];
  final boolean[][] codedBlockFlag8x8 = new boolean[3][4];

  Macroblock(int mbAddr, SliceHeader slice, boolean mbFieldDecodingFlag) {
    this.mbAddr = mbAddr;
    this.slice = slice;
    this.mbFieldDecodingFlag = mbFieldDecodingFlag;
  }

  /** A field macroblock has samples of one field only. In a field, every macroblock is one. */
  boolean isFieldMacroblock() {
    return slice.fieldPicFlag || mbFieldDecodingFlag;
  }

  boolean isINxN() {
    return mbType == I_NXN;
  }

  boolean isPcm() {
    return mbType == I_PCM;
  }

  boolean isIntra16x16() {
    return !isINxN() && !isPcm();
  }

  boolean isIntra4x4() {
    return isINxN() && !transformSize8x8Flag;
  }

  boolean isIntra8x8() {
    return isINxN() && transformSize8x8Flag;
  }

  /** Table 7-11. */
  int intra16x16PredMode() {
    return (mbType - 1) % 4;
  }

  /** Table 7-11: the types of Intra_16x16 imply coded_block_pattern. */
  void deriveCodedBlockPatternOfIntra16x16() {
    codedBlockPatternChroma = (mbType - 1) / 4 % 3;
    codedBlockPatternLuma = mbType >= 13 ? 15 : 0;
  }
}
