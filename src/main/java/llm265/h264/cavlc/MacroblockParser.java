package llm265.h264.cavlc;

import java.util.Arrays;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.LevelList;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbPredParser;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.MbaffNeighbours;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.macroblock.PredIntraPredMode;

/**
 * 7.3.5 Macroblock layer syntax of I slices with entropy_coding_mode_flag 0: macroblock_layer(), mb_pred(), residual().
 *
 * <p>There is one object per slice decoder. {@link #startSlice} begins a slice; then {@link #parse} and {@link #moreDataFlag}
 * alternate.
 */
public final class MacroblockParser extends MbPredParser {
  /** Table 9-4, Intra_4x4 and Intra_8x8: coded_block_pattern by codeNum for ChromaArrayType 1 and 2. */
  private static final byte[] CODED_BLOCK_PATTERN = {
    47, 31, 15, 0, 23, 27, 29, 30, 7, 11, 13, 14, 39, 43, 45, 46, 16, 3, 5, 10, 12, 19, 21, 26,
    28, 35, 37, 42, 44, 1, 2, 4, 8, 17, 18, 20, 24, 6, 9, 22, 25, 32, 33, 34, 36, 40, 38, 41
  };

  /** The same for ChromaArrayType 0 and 3. */
  private static final byte[] CODED_BLOCK_PATTERN_WITHOUT_CHROMA = {
    15, 0, 7, 11, 13, 14, 3, 5, 10, 12, 1, 2, 4, 8, 6, 9
  };

  private static final int PLANE_BLOCKS = 16;
  private static final int MB_BLOCKS = 3 * PLANE_BLOCKS;

  private final ResidualBlockParser residualBlock = new ResidualBlockParser();

  private RbspReader reader;
  /** Reads residuals and I_PCM samples: the same reader, unless the slice is in data partitions. */
  private RbspReader residualReader;

  /** Receives elements from the reader, and the structures around them from this class; null if there is no trace. */
  private SyntaxTrace trace;

  private ChromaFormat chroma = ChromaFormat.MONOCHROME;
  private int bitDepthLuma;
  private int bitDepthChroma;
  private int qpBdOffsetY;
  private boolean transform8x8ModeFlag;

  /** Number of blocks of 8x8 chroma samples per plane: 1 for 4:2:0, 2 for 4:2:2. */
  private int numC8x8;

  private int[] scan4x4 = BlockScan.ZIGZAG_4X4;
  private int[] scan8x8 = BlockScan.ZIGZAG_8X8;

  /**
   * total_coeff( coeff_token ) of the blocks at 48 * mbAddr + 16 * plane + blkIdx. The next entry, of -1, stands for a
   * macroblock that is not available; the last is for {@link PictureMbState#mixedLeft}. Neighbours are in the same slice, so
   * older contents do not matter.
   */
  private byte[] totalCoeffs = {};

  /**
   * Reports structures to a trace from now on; null for no trace. Elements come from the reader, which must have the same
   * trace.
   */
  public void setTrace(SyntaxTrace listener) {
    trace = listener;
  }

  /**
   * Begins a slice.
   *
   * @param data at the first bit of slice_data()
   * @param residualData the same; or slice_data() of partition B, or null if it is missing
   * @param transform8x8ModeFlag transform_8x8_mode_flag of the picture parameter set
   * @param fieldPicFlag field_pic_flag of the slice header
   */
  public void startSlice(
      RbspReader data, RbspReader residualData, PictureFormat format, boolean transform8x8ModeFlag, boolean fieldPicFlag) {
    useFieldCoding(fieldPicFlag);
    reader = data;
    residualReader = residualData;
    chroma = format.chroma();
    bitDepthLuma = format.bitDepthLuma();
    bitDepthChroma = format.bitDepthChroma();
    qpBdOffsetY = format.qpBdOffsetY();
    this.transform8x8ModeFlag = transform8x8ModeFlag;
    numC8x8 = chroma.numC8x8();
    int unavailable = MB_BLOCKS * format.sizeInMbs();
    if (totalCoeffs.length != unavailable + 2 * MB_BLOCKS) {
      totalCoeffs = new byte[unavailable + 2 * MB_BLOCKS];
      Arrays.fill(totalCoeffs, unavailable, unavailable + MB_BLOCKS, (byte) -1);
    }
  }

  /**
   * mb_field_decoding_flag of a pair of an MBAFF frame; decides whether the next macroblocks are field or frame macroblocks.
   */
  public boolean parseMbFieldDecodingFlag() {
    boolean field = reader.readFlag("mb_field_decoding_flag");
    useFieldCoding(field);
    return field;
  }

