package llm265.h264.macroblock;

/** Table 7-11 Macroblock types for I slices, and what follows from mb_type. */
public final class MbType {
  /** I_NxN: Intra_4x4 or Intra_8x8 prediction by transform_size_8x8_flag. */
  public static final int I_NXN = 0;
  /** The first of the 24 I_16x16 types, I_16x16_0_0_0. */
  public static final int I_16X16_FIRST = 1;
  /** I_PCM. */
  public static final int I_PCM = 25;

  /** CodedBlockPatternChroma << 4 | CodedBlockPatternLuma that I_PCM counts as: everything is coded (9.3.3.1.1.4). */
  public static final int PCM_CODED_BLOCK_PATTERN = 0x2F;

  private MbType() {}

  public static boolean isI16x16(int mbType) {
    return mbType >= I_16X16_FIRST && mbType < I_PCM;
  }

  /**
   * The I_16x16 type with these properties.
   *
   * @param intra16x16PredMode 0 to 3
   * @param codedBlockPatternChroma 0 to 2
   * @param lumaAc whether CodedBlockPatternLuma is 15 rather than 0
   */
  public static int ofI16x16(int intra16x16PredMode, int codedBlockPatternChroma, boolean lumaAc) {
    return I_16X16_FIRST + intra16x16PredMode + 4 * codedBlockPatternChroma + (lumaAc ? 12 : 0);
  }

  /** Intra16x16PredMode of an I_16x16 type. */
  public static int intra16x16PredMode(int mbType) {
    return (mbType - I_16X16_FIRST) & 3;
  }

  /** {@code CodedBlockPatternChroma << 4 | CodedBlockPatternLuma} of an I_16x16 type. */
  public static int codedBlockPattern(int mbType) {
    int luma = mbType >= I_16X16_FIRST + 12 ? 15 : 0;
    int chroma = ((mbType - I_16X16_FIRST) >> 2) % 3;
    return (chroma << 4) | luma;
  }

  /** The type's name in Table 7-11, such as {@code I_16x16_2_0_1}. */
  public static String name(int mbType) {
    if (mbType == I_NXN) {
      return "I_NxN";
    }
    if (mbType == I_PCM) {
      return "I_PCM";
    }
    int pattern = codedBlockPattern(mbType);
    return "I_16x16_" + intra16x16PredMode(mbType) + "_" + (pattern >> 4) + "_" + ((pattern & 15) == 0 ? 0 : 1);
  }
}
