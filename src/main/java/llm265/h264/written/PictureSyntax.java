package llm265.h264.written;

import java.util.Arrays;
import llm265.h264.ChromaFormat;

/**
 * The macroblocks of one frame or field, and 6.4.8 to 6.4.12 read word by word: which macroblock covers a location beside
 * another.
 *
 * <p>Shares nothing with the decoder, so that both have to be wrong alike for a mistake to stay unseen.
 */
public final class PictureSyntax {
  /** A macroblock and the location in it (6.4.12); mbAddr -1 where it is not available. */
  public record Neighbour(int mbAddr, int xW, int yW) {
    static final Neighbour NONE = new Neighbour(-1, 0, 0);

    public boolean isAvailable() {
      return mbAddr >= 0;
    }

    /** luma4x4BlkIdx of the block that covers the location (6.4.13.1). */
    public int luma4x4BlkIdx() {
      return 8 * (yW / 8) + 4 * (xW / 8) + 2 * (yW % 8 / 4) + xW % 8 / 4;
    }

    /** chroma4x4BlkIdx (6.4.13.2). */
    public int chroma4x4BlkIdx() {
      return 2 * (yW / 4) + xW / 4;
    }
  }

  public final int widthInMbs;
  public final int heightInMbs;
  public final boolean mbaff;
  /** ChromaArrayType. */
  public final ChromaFormat chroma;
  public final MacroblockSyntax[] mbs;
  /** Number of the slice of a macroblock; -1 before it is coded. */
  public final int[] slice;

  public PictureSyntax(int widthInMbs, int heightInMbs, boolean mbaff, ChromaFormat chroma) {
    this.widthInMbs = widthInMbs;
    this.heightInMbs = heightInMbs;
    this.mbaff = mbaff;
    this.chroma = chroma;
    mbs = new MacroblockSyntax[widthInMbs * heightInMbs];
    slice = new int[mbs.length];
    forgetSlices();
  }

  /** Before the picture is written once more: nothing is coded. */
  public void forgetSlices() {
    Arrays.fill(slice, -1);
  }

  public int size() {
    return mbs.length;
  }

  private boolean isField(int mbAddr) {
    return mbs[mbAddr].mbFieldDecodingFlag;
  }

  private int ifAvailable(int mbAddr, int currMbAddr) {
    return mbAddr >= 0 && mbAddr <= currMbAddr && slice[mbAddr] == slice[currMbAddr] ? mbAddr : -1;
  }

  /** 6.4.8 and 6.4.9: mbAddrA, B, C or D; in MBAFF frames the top macroblock of the pair; -1 where not available. */
  public int mbAddr(char which, int currMbAddr) {
    int unit = mbaff ? currMbAddr / 2 : currMbAddr;
    int column = unit % widthInMbs;
    boolean atLeft = column == 0;
    boolean atRight = column == widthInMbs - 1;
    int neighbour = switch (which) {
      case 'A' -> atLeft ? -1 : unit - 1;
      case 'B' -> unit - widthInMbs;
      case 'C' -> atRight ? -1 : unit - widthInMbs + 1;
      default -> atLeft ? -1 : unit - widthInMbs - 1;
    };
    return neighbour < 0 ? -1 : ifAvailable(mbaff ? 2 * neighbour : neighbour, currMbAddr);
  }

  /** 6.4.12 for luma locations. */
  public Neighbour luma(int currMbAddr, int xN, int yN) {
    return locate(currMbAddr, xN, yN, 16, 16);
  }

  /** 6.4.12 for chroma locations of 4:2:0 and 4:2:2. */
  public Neighbour chroma(int currMbAddr, int xN, int yN) {
    return locate(currMbAddr, xN, yN, chroma.mbWidthC(), chroma.mbHeightC());
  }

  private Neighbour locate(int currMbAddr, int xN, int yN, int maxW, int maxH) {
    if (yN > maxH - 1 || xN > maxW - 1 && yN >= 0) {
      return Neighbour.NONE;
    }
    if (xN >= 0 && xN < maxW && yN >= 0) {
      return new Neighbour(currMbAddr, xN, yN);
    }
    return mbaff ? locateMbaff(currMbAddr, xN, yN, maxW, maxH) : locatePlain(currMbAddr, xN, yN, maxW, maxH);
  }