  private void useFieldCoding(boolean field) {
    scan4x4 = field ? BlockScan.FIELD_4X4 : BlockScan.ZIGZAG_4X4;
    scan8x8 = field ? BlockScan.FIELD_8X8 : BlockScan.ZIGZAG_8X8;
  }

  /** Position in the RBSP after the last bit that has been read. */
  public long bitPosition() {
    return reader.bitPosition();
  }

  /** more_rbsp_data(): whether another macroblock follows in the slice. */
  public boolean moreDataFlag() {
    return reader.moreRbspData();
  }

  /**
   * Parses one macroblock_layer(). The caller has set {@link Macroblock#mbAddr} and called {@link Macroblock#clearResidual};
   * the caller derives qpY.
   *
   * @param state the macroblocks before this one
   * @param neighbours neighbours of this one
   * @throws MalformedStreamException if a value is out of its range or the data ends
   */
  public void parse(Macroblock mb, PictureMbState state, MbNeighbours neighbours) {
    int blocks = MB_BLOCKS * mb.mbAddr;
    if (neighbours.a == state.mixedLeft()) {
      mixLeftTotals((MbaffNeighbours) neighbours, neighbours.a);
    }
    mb.mbType = reader.readUe("mb_type", "7.4.5", MbType.I_PCM);
    mb.transformSize8x8Flag = false;
    mb.intraChromaPredMode = 0;
    mb.mbQpDelta = 0;
    if (mb.isPcm()) {
      Arrays.fill(totalCoeffs, blocks, blocks + MB_BLOCKS, (byte) 16);
      parsePcm(mb);
      return;
    }
    Arrays.fill(totalCoeffs, blocks, blocks + MB_BLOCKS, (byte) 0);
    if (mb.isINxN()) {
      mb.transformSize8x8Flag = transform8x8ModeFlag && reader.readFlag("transform_size_8x8_flag");
    }
    if (trace != null) {
      trace.begin("mb_pred");
    }
    parseMbPred(mb, state, neighbours, numC8x8 != 0);
    if (trace != null) {
      trace.end();
    }
    mb.codedBlockPattern = mb.isINxN() ? parseCodedBlockPattern() : MbType.codedBlockPattern(mb.mbType);
    if (numC8x8 == 0) {
      // An I_16x16 type may imply chroma blocks that the format does not have: residual() reads none (7.3.5.3).
      mb.codedBlockPattern &= 15;
    }
    if (mb.isI16x16() || mb.codedBlockPattern != 0) {
      mb.mbQpDelta = reader.readSe("mb_qp_delta", "7.4.5", -(26 + qpBdOffsetY / 2), 25 + qpBdOffsetY / 2);
      parseResidual(mb, neighbours);
    }
  }

  /** The totals of the blocks on the left of a macroblock whose left pair is of the other kind. */
  private void mixLeftTotals(MbaffNeighbours neighbours, int mixedLeft) {
    for (int plane = 0; plane < 3; plane++) {
      boolean rowsOfTwo = plane > 0 && numC8x8 != 0;
      for (int row = 0; row < (rowsOfTwo ? 2 * numC8x8 : 4); row++) {
        totalCoeffs[MB_BLOCKS * mixedLeft + PLANE_BLOCKS * plane + MbaffNeighbours.lastBlockOfRow(row, rowsOfTwo)] =
            totalCoeffs[MB_BLOCKS * neighbours.leftMb(row, rowsOfTwo, numC8x8) + PLANE_BLOCKS * plane
                + MbaffNeighbours.lastBlockOfRow(neighbours.leftRow(row, rowsOfTwo, numC8x8), rowsOfTwo)];
      }
    }
  }

  /** Data partitions: the elements of category 3 in the tables of 7.3.5 are in partition B. */
  private void requirePartitionB() {
    if (residualReader == null) {
      throw new MalformedStreamException(
          "slice_data_partition_b_layer_rbsp", "7.4.1.2.5", "is missing, and the macroblock needs it");
    }
  }

