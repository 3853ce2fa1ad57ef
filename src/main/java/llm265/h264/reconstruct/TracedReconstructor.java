package llm265.h264.reconstruct;

import java.util.Arrays;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.transform.DcTransform;
import llm265.h264.transform.InverseTransform;

/**
 * Makes samples as {@link MacroblockReconstructor} does, and reports every block with its numbers. They are the decoder's own:
 * a residual is what the decoder's step adds to samples that do not clip it.
 */
public final class TracedReconstructor extends MacroblockReconstructor {
  /** With samples of so many bits, a residual clips nothing if it is added to 0, or subtracted from this. */
  private static final short WIDEST = Short.MAX_VALUE;

  private final ReconstructionTrace trace;
  /** The blocks in progress; Cb and Cr of a chroma macroblock are constructed together. */
  private final TracedBlock[] blocks = {new TracedBlock(), new TracedBlock()};
  /** Whether the macroblock's blocks are reported. */
  private boolean watched;

  public TracedReconstructor(PictureFormat format, ReconstructionTrace trace) {
    super(format);
    this.trace = trace;
  }

  @Override
  public void reconstruct(Macroblock mb, MbNeighbours around) {
    trace.begin(mb, around);
    watched = trace.wantsBlocks();
    super.reconstruct(mb, around);
  }

  @Override
  public void predictIntra16x16(int mode) {
    super.predictIntra16x16(mode);
    predicted(blocks[0], TracedBlock.Kind.INTRA_16X16, plane, 0, mode);
  }

  @Override
  public void predict4x4(int luma4x4BlkIdx, int mode) {
    super.predict4x4(luma4x4BlkIdx, mode);
    predicted(blocks[0], TracedBlock.Kind.INTRA_4X4, plane, luma4x4BlkIdx, mode);
  }

  @Override
  public void predict8x8(int luma8x8BlkIdx, int mode) {
    super.predict8x8(luma8x8BlkIdx, mode);
    predicted(blocks[0], TracedBlock.Kind.INTRA_8X8, plane, luma8x8BlkIdx, mode);
    System.arraycopy(intra8x8.filteredEdge(), 0, blocks[0].filteredEdge, 0, 33);
  }

  @Override
  public void predictIntraChroma(int mode) {
    super.predictIntraChroma(mode);
    for (int c = 1; c < 3; c++) {
      gatherChroma(c);
      predicted(blocks[c - 1], TracedBlock.Kind.CHROMA, c, 0, mode);
    }
  }

  /** Takes down a block whose prediction is in the picture, and the edge gathered last. */
  private void predicted(TracedBlock block, TracedBlock.Kind kind, int ofPlane, int blkIdx, int mode) {
    if (!watched) {
      return;
    }
    block.kind = kind;
    block.plane = ofPlane;
    block.blkIdx = blkIdx;
    block.mode = mode;
    switch (kind) {
      case INTRA_4X4 -> place(block, 4 * BlockScan.BLOCK_COLUMN[blkIdx], 4 * BlockScan.BLOCK_ROW[blkIdx], 4, 4);
      case INTRA_8X8 -> place(block, 8 * (blkIdx & 1), 8 * (blkIdx >> 1), 8, 8);
      case INTRA_16X16 -> place(block, 0, 0, 16, 16);
      case CHROMA -> place(block, 0, 0, 8, format.chroma().mbHeightC());
    }
    block.edge.left = edge.left;
    block.edge.above = edge.above;
    block.edge.corner = edge.corner;
    block.edge.aboveRight = edge.aboveRight;
    System.arraycopy(edge.samples, 0, block.edge.samples, 0, edge.samples.length);
    read(block, block.prediction);
    block.bypass = false;
    block.hasDc = false;
    Arrays.fill(block.coefficients, 0);
  }

  private static void place(TracedBlock block, int x, int y, int width, int height) {
    block.x = x;
    block.y = y;
    block.width = width;
    block.height = height;
  }

  @Override
  public void addIntra16x16Residual(Macroblock mb, int qP) {
    if (!watched) {
      super.addIntra16x16Residual(mb, qP);
      return;
    }
    TracedBlock block = blocks[0];
    block.qP = qP;
    int[] scale = levelScale.levelScale4x4(plane, qP);
    block.hasDc = ((mb.codedBlockFlags >>> (Macroblock.DC_FLAG_BIT + plane)) & 1) != 0;
    if (block.hasDc) {
      DcTransform.inverseLuma(mb.dcLevels, 16 * plane, scale[0], qP, block.dc, 0);
    }
    scale4x4(block, mb, scale, 16);
    construct(1, () -> super.addIntra16x16Residual(mb, qP));
  }

  @Override
  public void add4x4Residual(Macroblock mb, int luma4x4BlkIdx, int qP) {
    if (!watched) {
      super.add4x4Residual(mb, luma4x4BlkIdx, qP);
      return;
    }
    TracedBlock block = blocks[0];
    block.qP = qP;
    InverseTransform.scale4x4(
        mb.levels, 256 * plane + 16 * luma4x4BlkIdx, levelScale.levelScale4x4(plane, qP), qP, block.coefficients);
    construct(1, () -> super.add4x4Residual(mb, luma4x4BlkIdx, qP));
  }

