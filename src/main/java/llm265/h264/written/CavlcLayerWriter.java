package llm265.h264.written;

import java.util.Arrays;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.written.PictureSyntax.Neighbour;

/** entropy_coding_mode_flag 0: 9.1, 9.1.2 and 9.2 for macroblocks. */
final class CavlcLayerWriter extends MacroblockLayerWriter {
  /** Table 9-4, the column of Intra_4x4 and Intra_8x8, ChromaArrayType 1 or 2: coded_block_pattern by codeNum. */
  private static final int[] CODED_BLOCK_PATTERN = {
    47, 31, 15, 0, 23, 27, 29, 30, 7, 11, 13, 14, 39, 43, 45, 46, 16, 3, 5, 10, 12, 19, 21, 26, 28, 35, 37, 42, 44, 1, 2, 4, 8,
    17, 18,
    20, 24, 6, 9, 22, 25, 32, 33, 34, 36, 40, 38, 41
  };

  /** The same, ChromaArrayType 0 or 3. */
  private static final int[] CODED_BLOCK_PATTERN_0_OR_3 = {15, 0, 7, 11, 13, 14, 3, 5, 10, 12, 1, 2, 4, 8, 6, 9};

  private static final int NC_CHROMA_DC_420 = 4;
  private static final int NC_CHROMA_DC_422 = 5;

  private RbspWriter writer;
  /** Takes what is of category 3. */
  private RbspWriter residualWriter;

  /** @param residualWriter the same as {@code writer}; or that of partition B, where data are partitioned */
  CavlcLayerWriter(PictureSyntax picture, int bitDepthLuma, int bitDepthChroma, boolean transform8x8ModeFlag, RbspWriter writer,
      RbspWriter residualWriter) {
    super(picture, bitDepthLuma, bitDepthChroma, transform8x8ModeFlag);
    this.writer = writer;
    this.residualWriter = residualWriter;
  }

  @Override
  int bits(int mbAddr) {
    RbspWriter whole = writer;
    RbspWriter residual = residualWriter;
    writer = new RbspWriter();
    residualWriter = writer;
    write(mbAddr);
    int bits = (int) writer.bitPosition();
    writer = whole;
    residualWriter = residual;
    return bits;
  }

  @Override
  void mbFieldDecodingFlag(int mbAddr) {
    writer.writeFlag(picture.mbs[mbAddr].mbFieldDecodingFlag);
  }

  @Override
  void mbType(int mbAddr) {
    writer.writeUe(picture.mbs[mbAddr].mbType);
    for (int[] totals : picture.mbs[mbAddr].totalCoeff) {
      Arrays.fill(totals, 0);
    }
  }

  @Override
  void pcmSamples(int[] samples, int[] bitDepths, int count) {
    while (residualWriter.bitPosition() % 8 != 0) {
      residualWriter.writeBits(1, 0);
    }
    for (int i = 0; i < count; i++) {
      int bitDepth = bitDepths[i < 256 ? 0 : 1];
      residualWriter.writeBits(bitDepth, samples[i] & ((1 << bitDepth) - 1));
    }
  }

  @Override
  void transformSize8x8Flag(int mbAddr) {
    writer.writeFlag(picture.mbs[mbAddr].transformSize8x8Flag);
  }

  @Override
  void intraPredMode(int remIntraPredMode) {
    writer.writeFlag(remIntraPredMode < 0);
    if (remIntraPredMode >= 0) {
      writer.writeBits(3, remIntraPredMode);
    }
  }

  @Override
  void intraChromaPredMode(int mbAddr) {
    writer.writeUe(picture.mbs[mbAddr].intraChromaPredMode);
  }

  @Override
  void codedBlockPattern(int mbAddr) {
    int[] table = hasChromaBlocks() ? CODED_BLOCK_PATTERN : CODED_BLOCK_PATTERN_0_OR_3;
    int codeNum = 0;
    while (table[codeNum] != picture.mbs[mbAddr].codedBlockPattern) {
      codeNum++;
    }
    writer.writeUe(codeNum);
  }

  @Override
  void mbQpDelta(int mbAddr) {
    writer.writeSe(picture.mbs[mbAddr].mbQpDelta);
  }

