package llm265.reference.decoder;

/**
 * 8.3 and 8.5 for one macroblock: the prediction of each block plus its residual makes the constructed samples, from which the
 * next block is predicted.
 */
final class Reconstruction {
  /** Table 8-15: QPC by qPI from 30 on. */
  private static final int[] QPC = {29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39};

  private final Picture picture;
  private final SequenceParameters sps;
  private final Neighbours neighbours;
  private final Watcher watcher;
  private final IntraPredictionModes modes;

  Reconstruction(Picture picture, Neighbours neighbours, Watcher watcher) {
    this.picture = picture;
    sps = picture.sps;
    this.neighbours = neighbours;
    this.watcher = watcher;
    modes = new IntraPredictionModes(neighbours, picture.mbaffFrameFlag);
  }

  /** Constructs the samples of a macroblock. */
  void macroblock(Macroblock mb, Levels lists) {
    if (mb.isPcm()) {
      pcm(mb, lists);
      return;
    }
    int codedLikeLuma = sps.chromaArrayType == 3 ? 3 : 1;
    for (int cIdx = 0; cIdx < codedLikeLuma; cIdx++) {
      if (mb.isIntra4x4()) {
        intra4x4(mb, lists, cIdx);
      } else if (mb.isIntra8x8()) {
        intra8x8(mb, lists, cIdx);
      } else {
        intra16x16(mb, lists, cIdx);
      }
    }
    if (sps.chromaArrayType == 1 || sps.chromaArrayType == 2) {
      chroma(mb, lists, 1);
      chroma(mb, lists, 2);
    }
  }

  /** 8.3.5 Sample construction process for I_PCM macroblocks. */
  private void pcm(Macroblock mb, Levels lists) {
    int[][] luma = new int[16][16];
    for (int i = 0; i < 256; i++) {
      luma[i / 16][i % 16] = lists.pcmSampleLuma[i];
    }
    store(mb, 0, 0, 0, luma);
    for (int cIdx = 1; cIdx < picture.samples.length; cIdx++) {
      int[][] chroma = new int[sps.mbHeightC][sps.mbWidthC];
      int samples = sps.mbWidthC * sps.mbHeightC;
      for (int i = 0; i < samples; i++) {
        chroma[i / sps.mbWidthC][i % sps.mbWidthC] = lists.pcmSampleChroma[(cIdx - 1) * samples + i];
      }
      store(mb, cIdx, 0, 0, chroma);
    }
  }

  /** 8.5.8 Derivation process for chroma quantization parameters: QPC of a macroblock with a certain QPY. */
  static int qpC(int qpY, SliceHeader slice, int cIdx) {
    int qPOffset = cIdx == 1 ? slice.pps.chromaQpIndexOffset : slice.pps.secondChromaQpIndexOffset;
    int qPI = Math.clamp(qpY + qPOffset, -slice.sps.qpBdOffsetC, 51);
    return qPI < 30 ? qPI : QPC[qPI - 30];
  }

  /** QP'Y, QP'Cb or QP'Cr. */
  private int qP(Macroblock mb, int cIdx) {
    return cIdx == 0 ? mb.qpPrimeY : qpC(mb.qpY, mb.slice, cIdx) + sps.qpBdOffsetC;
  }

  /** 8.5.9: the scaling list of intra blocks of a component; a colour plane has that of its colour. */
  private static int[] scalingList(Macroblock mb, int cIdx, boolean is8x8) {
    int colour = mb.slice.sps.separateColourPlaneFlag ? mb.slice.colourPlaneId : cIdx;
    return mb.slice.scalingLists[is8x8 ? 6 + 2 * colour : colour];
  }

  /** 8.3.1 with 8.5.1, block by block. */
  private void intra4x4(Macroblock mb, Levels lists, int cIdx) {
    for (int luma4x4BlkIdx = 0; luma4x4BlkIdx < 16; luma4x4BlkIdx++) {
      int x = Neighbours.x4x4(luma4x4BlkIdx);
      int y = Neighbours.y4x4(luma4x4BlkIdx);
      if (cIdx == 0) {
        modes.derive4x4(mb, luma4x4BlkIdx);
      }
      // The block to the right above blocks 3 and 11 is decoded later (8.3.1.2).
      int columns = luma4x4BlkIdx == 3 || luma4x4BlkIdx == 11 ? 4 : 8;
      ReferenceSamples p = ReferenceSamples.of(picture, neighbours, cIdx, x, y, 8, columns, 4);
      int mode = mb.intra4x4PredMode[luma4x4BlkIdx];
      int[][] pred = IntraPrediction.intra4x4(mode, p, sps.bitDepth(cIdx));
      int[] levels = lists.level4x4[cIdx][luma4x4BlkIdx];
      int[][] c = Transform.inverseScan4x4(levels, mb.isFieldMacroblock());
      int[][] d = c;
      int[][] r = c;
      if (!mb.transformBypassModeFlag) {
        int qP = qP(mb, cIdx);
        d = Transform.scale(c, qP, Transform.levelScale4x4(qP % 6, scalingList(mb, cIdx, false)), false);
        r = Transform.transform4x4(d);
      } else if (mode <= 1) {
        Transform.accumulate(r, mode == 1);
      }
      Block block = new Block(Block.Kind.LUMA_4X4, cIdx, luma4x4BlkIdx, 16);
      construct(mb, block, x, y, levels, d, r, pred);
    }
  }

