package llm265.reference.decoder;

/**
 * Table 9-42: a list of transform coefficient levels of a macroblock.
 *
 * @param cIdx colour component: 0 for Y, 1 for Cb, 2 for Cr
 * @param blkIdx number of the block in its component
 * @param maxNumCoeff length of the list
 */
record Block(Kind kind, int cIdx, int blkIdx, int maxNumCoeff) {
  private static final String[] COLOUR = {"", "Cb", "Cr"};

  /** Kinds of lists, in the order of ctxBlockCat. */
  enum Kind {
    INTRA16X16_DC, INTRA16X16_AC, LUMA_4X4, CHROMA_DC, CHROMA_AC, LUMA_8X8
  }

  /** ctxBlockCat: 0 to 5 for Y and for chroma that is not coded like luma, 6 to 9 for Cb and 10 to 13 for Cr of 4:4:4. */
  int ctxBlockCat() {
    if (cIdx == 0 || kind == Kind.CHROMA_DC || kind == Kind.CHROMA_AC) {
      return kind.ordinal();
    }
    return 2 + 4 * cIdx + (kind == Kind.LUMA_8X8 ? 3 : kind.ordinal());
  }

  /** The name of the list, with its indices. */
  String levels() {
    String ofLuma = cIdx == 0 ? "Luma" : COLOUR[cIdx];
    return switch (kind) {
      case INTRA16X16_DC -> COLOUR[cIdx] + "Intra16x16DCLevel";
      case INTRA16X16_AC -> COLOUR[cIdx] + "Intra16x16ACLevel[" + blkIdx + "]";
      case LUMA_4X4 -> ofLuma + "Level4x4[" + blkIdx + "]";
      case LUMA_8X8 -> ofLuma + "Level8x8[" + blkIdx + "]";
      case CHROMA_DC -> "ChromaDCLevel[" + (cIdx - 1) + "]";
      case CHROMA_AC -> "ChromaACLevel[" + (cIdx - 1) + "][" + blkIdx + "]";
    };
  }
}
