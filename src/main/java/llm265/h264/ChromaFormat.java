package llm265.h264;

/** Table 6-1 SubWidthC and SubHeightC: how the chroma arrays of a picture relate to its luma array. */
public enum ChromaFormat {
  /** chroma_format_idc 0: no chroma arrays. */
  MONOCHROME(0, 0),
  /** chroma_format_idc 1, 4:2:0. */
  YUV420(2, 2),
  /** chroma_format_idc 2, 4:2:2. */
  YUV422(2, 1),
  /** chroma_format_idc 3, 4:4:4. */
  YUV444(1, 1);

  private final int subWidthC;
  private final int subHeightC;

  ChromaFormat(int subWidthC, int subHeightC) {
    this.subWidthC = subWidthC;
    this.subHeightC = subHeightC;
  }

  /** The format that chroma_format_idc names; the argument is 0 to 3. */
  public static ChromaFormat ofIdc(int chromaFormatIdc) {
    return switch (chromaFormatIdc) {
      case 0 -> MONOCHROME;
      case 1 -> YUV420;
      case 2 -> YUV422;
      case 3 -> YUV444;
      default -> throw new IllegalArgumentException("chroma_format_idc " + chromaFormatIdc + " is not in 0..3");
    };
  }

  public int chromaFormatIdc() {
    return ordinal();
  }

  /** SubWidthC; 0 for monochrome, where the standard leaves it undefined. */
  public int subWidthC() {
    return subWidthC;
  }

  /** SubHeightC; 0 for monochrome, where the standard leaves it undefined. */
  public int subHeightC() {
    return subHeightC;
  }

  /** NumC8x8: blocks of 8x8 samples of a macroblock's chroma plane in 4:2:0 and 4:2:2; 0 in other formats (7-4). */
  public int numC8x8() {
    return this == YUV420 ? 1 : this == YUV422 ? 2 : 0;
  }

  /** MbWidthC: width of a macroblock's chroma block in samples, 0 for monochrome (6-1). */
  public int mbWidthC() {
    return subWidthC == 0 ? 0 : 16 / subWidthC;
  }

  /** MbHeightC: height of a macroblock's chroma block in samples, 0 for monochrome (6-2). */
  public int mbHeightC() {
    return subHeightC == 0 ? 0 : 16 / subHeightC;
  }
}