  private static Neighbour at(int mbAddr, int xN, int yM, int maxW, int maxH) {
    return mbAddr < 0 ? Neighbour.NONE : new Neighbour(mbAddr, (xN + maxW) % maxW, (yM + 2 * maxH) % maxH);
  }

  /** Table 6-3. */
  private Neighbour locatePlain(int currMbAddr, int xN, int yN, int maxW, int maxH) {
    char which = xN < 0 ? yN < 0 ? 'D' : 'A' : xN < maxW ? 'B' : 'C';
    return at(mbAddr(which, currMbAddr), xN, yN, maxW, maxH);
  }

  /** Table 6-4. */
  private Neighbour locateMbaff(int currMbAddr, int xN, int yN, int maxW, int maxH) {
    boolean frame = !isField(currMbAddr);
    boolean top = currMbAddr % 2 == 0;
    if (yN >= 0) {
      return locateLeft(currMbAddr, xN, yN, maxW, maxH);
    }
    if (frame && !top) {
      if (xN >= maxW) {
        return Neighbour.NONE;
      }
      if (xN >= 0) {
        return at(currMbAddr - 1, xN, yN, maxW, maxH);
      }
      int a = mbAddr('A', currMbAddr);
      // Row maxH - 1 of the pair, which is odd.
      return a < 0 || !isField(a) ? at(a, xN, yN, maxW, maxH) : at(a + 1, xN, maxH / 2 - 1, maxW, maxH);
    }
    int x = mbAddr(xN < 0 ? 'D' : xN < maxW ? 'B' : 'C', currMbAddr);
    if (x < 0) {
      return Neighbour.NONE;
    }
    if (frame || !top) {
      return at(x + 1, xN, yN, maxW, maxH);
    }
    return isField(x) ? at(x, xN, yN, maxW, maxH) : at(x + 1, xN, 2 * yN, maxW, maxH);
  }

  private Neighbour locateLeft(int currMbAddr, int xN, int yN, int maxW, int maxH) {
    int a = mbAddr('A', currMbAddr);
    if (a < 0) {
      return Neighbour.NONE;
    }
    boolean frame = !isField(currMbAddr);
    int bottom = currMbAddr % 2;
    if (frame == !isField(a)) {
      return at(a + bottom, xN, yN, maxW, maxH);
    }
    if (frame) {
      return at(a + yN % 2, xN, (yN + bottom * maxH) >> 1, maxW, maxH);
    }
    return yN < maxH / 2 ? at(a, xN, 2 * yN + bottom, maxW, maxH) : at(a + 1, xN, 2 * yN + bottom - maxH, maxW, maxH);
  }

  /** 8.3.1.1 and 8.3.2.1: predIntra4x4PredMode, or predIntra8x8PredMode of the block at 4 * luma8x8BlkIdx. */
  public int predIntraPredMode(int currMbAddr, int luma4x4BlkIdx) {
    int x = 8 * (luma4x4BlkIdx / 4 % 2) + 4 * (luma4x4BlkIdx % 2);
    int y = 8 * (luma4x4BlkIdx / 8) + 4 * (luma4x4BlkIdx % 4 / 2);
    Neighbour a = luma(currMbAddr, x - 1, y);
    Neighbour b = luma(currMbAddr, x, y - 1);
    if (!a.isAvailable() || !b.isAvailable()) {
      return 2;
    }
    return Math.min(modeOf(a, currMbAddr, luma4x4BlkIdx, true), modeOf(b, currMbAddr, luma4x4BlkIdx, false));
  }

  private int modeOf(Neighbour neighbour, int currMbAddr, int luma4x4BlkIdx, boolean isA) {
    MacroblockSyntax current = mbs[currMbAddr];
    MacroblockSyntax mb = mbs[neighbour.mbAddr];
    if (!mb.isINxN()) {
      return 2;
    }
    int block = neighbour.luma4x4BlkIdx();
    if (mb.transformSize8x8Flag) {
      return mb.intraPredModes[block & ~3];
    }
    if (!current.transformSize8x8Flag) {
      return mb.intraPredModes[block];
    }
    boolean frameBesideField = mbaff && !current.mbFieldDecodingFlag && mb.mbFieldDecodingFlag;
    int n = !isA ? 2 : frameBesideField && luma4x4BlkIdx == 8 ? 3 : 1;
    return mb.intraPredModes[(block & ~3) + n];
  }
}
