package llm265.h264.reconstruct;

import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.intra.Intra16x16Prediction;
import llm265.h264.intra.Intra4x4Prediction;
import llm265.h264.intra.Intra8x8Prediction;
import llm265.h264.intra.IntraChromaPrediction;
import llm265.h264.intra.IntraEdge;
import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.ChromaQp;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.transform.DcTransform;
import llm265.h264.transform.InverseTransform;
import llm265.h264.transform.LevelScale;
import llm265.h264.transform.TransformKernels;

/**
 * 8.3 Intra prediction process and 8.5 Transform coefficient decoding process, joined: makes every sample before deblocking.
 *
 * <p>The decoder calls {@link #reconstruct}. The encoder calls its steps one by one, since it looks at the prediction before it
 * knows the residual. {@link TracedReconstructor} reports what the steps do.
 */
public class MacroblockReconstructor {
  private static final TransformKernels TRANSFORM = TransformKernels.ACTIVE;

  /** Bit luma4x4BlkIdx is set if the block above right is in the same macroblock and earlier in decoding order. */
  private static final int ABOVE_RIGHT_INSIDE_4X4 = aboveRightInside4x4();

  final PictureFormat format;
  final IntraEdge edge = new IntraEdge();
  final Intra8x8Prediction intra8x8 = new Intra8x8Prediction();
  private final int[] dc = new int[16];
  private final int[] scratch = new int[256];
  final int[] maxSample = new int[3];

  private final TransformBypass transformBypass = new TransformBypass();
  private boolean transformBypassAtZero;
  LevelScale levelScale;
  private final int[] chromaQpIndexOffset = new int[3];
  Picture picture;
  private MbNeighbours neighbours;
  /** The plane that the steps of luma blocks work on: 0; in 4:4:4, where Cb and Cr are coded like luma, also 1 or 2. */
  int plane;
  int lumaOffset;
  int chromaOffset;
  /** Distance between the macroblock's rows of luma samples; in 4:4:4, of all samples. */
  int lumaStride;
  int chromaStride;

  public MacroblockReconstructor(PictureFormat format) {
    this.format = format;
    for (int p = 0; p < maxSample.length; p++) {
      maxSample[p] = (1 << format.bitDepth(p)) - 1;
    }
  }

  /** Takes the scaling functions and chroma QP offsets of a picture parameter set. */
  public void useParameters(LevelScale scale, int cbQpIndexOffset, int crQpIndexOffset) {
    levelScale = scale;
    chromaQpIndexOffset[1] = cbQpIndexOffset;
    chromaQpIndexOffset[2] = crQpIndexOffset;
  }

  /** Takes qpprime_y_zero_transform_bypass_flag; false until this is called. */
  public void useTransformBypass(boolean qpprimeYZeroTransformBypassFlag) {
    transformBypassAtZero = qpprimeYZeroTransformBypassFlag;
  }

  /** The picture that samples are written to from now on. */
  public void begin(Picture target) {
    picture = target;
  }

  /** Moves to a macroblock whose neighbours have been derived. */
  public void moveTo(int mbX, int mbY, MbNeighbours around) {
    neighbours = around;
    plane = 0;
    lumaStride = picture.stride(0);
    lumaOffset = picture.first(0) + 16 * (mbY * lumaStride + mbX);
    if (format.planes() > 1) {
      chromaStride = picture.stride(1);
      chromaOffset =
          picture.first(1) + format.chroma().mbHeightC() * mbY * chromaStride + format.chroma().mbWidthC() * mbX;
    }
  }

  /**
   * Makes all samples of a parsed macroblock.
   *
   * @throws MalformedStreamException if a prediction mode needs a neighbour that is not available
   */
  public void reconstruct(Macroblock mb, MbNeighbours around) {
    moveTo(mb.mbX, mb.mbY, around);
    if (mb.mbFieldDecodingFlag) {
      moveToFieldMacroblock(mb);
    }
    if (mb.isPcm()) {
      copyPcmSamples(mb);
      return;
    }
    int qpPrimeY = mb.qpY + format.qpBdOffsetY();
    if (qpPrimeY == 0 && transformBypassAtZero) {
      reconstructBypassed(mb);
      return;
    }
    reconstructLuma(mb, qpPrimeY);
    switch (format.chroma()) {
      case MONOCHROME -> { }
      case YUV420, YUV422 -> {
        predictIntraChroma(mb.intraChromaPredMode);
        addChromaResidual(mb);
      }
      case YUV444 -> reconstructChromaAsLuma(mb);
    }
  }

