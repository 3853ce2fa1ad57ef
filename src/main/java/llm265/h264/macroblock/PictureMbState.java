package llm265.h264.macroblock;

import java.util.Arrays;

/**
 * What later macroblocks and the deblocking filter need to know about the macroblocks of a picture: one array per syntax
 * element or variable, indexed by mbAddr.
 *
 * <p>Each array has two more entries than the picture has macroblocks. The entry at {@link #unavailable()} stands for a neighbour
 * that is not available. It holds the values that make clauses 8.3 and 9.3.3.1.1 give what they prescribe for such a
 * neighbour. The entry at {@link #mixedLeft()} is what {@link MbaffNeighbours} makes of two macroblocks.
 */
public final class PictureMbState {
  public final int widthInMbs;
  public final int heightInMbs;

  /** Number of the slice that holds a macroblock, counted from 0 in the picture; -1 while the macroblock is not decoded. */
  public final int[] sliceIndex;

  public final byte[] mbType;
  public final boolean[] transformSize8x8Flag;

  /** {@code CodedBlockPatternChroma << 4 | CodedBlockPatternLuma}; {@link MbType#PCM_CODED_BLOCK_PATTERN} for I_PCM. */
  public final byte[] codedBlockPattern;

  public final byte[] intraChromaPredMode;

  /** QPY. For I_PCM it is where the next mb_qp_delta starts from; the deblocking filter uses 0 instead (8.7.2.2). */
  public final byte[] qpY;

  /** mb_field_decoding_flag, of MBAFF frames only. */
  public final boolean[] mbField;

  /** See {@link Macroblock#codedBlockFlags}. */
  public final long[] codedBlockFlags;

  /**
   * Intra4x4PredMode or Intra8x8PredMode at 16 * mbAddr + luma4x4BlkIdx; 2 (DC) for I_16x16 and I_PCM; -1 for a
   * neighbour that is not available (dcPredModePredictedFlag, 8.3.1.1).
   */
  public final byte[] intraPredModes;

  private long mixedLeftFlagsOf8x8;

  public PictureMbState(int widthInMbs, int heightInMbs) {
    this.widthInMbs = widthInMbs;
    this.heightInMbs = heightInMbs;
    int entries = widthInMbs * heightInMbs + 2;
    sliceIndex = new int[entries];
    mbType = new byte[entries];
    transformSize8x8Flag = new boolean[entries];
    codedBlockPattern = new byte[entries];
    intraChromaPredMode = new byte[entries];
    qpY = new byte[entries];
    mbField = new boolean[entries];
    codedBlockFlags = new long[entries];
    intraPredModes = new byte[16 * entries];
    clear();
  }

  /** Index of the entry that stands for a macroblock that is not available. */
  public int unavailable() {
    return widthInMbs * heightInMbs;
  }

  /**
   * Index of the entry that stands for the two macroblocks on the left, in an MBAFF frame where one side is a frame pair and
   * the other a field pair.
   */
  public int mixedLeft() {
    return widthInMbs * heightInMbs + 1;
  }

  /**
   * The flags of a macroblock as coded_block_flag of an 8x8 block sees them (4:4:4, 9.3.3.1.1.9): only a block with
   * transform_size_8x8_flag is assigned to transBlockN. I_PCM and unavailable macroblocks keep their flags.
   */
  public long codedBlockFlagsOf8x8(int mbAddr) {
    if (mbAddr == mixedLeft()) {
      return mixedLeftFlagsOf8x8;
    }
    long flags = codedBlockFlags[mbAddr];
    return transformSize8x8Flag[mbAddr] || flags == Macroblock.ALL_CODED ? flags : 0;
  }

  void setMixedLeftFlagsOf8x8(long flags) {
    mixedLeftFlagsOf8x8 = flags;
  }

  /** Forgets all macroblocks: a new picture begins. */
  public void clear() {
    Arrays.fill(sliceIndex, -1);
    int none = unavailable();
    mbType[none] = MbType.I_NXN;
    codedBlockPattern[none] = 0x0F;
    codedBlockFlags[none] = Macroblock.ALL_CODED;
    Arrays.fill(intraPredModes, 16 * none, 16 * none + 16, (byte) -1);
  }

  /** Remembers a macroblock that has been parsed or decided. */
  public void store(Macroblock mb, int slice) {
    int address = mb.mbAddr;
    sliceIndex[address] = slice;
    mbType[address] = (byte) mb.mbType;
    transformSize8x8Flag[address] = mb.transformSize8x8Flag;
    qpY[address] = (byte) mb.qpY;
    if (mb.isPcm()) {
      codedBlockPattern[address] = MbType.PCM_CODED_BLOCK_PATTERN;
      codedBlockFlags[address] = Macroblock.ALL_CODED;
      intraChromaPredMode[address] = 0;
    } else {
      codedBlockPattern[address] = (byte) mb.codedBlockPattern;
      codedBlockFlags[address] = mb.codedBlockFlags;
      intraChromaPredMode[address] = (byte) mb.intraChromaPredMode;
    }
    if (mb.isINxN()) {
      System.arraycopy(mb.intraPredModes, 0, intraPredModes, 16 * address, 16);
    } else {
      Arrays.fill(intraPredModes, 16 * address, 16 * address + 16, (byte) 2);
    }
  }
}
