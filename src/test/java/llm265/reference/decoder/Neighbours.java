package llm265.reference.decoder;

/** 6.4.8 to 6.4.12: which macroblocks, blocks and samples lie beside those of the current macroblock, and are available. */
final class Neighbours {
  /** A sample of a neighbouring macroblock: mbAddrN (null: not available) and its location ( xW, yW ) in it. */
  record Location(Macroblock mbAddrN, int xW, int yW) {
    boolean isAvailable() {
      return mbAddrN != null;
    }
  }

  private static final Location NOT_AVAILABLE = new Location(null, 0, 0);

  private final Picture picture;
  private final Macroblock[] macroblocks;

  /** The macroblock CurrMbAddr. */
  private Macroblock current;

  Neighbours(Picture picture) {
    this.picture = picture;
    macroblocks = picture.macroblocks;
  }

  /** Sets CurrMbAddr. */
  void moveTo(Macroblock mb) {
    current = mb;
  }

  /** 6.4.8: a macroblock is available if it has been decoded and is in the current slice. */
  private Macroblock available(int mbAddr, SliceHeader slice) {
    if (mbAddr < 0 || mbAddr >= macroblocks.length || macroblocks[mbAddr] == null) {
      return null;
    }
    return macroblocks[mbAddr].slice == slice ? macroblocks[mbAddr] : null;
  }

  /**
   * 6.4.9 and 6.4.10: the macroblock at an offset in columns and rows from the current one; with MBAFF, the top macroblock of
   * such a pair. Those beyond the left and right edge are not available.
   */
  private Macroblock macroblockAt(int currMbAddr, SliceHeader slice, int columns, int rows) {
    int width = picture.sps.picWidthInMbs;
    int unit = picture.mbaffFrameFlag ? currMbAddr / 2 : currMbAddr;
    int column = unit % width + columns;
    if (column < 0 || column >= width) {
      return null;
    }
    int address = unit + columns + rows * width;
    return available(picture.mbaffFrameFlag ? 2 * address : address, slice);
  }

  /** 7.3.4: whether the pair on the left (0) or above (1) a pair of an MBAFF frame is a pair of field macroblocks. */
  boolean isFieldPair(int n, int currMbAddr, SliceHeader slice) {
    Macroblock pair = n == 0 ? macroblockAt(currMbAddr, slice, -1, 0) : macroblockAt(currMbAddr, slice, 0, -1);
    return pair != null && pair.mbFieldDecodingFlag;
  }

  /** 6.4.11.1: mbAddrA, the macroblock on the left. */
  Macroblock mbAddrA() {
    return location(-1, 0, 16, 16).mbAddrN();
  }

  /** 6.4.11.1: mbAddrB, the macroblock above. */
  Macroblock mbAddrB() {
    return location(0, -1, 16, 16).mbAddrN();
  }

  /** 6.4.11.2 and 6.4.11.4: the luma location beside the block at ( x, y ): on the left (n 0) or above (n 1). */
  Location besideLuma(int n, int x, int y) {
    return n == 0 ? location(x - 1, y, 16, 16) : location(x, y - 1, 16, 16);
  }

  /** 6.4.11.5: the same in chroma samples. */
  Location besideChroma(int n, int x, int y) {
    int maxW = picture.sps.mbWidthC;
    int maxH = picture.sps.mbHeightC;
    return n == 0 ? location(x - 1, y, maxW, maxH) : location(x, y - 1, maxW, maxH);
  }

  /** 6.4.12: the location ( xN, yN ) relative to the current macroblock, whose component has maxW columns and maxH rows. */
  Location location(int xN, int yN, int maxW, int maxH) {
    if (yN >= maxH || xN >= maxW && yN >= 0) {
      return NOT_AVAILABLE;
    }
    if (xN >= 0 && yN >= 0) {
      return new Location(current, xN, yN);
    }
    if (picture.mbaffFrameFlag) {
      return locationInMbaffFrame(xN, yN, maxW, maxH);
    }
    // 6.4.12.1, Table 6-3
    int columns = xN < 0 ? -1 : xN < maxW ? 0 : 1;
    int rows = yN < 0 ? -1 : 0;
    return in(macroblockAt(current.mbAddr, current.slice, columns, rows), xN, yN, maxW, maxH);
  }

  /** (6-34), (6-35): from a location relative to the current macroblock to one in mbAddrN. */
  private static Location in(Macroblock mbAddrN, int xN, int yM, int maxW, int maxH) {
    return mbAddrN == null ? NOT_AVAILABLE : new Location(mbAddrN, (xN + maxW) % maxW, (yM + maxH) % maxH);
  }

