package llm265.reference.decoder;

/**
 * A frame or a field that is being decoded: its samples, and its macroblocks by their addresses. With separate_colour_plane_flag,
 * there is one for each colour plane, and each is decoded like a monochrome picture (7.4.2.1.1).
 */
final class Picture {
  final SliceHeader firstSlice;
  final SequenceParameters sps;
  final boolean mbaffFrameFlag;

  /** S'L, S'Cb and S'Cr before deblocking, S L, S Cb and S Cr after it: indexed by colour component, row, column. */
  final int[][][] samples;

  /** By mbAddr; null for a macroblock that has not been decoded. */
  final Macroblock[] macroblocks;

  Picture(SliceHeader firstSlice) {
    this.firstSlice = firstSlice;
    sps = firstSlice.sps;
    mbaffFrameFlag = firstSlice.mbaffFrameFlag;
    int picHeightInMbs = firstSlice.picHeightInMbs();
    samples = new int[sps.chromaArrayType == 0 ? 1 : 3][][];
    for (int cIdx = 0; cIdx < samples.length; cIdx++) {
      int mbWidth = cIdx == 0 ? 16 : sps.mbWidthC;
      int mbHeight = cIdx == 0 ? 16 : sps.mbHeightC;
      samples[cIdx] = new int[mbHeight * picHeightInMbs][mbWidth * sps.picWidthInMbs];
    }
    macroblocks = new Macroblock[firstSlice.picSizeInMbs()];
  }

  /** Throws unless the slices cover the whole picture. */
  void requireComplete() {
    for (int mbAddr = 0; mbAddr < macroblocks.length; mbAddr++) {
      if (macroblocks[mbAddr] == null) {
        throw new DecodingException("7.4.1.2.4", "macroblock " + mbAddr + " is in no slice of its picture");
      }
    }
  }

  /** 6.4.1 Inverse macroblock scanning process: column of the upper-left luma sample of a macroblock. */
  int lumaX(Macroblock mb) {
    return mbaffFrameFlag ? mb.mbAddr / 2 % sps.picWidthInMbs * 16 : mb.mbAddr % sps.picWidthInMbs * 16;
  }

  /** 6.4.1: its row. In a field pair, the bottom macroblock begins in the second row of the pair. */
  int lumaY(Macroblock mb) {
    if (!mbaffFrameFlag) {
      return mb.mbAddr / sps.picWidthInMbs * 16;
    }
    int yO = mb.mbAddr / 2 / sps.picWidthInMbs * 32;
    return mb.mbFieldDecodingFlag ? yO + mb.mbAddr % 2 : yO + mb.mbAddr % 2 * 16;
  }

  /** The column in the picture of column x of a macroblock. */
  int column(Macroblock mb, int cIdx, int x) {
    return (cIdx == 0 ? lumaX(mb) : lumaX(mb) / 16 * sps.mbWidthC) + x;
  }

  /** The row in the picture of row y of a macroblock: in MBAFF frames, field macroblocks have every other row (8.3.1.2). */
  int row(Macroblock mb, int cIdx, int y) {
    int mbHeight = cIdx == 0 ? 16 : sps.mbHeightC;
    boolean fieldMbInFrame = mbaffFrameFlag && mb.mbFieldDecodingFlag;
    int yM = fieldMbInFrame
        ? lumaY(mb) / 32 * 2 * mbHeight + mb.mbAddr % 2
        : lumaY(mb) / 16 * mbHeight;
    return yM + (fieldMbInFrame ? 2 * y : y);
  }

  /** The macroblock that holds a sample. */
  Macroblock macroblockAt(int cIdx, int x, int y) {
    int mbX = x / (cIdx == 0 ? 16 : sps.mbWidthC);
    int mbHeight = cIdx == 0 ? 16 : sps.mbHeightC;
    if (!mbaffFrameFlag) {
      return macroblocks[y / mbHeight * sps.picWidthInMbs + mbX];
    }
    Macroblock top = macroblocks[2 * (y / (2 * mbHeight) * sps.picWidthInMbs + mbX)];
    boolean inBottom = top.mbFieldDecodingFlag ? y % 2 == 1 : y % (2 * mbHeight) >= mbHeight;
    return inBottom ? macroblocks[top.mbAddr + 1] : top;
  }
}