  @Override
  public void add8x8Residual(Macroblock mb, int luma8x8BlkIdx, int qP) {
    if (!watched) {
      super.add8x8Residual(mb, luma8x8BlkIdx, qP);
      return;
    }
    TracedBlock block = blocks[0];
    block.qP = qP;
    InverseTransform.scale8x8(
        mb.levels, 256 * plane + 64 * luma8x8BlkIdx, levelScale.levelScale8x8(plane, qP), qP, block.coefficients);
    construct(1, () -> super.add8x8Residual(mb, luma8x8BlkIdx, qP));
  }

  @Override
  public void addChromaResidual(Macroblock mb) {
    if (!watched) {
      super.addChromaResidual(mb);
      return;
    }
    for (TracedBlock block : blocks) {
      int c = block.plane;
      block.qP = chromaQp(c, mb.qpY);
      block.hasDc = ((mb.codedBlockFlags >>> (Macroblock.CHROMA_DC_FLAG_BIT + c - 1)) & 1) != 0;
      if (block.hasDc) {
        inverseChromaDc(mb, c, block.qP, block.dc);
      }
      scale4x4(block, mb, levelScale.levelScale4x4(c, block.qP), chromaBlocks());
    }
    construct(2, () -> super.addChromaResidual(mb));
  }

  /** The coefficients of all 4x4 blocks of a plane whose DC coefficients are transformed separately. */
  private static void scale4x4(TracedBlock block, Macroblock mb, int[] scale, int count) {
    int[] d = new int[16];
    for (int b = 0; b < count; b++) {
      InverseTransform.scale4x4(mb.levels, 256 * block.plane + 16 * b, scale, block.qP, d);
      d[0] = block.hasDc ? block.dc[b] : 0;
      System.arraycopy(d, 0, block.coefficients, 16 * b, 16);
    }
  }

  @Override
  void addBypassed16x16(Macroblock mb) {
    constructBypassed(1, () -> super.addBypassed16x16(mb));
  }

  @Override
  void addBypassed8x8(Macroblock mb, int block) {
    constructBypassed(1, () -> super.addBypassed8x8(mb, block));
  }

  @Override
  void addBypassed4x4(Macroblock mb, int block) {
    constructBypassed(1, () -> super.addBypassed4x4(mb, block));
  }

  @Override
  void addBypassedChroma(Macroblock mb) {
    constructBypassed(2, () -> super.addBypassedChroma(mb));
  }

  private void constructBypassed(int count, Runnable step) {
    for (int i = 0; i < count; i++) {
      blocks[i].bypass = true;
      blocks[i].qP = 0;
    }
    construct(count, step);
  }

  /** Runs a step of the decoder on samples that show the residual, and then on the prediction. */
  private void construct(int count, Runnable step) {
    if (!watched) {
      step.run();
      return;
    }
    int[] usual = maxSample.clone();
    Arrays.fill(maxSample, WIDEST);
    for (int i = 0; i < count; i++) {
      fill(blocks[i], (short) 0);
    }
    step.run();
    for (int i = 0; i < count; i++) {
      read(blocks[i], blocks[i].sum);
      for (int k = 0; k < blocks[i].samples(); k++) {
        blocks[i].residual[k] = blocks[i].sum[k];
      }
      fill(blocks[i], WIDEST);
    }
    step.run();
    System.arraycopy(usual, 0, maxSample, 0, usual.length);
    for (int i = 0; i < count; i++) {
      read(blocks[i], blocks[i].sum);
      for (int k = 0; k < blocks[i].samples(); k++) {
        blocks[i].residual[k] += blocks[i].sum[k] - WIDEST;
      }
      write(blocks[i], blocks[i].prediction);
    }
    step.run();
    for (int i = 0; i < count; i++) {
      read(blocks[i], blocks[i].sum);
      trace.block(blocks[i]);
    }
  }

  /** Index of a block's first sample in its plane. */
  private int first(TracedBlock block) {
    return (isLikeLuma(block) ? lumaOffset : chromaOffset) + block.y * stride(block) + block.x;
  }

  private int stride(TracedBlock block) {
    return isLikeLuma(block) ? lumaStride : chromaStride;
  }

  private boolean isLikeLuma(TracedBlock block) {
    return block.plane == 0 || format.chroma() == ChromaFormat.YUV444;
  }

  private void fill(TracedBlock block, short value) {
    for (int i = 0; i < block.height; i++) {
      int from = first(block) + i * stride(block);
      Arrays.fill(picture.samples(block.plane), from, from + block.width, value);
    }
  }

  private void read(TracedBlock block, short[] to) {
    for (int i = 0; i < block.height; i++) {
      System.arraycopy(
          picture.samples(block.plane), first(block) + i * stride(block), to, i * block.width, block.width);
    }
  }

  private void write(TracedBlock block, short[] from) {
    for (int i = 0; i < block.height; i++) {
      System.arraycopy(
          from, i * block.width, picture.samples(block.plane), first(block) + i * stride(block), block.width);
    }
  }
}