  /**
   * Moves to every other row of the pair, from its first or second row on (6.4.1). By 6.4.12.2, neighbouring samples lie where
   * they would lie in a picture with rows as far apart as those of the macroblock.
   */
  private void moveToFieldMacroblock(Macroblock mb) {
    int bottom = mb.mbY & 1;
    lumaOffset -= bottom * 15 * lumaStride;
    lumaStride *= 2;
    if (format.planes() > 1) {
      chromaOffset -= bottom * (format.chroma().mbHeightC() - 1) * chromaStride;
      chromaStride *= 2;
    }
  }

  /** 8.3.1 to 8.3.3, 8.5.1 to 8.5.3. */
  private void reconstructLuma(Macroblock mb, int qP) {
    if (mb.isI16x16()) {
      predictIntra16x16(mb.intra16x16PredMode);
      addIntra16x16Residual(mb, qP);
    } else if (mb.transformSize8x8Flag) {
      for (int block = 0; block < 4; block++) {
        gather8x8(block);
        predict8x8(block, mb.intraPredModes[4 * block]);
        add8x8Residual(mb, block, qP);
      }
    } else {
      for (int block = 0; block < 16; block++) {
        gather4x4(block);
        predict4x4(block, mb.intraPredModes[block]);
        add4x4Residual(mb, block, qP);
      }
    }
  }

  /** 8.3.4.5, 8.5.5: Cb and Cr of 4:4:4 use the prediction modes and transforms of luma. */
  private void reconstructChromaAsLuma(Macroblock mb) {
    for (plane = 1; plane < 3; plane++) {
      reconstructLuma(mb, chromaQp(plane, mb.qpY));
    }
  }

  /** 8.3.1 to 8.3.4 with TransformBypassModeFlag 1. */
  private void reconstructBypassed(Macroblock mb) {
    boolean chromaAsLuma = format.chroma() == ChromaFormat.YUV444;
    for (plane = 0; plane < (chromaAsLuma ? 3 : 1); plane++) {
      if (mb.isI16x16()) {
        predictIntra16x16(mb.intra16x16PredMode);
        addBypassed16x16(mb);
      } else if (mb.transformSize8x8Flag) {
        for (int block = 0; block < 4; block++) {
          gather8x8(block);
          predict8x8(block, mb.intraPredModes[4 * block]);
          addBypassed8x8(mb, block);
        }
      } else {
        for (int block = 0; block < 16; block++) {
          gather4x4(block);
          predict4x4(block, mb.intraPredModes[block]);
          addBypassed4x4(mb, block);
        }
      }
    }
    if (!chromaAsLuma && format.planes() > 1) {
      predictIntraChroma(mb.intraChromaPredMode);
      addBypassedChroma(mb);
    }
  }

  void addBypassed16x16(Macroblock mb) {
    transformBypass.add16x16(mb, plane, picture.samples(plane), lumaOffset, lumaStride, maxSample[plane]);
  }

  void addBypassed8x8(Macroblock mb, int block) {
    transformBypass.add8x8(mb, plane, block, picture.samples(plane), offset8x8(block), lumaStride, maxSample[plane]);
  }

  void addBypassed4x4(Macroblock mb, int block) {
    transformBypass.add4x4(mb, plane, block, picture.samples(plane), offset4x4(block), lumaStride, maxSample[plane]);
  }

  void addBypassedChroma(Macroblock mb) {
    for (int c = 1; c < 3; c++) {
      transformBypass.addChroma(
          mb, c, format.chroma().mbHeightC(), picture.samples(c), chromaOffset, chromaStride, maxSample[c]);
    }
  }

  /** 8.3.3: writes the prediction of the macroblock's luma samples into the picture. */
  public void predictIntra16x16(int mode) {
    short[] samples = picture.samples(plane);
    edge.gather(
        samples, lumaOffset, lumaStride, 16, 16, 0,
        neighbours.availableA, neighbours.availableB, neighbours.availableD, false);
    require(IntraPredModes.isPossible16x16(mode, edge.left, edge.above, edge.corner), "Intra16x16PredMode", "8.3.3", mode);
    Intra16x16Prediction.predict(mode, edge, samples, lumaOffset, lumaStride, format.bitDepth(plane));
  }

  /** 8.5.2: adds the residual of an Intra_16x16 macroblock to the prediction in the picture. */
  public void addIntra16x16Residual(Macroblock mb, int qP) {
    int acBlocks = (int) (mb.codedBlockFlags >>> 16 * plane) & 0xFFFF;
    int[] scale = levelScale.levelScale4x4(plane, qP);
    boolean hasDc = ((mb.codedBlockFlags >>> (Macroblock.DC_FLAG_BIT + plane)) & 1) != 0;
    if (hasDc) {
      DcTransform.inverseLuma(mb.dcLevels, 16 * plane, scale[0], qP, dc, 0);
    } else if (acBlocks == 0) {
      return;
    }
    // Without DC levels, position 0 of every block is 0 and is scaled like the others.
    TRANSFORM.residual4x4(
        mb.levels, 256 * plane, scale, qP, hasDc ? dc : null, 0, acBlocks, 16, picture.samples(plane), lumaOffset,
        lumaStride, maxSample[plane], scratch);
  }

