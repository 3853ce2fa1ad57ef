package llm265.h264.macroblock;

/** Table 9-42: the lists of transform coefficient levels that residual blocks hold, named for traces. */
public enum LevelList {
  INTRA_16X16_DC("", "Intra16x16DCLevel", 16),
  INTRA_16X16_AC("", "Intra16x16ACLevel", 15),
  LEVEL_4X4("Luma", "Level4x4", 16),
  LEVEL_8X8("Luma", "Level8x8", 64),
  /** For 4:2:0 and 4:2:2. */
  CHROMA_DC("", "ChromaDCLevel", 4),
  /** For 4:2:0 and 4:2:2. */
  CHROMA_AC("", "ChromaACLevel", 15);

  private static final String[] COLOUR = {"", "Cb", "Cr"};

  private final String ofLuma;
  private final String name;
  private final int maxNumCoeff;

  LevelList(String ofLuma, String name, int maxNumCoeff) {
    this.ofLuma = ofLuma;
    this.name = name;
    this.maxNumCoeff = maxNumCoeff;
  }

  /**
   * The list's name in the table, with the indices of 7.4.5.3: {@code LumaLevel4x4[5]}, {@code CbIntra16x16DCLevel}, {@code
   * ChromaACLevel[iCbCr][blkIdx]}.
   *
   * @param plane 0 luma, 1 Cb, 2 Cr
   * @param blkIdx number of the block in the plane; 0 for DC levels
   */
  public String name(int plane, int blkIdx) {
    return switch (this) {
      case INTRA_16X16_DC -> COLOUR[plane] + name;
      case CHROMA_DC -> name + "[" + (plane - 1) + "]";
      case CHROMA_AC -> name + "[" + (plane - 1) + "][" + blkIdx + "]";
      default -> (plane == 0 ? ofLuma : COLOUR[plane]) + name + "[" + blkIdx + "]";
    };
  }

  /**
   * maxNumCoeff.
   *
   * @param numC8x8 NumC8x8, which sets the size of ChromaDCLevel
   */
  public int maxNumCoeff(int numC8x8) {
    return this == CHROMA_DC ? maxNumCoeff * numC8x8 : maxNumCoeff;
  }
}