  @Override
  void lumaBlock(int mbAddr, int plane, int kind, int blkIdx) {
    MacroblockSyntax mb = picture.mbs[mbAddr];
    int[] levels = kind == LUMA_DC ? mb.dcLevels[plane] : Arrays.copyOf(mb.levels[plane][blkIdx], kind == LUMA_AC ? 15 : 16);
    int total = write(levels, lumaColumn(mbAddr, plane, blkIdx));
    if (kind != LUMA_DC) {
      mb.totalCoeff[plane][blkIdx] = total;
    }
  }

  /** lumaLevel8x8[ 64 ] is dealt out to four blocks: lumaLevel4x4[ 4 * i8x8 + i4x4 ][ i ] is element 4 * i + i4x4. */
  @Override
  void lumaBlock8x8(int mbAddr, int plane, int blkIdx8x8) {
    MacroblockSyntax mb = picture.mbs[mbAddr];
    int[] all = mb.levels[plane][4 * blkIdx8x8];
    for (int k = 0; k < 4; k++) {
      int[] levels = new int[16];
      for (int i = 0; i < 16; i++) {
        levels[i] = all[4 * i + k];
      }
      int blkIdx = 4 * blkIdx8x8 + k;
      mb.totalCoeff[plane][blkIdx] = write(levels, lumaColumn(mbAddr, plane, blkIdx));
    }
  }

  @Override
  void chromaDcBlock(int mbAddr, int plane) {
    int[] levels = Arrays.copyOf(picture.mbs[mbAddr].chromaDcLevels[plane], 4 * numC8x8());
    write(levels, numC8x8() == 1 ? NC_CHROMA_DC_420 : NC_CHROMA_DC_422);
  }

  @Override
  void chromaAcBlock(int mbAddr, int plane, int blkIdx) {
    int x = 4 * (blkIdx % 2);
    int y = 4 * (blkIdx / 2);
    int nA = chromaTotal(picture.chroma(mbAddr, x - 1, y), plane);
    int nB = chromaTotal(picture.chroma(mbAddr, x, y - 1), plane);
    MacroblockSyntax mb = picture.mbs[mbAddr];
    mb.totalCoeff[plane][blkIdx] = write(mb.chromaAcLevels[plane][blkIdx], column(nA, nB));
  }

  private int write(int[] levels, int column) {
    ReferenceResidualWriter.write(residualWriter, levels, column);
    return (int) Arrays.stream(levels).filter(level -> level != 0).count();
  }

  private int lumaColumn(int mbAddr, int plane, int blkIdx) {
    int x = blockX(blkIdx);
    int y = blockY(blkIdx);
    return column(lumaTotal(picture.luma(mbAddr, x - 1, y), plane), lumaTotal(picture.luma(mbAddr, x, y - 1), plane));
  }

  /** nA or nB of 9.2.1; -1 where the block is not available. */
  private int lumaTotal(Neighbour neighbour, int plane) {
    if (!neighbour.isAvailable()) {
      return -1;
    }
    MacroblockSyntax mb = picture.mbs[neighbour.mbAddr()];
    return mb.isPcm() ? 16 : mb.totalCoeff[plane][neighbour.luma4x4BlkIdx()];
  }

  private int chromaTotal(Neighbour neighbour, int plane) {
    if (!neighbour.isAvailable()) {
      return -1;
    }
    MacroblockSyntax mb = picture.mbs[neighbour.mbAddr()];
    return mb.isPcm() ? 16 : mb.totalCoeff[plane][neighbour.chroma4x4BlkIdx()];
  }

  /** Column of Table 9-5 by nC. */
  private static int column(int nA, int nB) {
    int nC;
    if (nA >= 0 && nB >= 0) {
      nC = (nA + nB + 1) >> 1;
    } else {
      nC = nA >= 0 ? nA : Math.max(nB, 0);
    }
    return nC < 2 ? 0 : nC < 4 ? 1 : nC < 8 ? 2 : 3;
  }

  @Override
  void endOfMacroblock(boolean lastOfSlice) {
    if (lastOfSlice) {
      writer.writeTrailingBits();
      if (residualWriter != writer) {
        residualWriter.writeTrailingBits();
      }
    }
  }
}
