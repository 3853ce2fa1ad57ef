package llm265.h264.written;

import java.util.Arrays;
import llm265.h264.macroblock.MbType;

/**
 * The syntax elements of one macroblock_layer() of an I slice (7.3.5), with the values that follow from them. Levels lie in scan
 * order, as they are sent.
 */
public final class MacroblockSyntax {
  public boolean mbFieldDecodingFlag;
  public int mbType;
  public boolean transformSize8x8Flag;
  /** Intra4x4PredMode by luma4x4BlkIdx, or Intra8x8PredMode at 4 * luma8x8BlkIdx. */
  public final int[] intraPredModes = new int[16];
  public int intraChromaPredMode;
  public int codedBlockPattern;
  public int mbQpDelta;
  /** QPY; that of I_PCM is the one before it. */
  public int qpY;

  /** Intra16x16DCLevel of each plane that is coded as luma. */
  public final int[][] dcLevels = new int[3][16];
  /** By plane and block: the 16 levels of a 4x4 block, the 15 of an Intra16x16ACLevel in front, or at 4 * luma8x8BlkIdx 64. */
  public final int[][][] levels = new int[3][16][64];
  /** ChromaDCLevel and ChromaACLevel of 4:2:0 and 4:2:2, by iCbCr + 1. */
  public final int[][] chromaDcLevels = new int[3][8];
  public final int[][][] chromaAcLevels = new int[3][8][15];
  public final int[] pcmSamples = new int[768];

  /**
   * total_coeff( coeff_token ) of the blocks with CAVLC, luma or as luma, and chroma AC; known once the macroblock is written.
   */
  public final int[][] totalCoeff = new int[3][16];

  public boolean isPcm() {
    return mbType == MbType.I_PCM;
  }

  public boolean isI16x16() {
    return MbType.isI16x16(mbType);
  }

  public boolean isINxN() {
    return mbType == MbType.I_NXN;
  }

  public int codedBlockPatternLuma() {
    return isPcm() ? 15 : codedBlockPattern & 15;
  }

  public int codedBlockPatternChroma() {
    return isPcm() ? 2 : codedBlockPattern >> 4;
  }

  public boolean hasMbQpDelta() {
    return isI16x16() || isINxN() && codedBlockPattern != 0;
  }

  public static boolean anyLevel(int[] levels) {
    return Arrays.stream(levels).anyMatch(level -> level != 0);
  }
}