  private void parsePcm(Macroblock mb) {
    requirePartitionB();
    while (!residualReader.isByteAligned()) {
      residualReader.readBits(1, "pcm_alignment_zero_bit");
    }
    short[] samples = mb.pcmSamples;
    for (int i = 0; i < 256; i++) {
      samples[i] = (short) residualReader.readBits(bitDepthLuma, residualReader.indexed("pcm_sample_luma", i));
    }
    int end = 256 + 2 * chroma.mbWidthC() * chroma.mbHeightC();
    for (int i = 256; i < end; i++) {
      samples[i] = (short) residualReader.readBits(bitDepthChroma, residualReader.indexed("pcm_sample_chroma", i - 256));
    }
    mb.codedBlockPattern = MbType.PCM_CODED_BLOCK_PATTERN;
  }

  /** prev_intra4x4_pred_mode_flag and rem_intra4x4_pred_mode, or those of 8x8 blocks. */
  @Override
  protected int parseIntraPredMode(int predicted, boolean is8x8, int blkIdx) {
    String flag = is8x8 ? "prev_intra8x8_pred_mode_flag" : "prev_intra4x4_pred_mode_flag";
    if (reader.readFlag(reader.indexed(flag, blkIdx))) {
      return predicted;
    }
    String remaining = is8x8 ? "rem_intra8x8_pred_mode" : "rem_intra4x4_pred_mode";
    return PredIntraPredMode.ofRemaining(predicted, reader.readInt(3, reader.indexed(remaining, blkIdx)));
  }

  @Override
  protected int parseIntraChromaPredMode(PictureMbState state, MbNeighbours neighbours) {
    return reader.readUe("intra_chroma_pred_mode", "7.4.5.1", 3);
  }

  /** 9.1.2 Mapping process for coded block pattern, me(v). */
  private int parseCodedBlockPattern() {
    return reader.readMe(
        "coded_block_pattern", numC8x8 == 0 ? CODED_BLOCK_PATTERN_WITHOUT_CHROMA : CODED_BLOCK_PATTERN);
  }

  /** 7.3.5.3 Residual data syntax. */
  private void parseResidual(Macroblock mb, MbNeighbours neighbours) {
    requirePartitionB();
    parseResidualLuma(mb, 0, neighbours);
    if (chroma == ChromaFormat.YUV444) {
      parseResidualLuma(mb, 1, neighbours);
      parseResidualLuma(mb, 2, neighbours);
    } else if (mb.codedBlockPattern >> 4 != 0) {
      parseResidualChroma(mb, neighbours);
    }
  }