  /** Gathers the edge of a luma 4x4 block from the picture (6.4.11.4, 8.3.1.2). */
  public IntraEdge gather4x4(int luma4x4BlkIdx) {
    int column = BlockScan.BLOCK_COLUMN[luma4x4BlkIdx];
    int row = BlockScan.BLOCK_ROW[luma4x4BlkIdx];
    boolean left = column > 0 || neighbours.availableA;
    boolean above = row > 0 || neighbours.availableB;
    boolean corner = column > 0
        ? above
        : row > 0 ? neighbours.availableA : neighbours.availableD;
    boolean aboveRight;
    if (row > 0) {
      aboveRight = ((ABOVE_RIGHT_INSIDE_4X4 >> luma4x4BlkIdx) & 1) != 0;
    } else {
      aboveRight = column < 3 ? neighbours.availableB : neighbours.availableC;
    }
    edge.gather(
        picture.samples(plane), offset4x4(luma4x4BlkIdx), lumaStride, 4, 4, 4, left, above, corner, aboveRight);
    return edge;
  }

  /** 8.3.1.2: predicts a luma 4x4 block in the picture from the edge gathered last. */
  public void predict4x4(int luma4x4BlkIdx, int mode) {
    require(IntraPredModes.isPossibleNxN(mode, edge.left, edge.above, edge.corner), "Intra4x4PredMode", "8.3.1.2", mode);
    Intra4x4Prediction.predict(
        mode, edge, picture.samples(plane), offset4x4(luma4x4BlkIdx), lumaStride, format.bitDepth(plane));
  }

  /** 8.5.1: adds the residual of a luma 4x4 block to the prediction in the picture. */
  public void add4x4Residual(Macroblock mb, int luma4x4BlkIdx, int qP) {
    if (((mb.codedBlockFlags >>> (16 * plane + luma4x4BlkIdx)) & 1) != 0) {
      InverseTransform.residual4x4(
          mb.levels, 256 * plane + 16 * luma4x4BlkIdx, levelScale.levelScale4x4(plane, qP), qP, picture.samples(plane),
          offset4x4(luma4x4BlkIdx), lumaStride, maxSample[plane], scratch);
    }
  }

  /** Gathers and filters the edge of a luma 8x8 block from the picture (6.4.11.2, 8.3.2.2). */
  public IntraEdge gather8x8(int luma8x8BlkIdx) {
    boolean right = (luma8x8BlkIdx & 1) != 0;
    boolean lower = luma8x8BlkIdx > 1;
    boolean left = right || neighbours.availableA;
    boolean above = lower || neighbours.availableB;
    boolean corner = right ? above : lower ? neighbours.availableA : neighbours.availableD;
    boolean aboveRight = switch (luma8x8BlkIdx) {
      case 0 -> neighbours.availableB;
      case 1 -> neighbours.availableC;
      case 2 -> true;
      default -> false;
    };
    edge.gather(
        picture.samples(plane), offset8x8(luma8x8BlkIdx), lumaStride, 8, 8, 8, left, above, corner, aboveRight);
    intra8x8.filter(edge);
    return edge;
  }

  /** The 8x8 predictor with the edge that was gathered last, for trying modes outside of the picture. */
  public Intra8x8Prediction intra8x8() {
    return intra8x8;
  }

  /** 8.3.2.2: predicts a luma 8x8 block in the picture from the edge gathered last. */
  public void predict8x8(int luma8x8BlkIdx, int mode) {
    require(IntraPredModes.isPossibleNxN(mode, edge.left, edge.above, edge.corner), "Intra8x8PredMode", "8.3.2.2", mode);
    intra8x8.predict(mode, picture.samples(plane), offset8x8(luma8x8BlkIdx), lumaStride, format.bitDepth(plane));
  }

  /** 8.5.3: adds the residual of a luma 8x8 block to the prediction in the picture. */
  public void add8x8Residual(Macroblock mb, int luma8x8BlkIdx, int qP) {
    if (((mb.codedBlockFlags >>> (16 * plane + 4 * luma8x8BlkIdx)) & 15) != 0) {
      InverseTransform.residual8x8(
          mb.levels, 256 * plane + 64 * luma8x8BlkIdx, levelScale.levelScale8x8(plane, qP), qP, picture.samples(plane),
          offset8x8(luma8x8BlkIdx), lumaStride, maxSample[plane], scratch);
    }
  }