  /** 6.4.12.2, Table 6-4: macroblocks come in pairs, and a frame macroblock may lie beside a field macroblock. */
  private Location locationInMbaffFrame(int xN, int yN, int maxW, int maxH) {
    boolean currMbFrameFlag = !current.mbFieldDecodingFlag;
    boolean mbIsTopMbFrame = current.mbAddr % 2 == 0;
    if (yN >= 0) {
      return leftInMbaffFrame(xN, yN, maxW, maxH);
    }
    boolean inUpperRowOfPairs = !currMbFrameFlag || mbIsTopMbFrame;
    if (inUpperRowOfPairs) {
      int columns = xN < 0 ? -1 : xN < maxW ? 0 : 1;
      Macroblock mbAddrX = macroblockAt(current.mbAddr, current.slice, columns, -1);
      if (mbAddrX == null) {
        return NOT_AVAILABLE;
      }
      if (!currMbFrameFlag && mbIsTopMbFrame) {
        // The rows of a top field: in a frame pair, they are every other row.
        return mbAddrX.mbFieldDecodingFlag
            ? in(mbAddrX, xN, yN, maxW, maxH)
            : in(bottomOf(mbAddrX), xN, 2 * yN, maxW, maxH);
      }
      return in(bottomOf(mbAddrX), xN, yN, maxW, maxH);
    }
    // Above the bottom frame macroblock lies the top one; right above it there is nothing that has been decoded.
    if (xN >= maxW) {
      return NOT_AVAILABLE;
    }
    if (xN >= 0) {
      return in(macroblocks[current.mbAddr - 1], xN, yN, maxW, maxH);
    }
    Macroblock mbAddrA = macroblockAt(current.mbAddr, current.slice, -1, 0);
    if (mbAddrA == null) {
      return NOT_AVAILABLE;
    }
    return mbAddrA.mbFieldDecodingFlag
        ? in(bottomOf(mbAddrA), xN, (yN + maxH) / 2, maxW, maxH)
        : in(mbAddrA, xN, yN, maxW, maxH);
  }

  /** Table 6-4 for xN less than 0 and yN from 0 to maxH - 1: row yN of the current macroblock, in the pair on the left. */
  private Location leftInMbaffFrame(int xN, int yN, int maxW, int maxH) {
    Macroblock mbAddrA = macroblockAt(current.mbAddr, current.slice, -1, 0);
    if (mbAddrA == null) {
      return NOT_AVAILABLE;
    }
    int bottom = current.mbAddr % 2;
    if (mbAddrA.mbFieldDecodingFlag == current.mbFieldDecodingFlag) {
      return in(bottom == 0 ? mbAddrA : bottomOf(mbAddrA), xN, yN, maxW, maxH);
    }
    if (current.mbFieldDecodingFlag) {
      int rowOfPair = 2 * yN + bottom;
      return rowOfPair < maxH
          ? in(mbAddrA, xN, rowOfPair, maxW, maxH)
          : in(bottomOf(mbAddrA), xN, rowOfPair - maxH, maxW, maxH);
    }
    int rowOfPair = yN + bottom * maxH;
    return in(rowOfPair % 2 == 0 ? mbAddrA : bottomOf(mbAddrA), xN, rowOfPair / 2, maxW, maxH);
  }

  private Macroblock bottomOf(Macroblock topOfPair) {
    return macroblocks[topOfPair.mbAddr + 1];
  }

  /** 6.4.3 Inverse 4x4 luma block scanning process: column of the upper-left sample of a block. */
  static int x4x4(int luma4x4BlkIdx) {
    return luma4x4BlkIdx / 4 % 2 * 8 + luma4x4BlkIdx % 2 * 4;
  }

  /** 6.4.3: its row. */
  static int y4x4(int luma4x4BlkIdx) {
    return luma4x4BlkIdx / 8 * 8 + luma4x4BlkIdx % 4 / 2 * 4;
  }

  /** 6.4.13.1: luma4x4BlkIdx of the block that covers a luma location. */
  static int luma4x4BlkIdx(Location at) {
    return 8 * (at.yW() / 8) + 4 * (at.xW() / 8) + 2 * (at.yW() % 8 / 4) + at.xW() % 8 / 4;
  }

  /** 6.4.13.3: luma8x8BlkIdx of the block that covers a luma location. */
  static int luma8x8BlkIdx(Location at) {
    return 2 * (at.yW() / 8) + at.xW() / 8;
  }

  /** 6.4.13.2: chroma4x4BlkIdx of the block that covers a chroma location. */
  static int chroma4x4BlkIdx(Location at) {
    return 2 * (at.yW() / 4) + at.xW() / 4;
  }
}