  /** 7.3.5.3.1 Residual luma data syntax, also for Cb and Cr in 4:4:4. */
  private void parseResidualLuma(Macroblock mb, int plane, MbNeighbours neighbours) {
    int blocks = MB_BLOCKS * mb.mbAddr + PLANE_BLOCKS * plane;
    boolean i16x16 = mb.isI16x16();
    if (i16x16) {
      int nC = blockNc(blocks, plane, 0, neighbours);
      beginBlock(LevelList.INTRA_16X16_DC, plane, 0, nC);
      int total = residualBlock.parse(residualReader, CodeTables.coeffTokenColumn(nC), CodeTables.TOTAL_ZEROS_4X4,
          16, scan4x4, 0, 0, mb.dcLevels, 16 * plane);
      endBlock();
      mb.codedBlockFlags |= (total == 0 ? 0L : 1L) << (Macroblock.DC_FLAG_BIT + plane);
    }
    LevelList list = i16x16 ? LevelList.INTRA_16X16_AC : LevelList.LEVEL_4X4;
    int firstCoeff = i16x16 ? 1 : 0;
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      if (((mb.codedBlockPattern >> (blkIdx >> 2)) & 1) == 0) {
        blkIdx |= 3;
        continue;
      }
      int nC = blockNc(blocks, plane, blkIdx, neighbours);
      int column = CodeTables.coeffTokenColumn(nC);
      beginBlock(list, plane, blkIdx, nC);
      int total;
      if (mb.transformSize8x8Flag) {
        // The levels of an 8x8 block are distributed over four blocks of 16 in turn.
        total = residualBlock.parse(residualReader, column, CodeTables.TOTAL_ZEROS_4X4, 16,
            scan8x8, blkIdx & 3, 2, mb.levels, 256 * plane + 64 * (blkIdx >> 2));
        mb.codedBlockFlags |= (total == 0 ? 0L : 15L) << (16 * plane + (blkIdx & ~3));
      } else {
        total = residualBlock.parse(residualReader, column, CodeTables.TOTAL_ZEROS_4X4, 16 - firstCoeff,
            scan4x4, firstCoeff, 0, mb.levels, 256 * plane + 16 * blkIdx);
        mb.codedBlockFlags |= (total == 0 ? 0L : 1L) << (16 * plane + blkIdx);
      }
      endBlock();
      totalCoeffs[blocks + blkIdx] = (byte) total;
    }
  }

  /** The part of 7.3.5.3 for ChromaArrayType 1 and 2. */
  private void parseResidualChroma(Macroblock mb, MbNeighbours neighbours) {
    boolean is420 = numC8x8 == 1;
    int nC = is420 ? CodeTables.CHROMA_DC_420_NC : CodeTables.CHROMA_DC_422_NC;
    PrefixCode[] totalZeros = is420 ? CodeTables.TOTAL_ZEROS_2X2 : CodeTables.TOTAL_ZEROS_2X4;
    int[] scan = is420 ? BlockScan.CHROMA_DC_420 : BlockScan.CHROMA_DC_422;
    for (int plane = 1; plane <= 2; plane++) {
      beginBlock(LevelList.CHROMA_DC, plane, 0, nC);
      int total = residualBlock.parse(
          residualReader, CodeTables.coeffTokenColumn(nC), totalZeros, 4 * numC8x8, scan, 0, 0, mb.dcLevels, 16 * plane);
      endBlock();
      mb.codedBlockFlags |= (total == 0 ? 0L : 1L) << (Macroblock.CHROMA_DC_FLAG_BIT + plane - 1);
    }
    if (mb.codedBlockPattern >> 4 != 2) {
      return;
    }
    for (int plane = 1; plane <= 2; plane++) {
      int blocks = MB_BLOCKS * mb.mbAddr + PLANE_BLOCKS * plane;
      for (int blkIdx = 0; blkIdx < 4 * numC8x8; blkIdx++) {
        nC = chromaBlockNc(blocks, plane, blkIdx, neighbours);
        beginBlock(LevelList.CHROMA_AC, plane, blkIdx, nC);
        int total = residualBlock.parse(residualReader, CodeTables.coeffTokenColumn(nC), CodeTables.TOTAL_ZEROS_4X4,
            15, scan4x4, 1, 0, mb.levels, 256 * plane + 16 * blkIdx);
        endBlock();
        mb.codedBlockFlags |= (total == 0 ? 0L : 1L) << (16 * plane + blkIdx);
        totalCoeffs[blocks + blkIdx] = (byte) total;
      }
    }
  }

  private void beginBlock(LevelList list, int plane, int blkIdx, int nC) {
    if (trace != null) {
      trace.residualBlock(
          SyntaxTrace.RESIDUAL_BLOCK_CAVLC, list.name(plane, blkIdx), list.maxNumCoeff(numC8x8), nC);
    }
  }

  private void endBlock() {
    if (trace != null) {
      trace.end();
    }
  }

  /** nC (9.2.1) of a block of 4x4 luma samples, or Cb or Cr in 4:4:4. */
  private int blockNc(int blocks, int plane, int blkIdx, MbNeighbours neighbours) {
    int blocksA = BlockScan.LEFT_IS_IN_A[blkIdx] ? MB_BLOCKS * neighbours.a + PLANE_BLOCKS * plane : blocks;
    int blocksB = BlockScan.ABOVE_IS_IN_B[blkIdx] ? MB_BLOCKS * neighbours.b + PLANE_BLOCKS * plane : blocks;
    return nC(
        totalCoeffs[blocksA + BlockScan.LEFT_BLOCK[blkIdx]], totalCoeffs[blocksB + BlockScan.ABOVE_BLOCK[blkIdx]]);
  }

  /** The same for a chroma AC block of 4:2:0 or 4:2:2. Blocks are numbered in rows of two. */
  private int chromaBlockNc(int blocks, int plane, int blkIdx, MbNeighbours neighbours) {
    int blocksA = (blkIdx & 1) == 0 ? MB_BLOCKS * neighbours.a + PLANE_BLOCKS * plane : blocks;
    int blocksB = blkIdx < 2 ? MB_BLOCKS * neighbours.b + PLANE_BLOCKS * plane : blocks;
    int above = (blkIdx + 4 * numC8x8 - 2) & (4 * numC8x8 - 1);
    return nC(totalCoeffs[blocksA + (blkIdx ^ 1)], totalCoeffs[blocksB + above]);
  }

  /** nC is the mean of nA and nB, or the one that is available, or 0. */
  private static int nC(int nA, int nB) {
    return nA < 0 || nB < 0 ? Math.max(0, Math.max(nA, nB)) : (nA + nB + 1) >> 1;
  }
}