  /** 8.3.2 with 8.5.3, block by block. */
  private void intra8x8(Macroblock mb, Levels lists, int cIdx) {
    for (int luma8x8BlkIdx = 0; luma8x8BlkIdx < 4; luma8x8BlkIdx++) {
      int x = luma8x8BlkIdx % 2 * 8;
      int y = luma8x8BlkIdx / 2 * 8;
      if (cIdx == 0) {
        modes.derive8x8(mb, luma8x8BlkIdx);
      }
      ReferenceSamples p = ReferenceSamples.of(picture, neighbours, cIdx, x, y, 16, 16, 8);
      int mode = mb.intra8x8PredMode[luma8x8BlkIdx];
      int[][] pred = IntraPrediction.intra8x8(mode, p, sps.bitDepth(cIdx));
      int[] levels = lists.level8x8[cIdx][luma8x8BlkIdx];
      int[][] c = Transform.inverseScan8x8(levels, mb.isFieldMacroblock());
      int[][] d = c;
      int[][] r = c;
      if (!mb.transformBypassModeFlag) {
        int qP = qP(mb, cIdx);
        d = Transform.scale(c, qP, Transform.levelScale8x8(qP % 6, scalingList(mb, cIdx, true)), false);
        r = Transform.transform8x8(d);
      } else if (mode <= 1) {
        Transform.accumulate(r, mode == 1);
      }
      Block block = new Block(Block.Kind.LUMA_8X8, cIdx, luma8x8BlkIdx, 64);
      construct(mb, block, x, y, levels, d, r, pred);
    }
  }

  /** 8.3.3 with 8.5.2: one prediction, a transform of the DC coefficients, and sixteen blocks. */
  private void intra16x16(Macroblock mb, Levels lists, int cIdx) {
    ReferenceSamples p = ReferenceSamples.of(picture, neighbours, cIdx, 0, 0, 16, 16, 16);
    int mode = mb.intra16x16PredMode();
    int[][] pred = IntraPrediction.intra16x16(mode, p, sps.bitDepth(cIdx));
    int qP = qP(mb, cIdx);
    int[][] levelScale = Transform.levelScale4x4(qP % 6, scalingList(mb, cIdx, false));
    int[][] c = Transform.inverseScan4x4(lists.intra16x16DcLevel[cIdx], mb.isFieldMacroblock());
    int[][] dcY = mb.transformBypassModeFlag ? c : Transform.intra16x16Dc(c, qP, levelScale[0][0]);
    watcher.dcTransform(new Block(Block.Kind.INTRA16X16_DC, cIdx, 0, 16).levels(), c, dcY);
    Accumulation direction = mode == 0 ? Accumulation.DOWNWARDS : mode == 1 ? Accumulation.RIGHTWARDS : Accumulation.NONE;
    blocksWithDc(mb, Block.Kind.INTRA16X16_AC, cIdx, dcY, lists.intra16x16AcLevel[cIdx], levelScale, direction, pred);
  }

  /** 8.3.4 with 8.5.4: chroma of 4:2:0 and 4:2:2. */
  private void chroma(Macroblock mb, Levels lists, int cIdx) {
    int width = sps.mbWidthC;
    int height = sps.mbHeightC;
    ReferenceSamples p = ReferenceSamples.of(picture, neighbours, cIdx, 0, 0, width, width, height);
    int[][] pred = IntraPrediction.chroma(mb.intraChromaPredMode, p, width, height, sps.bitDepthC);
    int qP = qP(mb, cIdx);
    int[][] c = chromaDcMatrix(lists.chromaDcLevel[cIdx]);
    int[][] dcC = c;
    if (!mb.transformBypassModeFlag) {
      // 8.5.11.2: in 4:2:2 the DC coefficients have a quantizer of their own.
      int qPDc = sps.chromaArrayType == 2 ? qP + 3 : qP;
      int[][] levelScaleDc = Transform.levelScale4x4(qPDc % 6, scalingList(mb, cIdx, false));
      dcC = Transform.chromaDc(c, qPDc, levelScaleDc[0][0]);
    }
    watcher.dcTransform(new Block(Block.Kind.CHROMA_DC, cIdx, 0, width * height / 16).levels(), c, dcC);
    int[][] levelScale = Transform.levelScale4x4(qP % 6, scalingList(mb, cIdx, false));
    int mode = mb.intraChromaPredMode;
    Accumulation direction = mode == 2 ? Accumulation.DOWNWARDS : mode == 1 ? Accumulation.RIGHTWARDS : Accumulation.NONE;
    blocksWithDc(mb, Block.Kind.CHROMA_AC, cIdx, dcC, lists.chromaAcLevel[cIdx], levelScale, direction, pred);
  }

