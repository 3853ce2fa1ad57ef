package llm265.h264.macroblock;

import java.util.Arrays;

/**
 * 7.3.5 Macroblock layer: the work area in which a macroblock passes from parser to reconstruction, or from mode decision to
 * writer. A slice decoder or encoder has one object and reuses it for every macroblock.
 *
 * <p>Planes are 0 (luma), 1 (Cb), 2 (Cr). Levels lie where the inverse scan (8.5.6, 8.5.7) puts them, so that parser and
 * transform need no copy between them:
 *
 * <ul>
 *   <li>a 4x4 block: {@code levels[256 * plane + 16 * blkIdx + 4 * row + column]};
 *   <li>an 8x8 block: {@code levels[256 * plane + 64 * blkIdx8x8 + 8 * row + column]};
 *   <li>Intra16x16DCLevel: {@code dcLevels[16 * plane + 4 * row + column]} of the matrix c (8.5.2), where row and column
 *       count 4x4 blocks; position 0 of each 4x4 block in {@code levels} is then 0;
 *   <li>ChromaDCLevel (4:2:0, 4:2:2): {@code dcLevels[16 * plane + 2 * row + column]} of the matrix c (8.5.11.1); the AC
 *       levels of chroma block blkIdx are a 4x4 block of {@code levels} with position 0 being 0.
 * </ul>
 */
public final class Macroblock {
  /** Bit of {@link #codedBlockFlags} for Intra16x16DCLevel of plane 0; planes 1 and 2 follow. */
  public static final int DC_FLAG_BIT = 48;

  /** Bit of {@link #codedBlockFlags} for ChromaDCLevel of Cb (4:2:0, 4:2:2); Cr follows. */
  public static final int CHROMA_DC_FLAG_BIT = 51;

  /** coded_block_flag of every block that I_PCM implies (9.3.3.1.1.9). */
  public static final long ALL_CODED = -1L;

  /** The bits of {@link #codedBlockFlags} that belong to chroma blocks of 4:2:0 and 4:2:2. */
  public static final long CHROMA_FLAGS = 0xFFFF_FFFF_0000L | (3L << CHROMA_DC_FLAG_BIT);

  public int mbAddr;
  /** Column of the macroblock, in macroblocks. */
  public int mbX;
  /** Row, in macroblocks; for a field macroblock of an MBAFF frame, the row of the frame macroblock with its address. */
  public int mbY;

  /** mb_field_decoding_flag; false outside of MBAFF frames. */
  public boolean mbFieldDecodingFlag;

  /** mb_type, Table 7-11: 0 I_NxN, 1..24 I_16x16, 25 I_PCM. */
  public int mbType;

  public boolean transformSize8x8Flag;

  /**
   * Intra4x4PredMode by luma4x4BlkIdx, or Intra8x8PredMode of luma8x8BlkIdx at the four indices 4 * luma8x8BlkIdx + 0..3.
   * Only for I_NxN.
   */
  public final byte[] intraPredModes = new byte[16];

  /** Only for I_16x16. */
  public int intra16x16PredMode;

  /** intra_chroma_pred_mode; 0 in 4:0:0 and 4:4:4. */
  public int intraChromaPredMode;

  /** {@code CodedBlockPatternChroma << 4 | CodedBlockPatternLuma}, also where mb_type implies it. */
  public int codedBlockPattern;

  public int mbQpDelta;

  /** QPY of this macroblock (7-37). The 0 that deblocking uses for I_PCM is derived from mbType, not stored here. */
  public int qpY;

  public final int[] levels = new int[768];
  public final int[] dcLevels = new int[48];

  /**
   * coded_block_flag of each block: bit 16 * plane + blkIdx for 4x4 blocks (the same for all four of an 8x8 block), {@link
   * #DC_FLAG_BIT} + plane, {@link #CHROMA_DC_FLAG_BIT} + plane - 1. A clear bit means that all levels are 0.
   */
  public long codedBlockFlags;

  /** pcm_sample_luma and pcm_sample_chroma: 256 luma samples in raster order, then Cb, then Cr. Only for I_PCM. */
  public final short[] pcmSamples = new short[768];

  /** Moves to the macroblock at an address of a picture without MBAFF. */
  public void moveTo(int address, int picWidthInMbs) {
    mbAddr = address;
    mbY = address / picWidthInMbs;
    mbX = address - mbY * picWidthInMbs;
  }

  /** Moves to the macroblock at an address of an MBAFF frame (6.4.1): pairs follow each other, the top macroblock first. */
  public void moveToMbaff(int address, int picWidthInMbs) {
    int pair = address >> 1;
    mbAddr = address;
    mbX = pair % picWidthInMbs;
    mbY = 2 * (pair / picWidthInMbs) + (address & 1);
  }

  /** Clears all blocks whose coded_block_flag is set: their levels become 0, and so do the flags. */
  public void clearResidual() {
    long flags = codedBlockFlags;
    for (int plane = 0; plane < 3; plane++) {
      if (((flags >>> 16 * plane) & 0xFFFF) != 0) {
        Arrays.fill(levels, 256 * plane, 256 * plane + 256, 0);
      }
    }
    if (flags >>> DC_FLAG_BIT != 0) {
      Arrays.fill(dcLevels, 0);
    }
    codedBlockFlags = 0;
  }

  /** Sets the luma levels and their flags to 0; leaves chroma (of 4:2:0 and 4:2:2) alone. */
  public void clearLuma() {
    Arrays.fill(levels, 0, 256, 0);
    Arrays.fill(dcLevels, 0, 16, 0);
    codedBlockFlags &= CHROMA_FLAGS;
  }

  public boolean isI16x16() {
    return MbType.isI16x16(mbType);
  }

  public boolean isPcm() {
    return mbType == MbType.I_PCM;
  }

  public boolean isINxN() {
    return mbType == MbType.I_NXN;
  }
}