  /** 8.3.4: writes the prediction of the macroblock's chroma samples into the picture. */
  public void predictIntraChroma(int mode) {
    require(
        IntraPredModes.isPossibleChroma(mode, neighbours.availableA, neighbours.availableB, neighbours.availableD),
        "intra_chroma_pred_mode", "8.3.4", mode);
    int height = format.chroma().mbHeightC();
    for (int c = 1; c < 3; c++) {
      gatherChroma(c);
      IntraChromaPrediction.predict(
          mode, height, edge, picture.samples(c), chromaOffset, chromaStride, format.bitDepthChroma());
    }
  }

  /** Gathers the edge of a chroma plane (4:2:0, 4:2:2) from the picture. */
  void gatherChroma(int c) {
    edge.gather(
        picture.samples(c), chromaOffset, chromaStride, 8, format.chroma().mbHeightC(), 0,
        neighbours.availableA, neighbours.availableB, neighbours.availableD, false);
  }

  /** 8.5.4: adds the residual of both chroma planes (4:2:0, 4:2:2) to the prediction in the picture. */
  public void addChromaResidual(Macroblock mb) {
    int blocks = chromaBlocks();
    for (int c = 1; c < 3; c++) {
      int acBlocks = (int) (mb.codedBlockFlags >>> 16 * c) & ((1 << blocks) - 1);
      boolean hasDc = ((mb.codedBlockFlags >>> (Macroblock.CHROMA_DC_FLAG_BIT + c - 1)) & 1) != 0;
      if (!hasDc && acBlocks == 0) {
        continue;
      }
      int qP = chromaQp(c, mb.qpY);
      int[] scale = levelScale.levelScale4x4(c, qP);
      if (hasDc) {
        inverseChromaDc(mb, c, qP, dc);
      }
      TRANSFORM.residual4x4(
          mb.levels, 256 * c, scale, qP, hasDc ? dc : null, 0, acBlocks, blocks, picture.samples(c), chromaOffset,
          chromaStride, maxSample[c], scratch);
    }
  }

  /** Number of 4x4 blocks of a chroma plane of 4:2:0 or 4:2:2. */
  int chromaBlocks() {
    return format.chroma() == ChromaFormat.YUV420 ? 4 : 8;
  }

  /** 8.5.11: d00 of each block of a chroma plane. */
  void inverseChromaDc(Macroblock mb, int c, int qP, int[] dcC) {
    if (format.chroma() == ChromaFormat.YUV420) {
      DcTransform.inverseChroma420(mb.dcLevels, 16 * c, levelScale.levelScale4x4(c, qP)[0], qP, dcC, 0);
    } else {
      // QP'C,dc (8-328)
      DcTransform.inverseChroma422(mb.dcLevels, 16 * c, levelScale.levelScale4x4(c, qP + 3)[0], qP + 3, dcC, 0);
    }
  }

  /** QP'C of a chroma plane (8.5.8). */
  public int chromaQp(int c, int qpY) {
    int qpBdOffsetC = format.qpBdOffsetC();
    return ChromaQp.qpC(qpY, chromaQpIndexOffset[c], qpBdOffsetC) + qpBdOffsetC;
  }

  /** 8.3.5 Sample construction process for I_PCM macroblocks. */
  private void copyPcmSamples(Macroblock mb) {
    int at = 0;
    for (int plane = 0; plane < format.planes(); plane++) {
      int width = plane == 0 ? 16 : format.chroma().mbWidthC();
      int height = plane == 0 ? 16 : format.chroma().mbHeightC();
      int to = plane == 0 ? lumaOffset : chromaOffset;
      for (int y = 0; y < height; y++) {
        System.arraycopy(mb.pcmSamples, at, picture.samples(plane), to, width);
        at += width;
        to += plane == 0 ? lumaStride : chromaStride;
      }
    }
  }

  /** Offset of a luma 4x4 block's first sample in the picture. */
  public int offset4x4(int luma4x4BlkIdx) {
    return lumaOffset
        + 4 * (BlockScan.BLOCK_ROW[luma4x4BlkIdx] * lumaStride + BlockScan.BLOCK_COLUMN[luma4x4BlkIdx]);
  }

  /** Offset of a luma 8x8 block's first sample in the picture. */
  public int offset8x8(int luma8x8BlkIdx) {
    return lumaOffset + 8 * ((luma8x8BlkIdx >> 1) * lumaStride + (luma8x8BlkIdx & 1));
  }

  private static void require(boolean possible, String syntaxElement, String clause, int mode) {
    if (!possible) {
      throw new MalformedStreamException(
          syntaxElement, clause, "mode " + mode + " needs neighbouring samples that are not available");
    }
  }

  private static int aboveRightInside4x4() {
    int bits = 0;
    for (int block = 0; block < 16; block++) {
      int column = BlockScan.BLOCK_COLUMN[block];
      int row = BlockScan.BLOCK_ROW[block];
      if (row > 0 && column < 3 && BlockScan.BLOCK_INDEX[4 * (row - 1) + column + 1] < block) {
        bits |= 1 << block;
      }
    }
    return bits;
  }
}