  /** (8-328), (8-329): chroma DC coefficients by row and column of their blocks. */
  private int[][] chromaDcMatrix(int[] level) {
    if (sps.chromaArrayType == 1) {
      return new int[][] {{level[0], level[1]}, {level[2], level[3]}};
    }
    return new int[][] {{level[0], level[2]}, {level[1], level[5]}, {level[3], level[6]}, {level[4], level[7]}};
  }

  /** lumaList and chromaList of 8.5.2 and 8.5.4: a DC coefficient, then the AC levels. */
  private static int[] withDc(int dc, int[] acLevel) {
    int[] list = new int[16];
    list[0] = dc;
    System.arraycopy(acLevel, 0, list, 1, 15);
    return list;
  }

  /** What 8.5.15 does to the residual of a macroblock with transform bypass, by the mode of its prediction. */
  private enum Accumulation {
    NONE, DOWNWARDS, RIGHTWARDS
  }

  /** 8.5.2 and 8.5.4, after the transform of the DC coefficients: the 4x4 blocks, which share one prediction. */
  private void blocksWithDc(Macroblock mb, Block.Kind kind, int cIdx, int[][] dc, int[][] acLevel, int[][] levelScale,
      Accumulation direction, int[][] pred) {
    int blocks = dc.length * dc[0].length;
    int[][] list = new int[blocks][];
    int[][][] d = new int[blocks][][];
    int[][] rMb = new int[pred.length][pred[0].length];
    for (int blkIdx = 0; blkIdx < blocks; blkIdx++) {
      int x = column(kind, blkIdx);
      int y = row(kind, blkIdx);
      list[blkIdx] = withDc(dc[y / 4][x / 4], acLevel[blkIdx]);
      int[][] c = Transform.inverseScan4x4(list[blkIdx], mb.isFieldMacroblock());
      d[blkIdx] = mb.transformBypassModeFlag ? c : Transform.scale(c, qP(mb, cIdx), levelScale, true);
      int[][] r = mb.transformBypassModeFlag ? c : Transform.transform4x4(d[blkIdx]);
      for (int i = 0; i < 4; i++) {
        System.arraycopy(r[i], 0, rMb[y + i], x, 4);
      }
    }
    if (mb.transformBypassModeFlag && direction != Accumulation.NONE) {
      Transform.accumulate(rMb, direction == Accumulation.RIGHTWARDS);
    }
    for (int blkIdx = 0; blkIdx < blocks; blkIdx++) {
      int x = column(kind, blkIdx);
      int y = row(kind, blkIdx);
      construct(mb, new Block(kind, cIdx, blkIdx, 15), x, y, list[blkIdx], d[blkIdx], part(rMb, x, y), part(pred, x, y));
    }
  }

  /** 6.4.3 and 6.4.7: column of a 4x4 block in its macroblock. */
  private static int column(Block.Kind kind, int blkIdx) {
    return kind == Block.Kind.CHROMA_AC ? blkIdx % 2 * 4 : Neighbours.x4x4(blkIdx);
  }

  private static int row(Block.Kind kind, int blkIdx) {
    return kind == Block.Kind.CHROMA_AC ? blkIdx / 2 * 4 : Neighbours.y4x4(blkIdx);
  }

  private static int[][] part(int[][] whole, int x, int y) {
    int[][] part = new int[4][4];
    for (int i = 0; i < 4; i++) {
      System.arraycopy(whole[y + i], x, part[i], 0, 4);
    }
    return part;
  }

  /** 8.5.14 Picture construction process: u = Clip1( pred + r ). */
  private void construct(
      Macroblock mb, Block block, int x, int y, int[] levels, int[][] d, int[][] r, int[][] pred) {
    int size = r.length;
    int[][] u = new int[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        u[i][j] = Math.clamp(pred[i][j] + r[i][j], 0, (1 << sps.bitDepth(block.cIdx())) - 1);
      }
    }
    store(mb, block.cIdx(), x, y, u);
    watcher.transformBlock(new Watcher.TransformBlock(block.levels(), levels, d, r, pred, u));
  }

  private void store(Macroblock mb, int cIdx, int x, int y, int[][] u) {
    for (int i = 0; i < u.length; i++) {
      int[] row = picture.samples[cIdx][picture.row(mb, cIdx, y + i)];
      System.arraycopy(u[i], 0, row, picture.column(mb, cIdx, x), u[i].length);
    }
  }
}
