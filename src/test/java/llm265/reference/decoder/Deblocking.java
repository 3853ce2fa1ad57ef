package llm265.reference.decoder;

/**
 * 8.7 Deblocking filter process: smooths the edges of transform blocks, macroblock by macroblock, when the whole picture has
 * been constructed. All macroblocks are intra macroblocks, which leaves the filter strengths bS 3 and 4.
 */
final class Deblocking {
  /** Table 8-16: alpha' by indexA and beta' by indexB; 0 below 16. */
  private static final int[] ALPHA = {
    4, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 17, 20, 22, 25, 28, 32, 36, 40, 45, 50, 56, 63, 71, 80, 90, 101, 113, 127, 144, 162, 182,
    203, 226, 255, 255
  };
  private static final int[] BETA = {
    2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18, 18
  };

  /** Table 8-17: t'C0 of bS 3 by indexA; 0 below 17. */
  private static final int[] TC0 = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 6, 6, 7, 8, 9, 10, 11, 13, 14, 16, 18, 20, 23, 25
  };

  private final Picture picture;
  private final SequenceParameters sps;
  private final Neighbours neighbours;
  private final Watcher watcher;

  Deblocking(Picture picture, Watcher watcher) {
    this.picture = picture;
    sps = picture.sps;
    neighbours = new Neighbours(picture);
    this.watcher = watcher;
  }

  /** Filters all macroblocks in the order of their addresses: each reads what those before it have filtered. */
  void deblock() {
    for (Macroblock mb : picture.macroblocks) {
      if (mb.slice.disableDeblockingFilterIdc != 1) {
        for (int cIdx = 0; cIdx < picture.samples.length; cIdx++) {
          macroblock(mb, cIdx);
          watcher.deblocked(mb.mbAddr, cIdx, samples(mb, cIdx));
        }
      }
    }
  }

  private int mbWidth(int cIdx) {
    return cIdx == 0 ? 16 : sps.mbWidthC;
  }

  private int mbHeight(int cIdx) {
    return cIdx == 0 ? 16 : sps.mbHeightC;
  }

  /** One component of a macroblock: vertical edges from the left to the right, then horizontal edges downwards. */
  private void macroblock(Macroblock mb, int cIdx) {
    neighbours.moveTo(mb);
    boolean codedLikeLuma = cIdx == 0 || sps.chromaArrayType == 3;
    int step = codedLikeLuma && mb.transformSize8x8Flag ? 8 : 4;
    for (int xE = 0; xE < mbWidth(cIdx); xE += step) {
      if (xE > 0 || filterLeftMbEdgeFlag(mb)) {
        verticalEdge(mb, cIdx, xE);
      }
    }
    for (int yE = 0; yE < mbHeight(cIdx); yE += step) {
      if (yE > 0) {
        horizontalEdge(mb, cIdx, yE);
      } else if (filterTopMbEdgeFlag(mb)) {
        topMbEdge(mb, cIdx);
      }
    }
  }

  /** Not at the edge of the picture, nor of the slice if disable_deblocking_filter_idc is 2. */
  private boolean filterLeftMbEdgeFlag(Macroblock mb) {
    boolean atPictureEdge = picture.lumaX(mb) == 0;
    return !atPictureEdge && (mb.slice.disableDeblockingFilterIdc != 2 || neighbours.mbAddrA() != null);
  }

  private boolean filterTopMbEdgeFlag(Macroblock mb) {
    // In MBAFF frames, both macroblocks of a field pair in the first row are at the upper edge of their field.
    boolean fieldMbInFrameFlag = picture.mbaffFrameFlag && mb.mbFieldDecodingFlag;
    boolean atPictureEdge = picture.lumaY(mb) < (fieldMbInFrameFlag ? 2 : 1);
    return !atPictureEdge && (mb.slice.disableDeblockingFilterIdc != 2 || neighbours.mbAddrB() != null);
  }

  private void verticalEdge(Macroblock mb, int cIdx, int xE) {
    int x = picture.column(mb, cIdx, xE);
    for (int k = 0; k < mbHeight(cIdx); k++) {
      int y = picture.row(mb, cIdx, k);
      // 8.7.2.1: a vertical macroblock edge of an intra macroblock has bS 4.
      samplesAcrossEdge(mb, cIdx, x, y, 1, 0, xE == 0 ? 4 : 3);
    }
  }

  private void horizontalEdge(Macroblock mb, int cIdx, int yE) {
    int rows = picture.mbaffFrameFlag && mb.mbFieldDecodingFlag ? 2 : 1;
    for (int k = 0; k < mbWidth(cIdx); k++) {
      samplesAcrossEdge(mb, cIdx, picture.column(mb, cIdx, k), picture.row(mb, cIdx, yE), 0, rows, 3);
    }
  }

  /** The upper edge of a macroblock: fields are filtered apart, which makes bS 3. */
  private void topMbEdge(Macroblock mb, int cIdx) {
    int firstRow = picture.row(mb, cIdx, 0);
    boolean fieldMbInFrameFlag = picture.mbaffFrameFlag && mb.mbFieldDecodingFlag;
    int rows = fieldMbInFrameFlag ? 2 : 1;
    Macroblock above = picture.macroblockAt(cIdx, picture.column(mb, cIdx, 0), firstRow - rows);
    boolean frameBelowField = !mb.isFieldMacroblock() && above.isFieldMacroblock();
    for (int k = 0; k < mbWidth(cIdx); k++) {
      int x = picture.column(mb, cIdx, k);
      if (frameBelowField) {
        // fieldModeInFrameFilteringFlag is 1: every other row belongs to the top field, and the others to the bottom field.
        samplesAcrossEdge(mb, cIdx, x, firstRow, 0, 2, 3);
        samplesAcrossEdge(mb, cIdx, x, firstRow + 1, 0, 2, 3);
      } else {
        boolean frames = !mb.isFieldMacroblock() && !above.isFieldMacroblock();
        samplesAcrossEdge(mb, cIdx, x, firstRow, 0, rows, frames ? 4 : 3);
      }
    }
  }

  /**
   * 8.7.2 Filtering process for a set of samples across an edge.
   *
   * @param mb the macroblock that contains q0
   * @param x column of q0
   * @param y row of q0
   * @param dx columns from a sample to the next one away from the edge: 1 across vertical edges
   * @param dy rows: 1 across horizontal edges, 2 where a field of a frame is filtered
   */
  private void samplesAcrossEdge(Macroblock mb, int cIdx, int x, int y, int dx, int dy, int bS) {
    int[][] s = picture.samples[cIdx];
    boolean chromaStyleFilteringFlag = cIdx > 0 && sps.chromaArrayType != 3;
    int length = chromaStyleFilteringFlag ? 2 : 3;
    int[] p = new int[length];
    int[] q = new int[length];
    for (int i = 0; i < length; i++) {
      q[i] = s[y + i * dy][x + i * dx];
      p[i] = s[y - (i + 1) * dy][x - (i + 1) * dx];
    }
    Macroblock mbOfP = picture.macroblockAt(cIdx, x - dx, y - dy);
    int qPav = (qPOf(mbOfP, cIdx, mb.slice) + qPOf(mb, cIdx, mb.slice) + 1) >> 1;
    int indexA = Math.clamp(qPav + mb.slice.filterOffsetA, 0, 51);
    int indexB = Math.clamp(qPav + mb.slice.filterOffsetB, 0, 51);
    int unit = 1 << (sps.bitDepth(cIdx) - 8);
    int alpha = indexA < 16 ? 0 : ALPHA[indexA - 16] * unit;
    int beta = indexB < 16 ? 0 : BETA[indexB - 16] * unit;
    boolean filterSamplesFlag =
        Math.abs(p[0] - q[0]) < alpha && Math.abs(p[1] - p[0]) < beta && Math.abs(q[1] - q[0]) < beta;
    if (!filterSamplesFlag) {
      return;
    }
    int[] pFiltered = p.clone();
    int[] qFiltered = q.clone();
    if (bS < 4) {
      int tC0 = indexA < 17 ? 0 : TC0[indexA - 17] * unit;
      filterNormal(p, q, pFiltered, qFiltered, beta, tC0, chromaStyleFilteringFlag, (1 << sps.bitDepth(cIdx)) - 1);
    } else {
      int p3 = chromaStyleFilteringFlag ? 0 : s[y - 4 * dy][x - 4 * dx];
      int q3 = chromaStyleFilteringFlag ? 0 : s[y + 3 * dy][x + 3 * dx];
      filterStrong(p, q, p3, q3, pFiltered, qFiltered, alpha, beta, chromaStyleFilteringFlag);
    }
    for (int i = 0; i < length; i++) {
      s[y + i * dy][x + i * dx] = qFiltered[i];
      s[y - (i + 1) * dy][x - (i + 1) * dx] = pFiltered[i];
    }
  }

  /** 8.7.2.2: qPp or qPq. I_PCM counts as the finest quantizer, since its samples are exact. */
  private int qPOf(Macroblock mb, int cIdx, SliceHeader slice) {
    int qpY = mb.isPcm() ? -sps.qpBdOffsetY : mb.qpY;
    return cIdx == 0 ? qpY : Reconstruction.qpC(qpY, slice, cIdx);
  }

  /** 8.7.2.3 Filtering process for edges with bS less than 4: no sample changes by more than tC. */
  private static void filterNormal(int[] p, int[] q, int[] pFiltered, int[] qFiltered, int beta, int tC0,
      boolean chromaStyleFilteringFlag, int maxSample) {
    int tC = tC0 + 1;
    if (!chromaStyleFilteringFlag) {
      boolean pIsSmooth = Math.abs(p[2] - p[0]) < beta;
      boolean qIsSmooth = Math.abs(q[2] - q[0]) < beta;
      tC = tC0 + (pIsSmooth ? 1 : 0) + (qIsSmooth ? 1 : 0);
      int middle = (p[0] + q[0] + 1) >> 1;
      if (pIsSmooth) {
        pFiltered[1] = p[1] + Math.clamp((p[2] + middle - 2 * p[1]) >> 1, -tC0, tC0);
      }
      if (qIsSmooth) {
        qFiltered[1] = q[1] + Math.clamp((q[2] + middle - 2 * q[1]) >> 1, -tC0, tC0);
      }
    }
    int delta = Math.clamp((4 * (q[0] - p[0]) + p[1] - q[1] + 4) >> 3, -tC, tC);
    pFiltered[0] = Math.clamp(p[0] + delta, 0, maxSample);
    qFiltered[0] = Math.clamp(q[0] - delta, 0, maxSample);
  }

  /** 8.7.2.4 Filtering process for edges with bS equal to 4. */
  private static void filterStrong(int[] p, int[] q, int p3, int q3, int[] pFiltered, int[] qFiltered, int alpha, int beta,
      boolean chromaStyleFilteringFlag) {
    boolean smallStep = Math.abs(p[0] - q[0]) < ((alpha >> 2) + 2);
    if (!chromaStyleFilteringFlag && smallStep && Math.abs(p[2] - p[0]) < beta) {
      pFiltered[0] = (p[2] + 2 * p[1] + 2 * p[0] + 2 * q[0] + q[1] + 4) >> 3;
      pFiltered[1] = (p[2] + p[1] + p[0] + q[0] + 2) >> 2;
      pFiltered[2] = (2 * p3 + 3 * p[2] + p[1] + p[0] + q[0] + 4) >> 3;
    } else {
      pFiltered[0] = (2 * p[1] + p[0] + q[1] + 2) >> 2;
    }
    if (!chromaStyleFilteringFlag && smallStep && Math.abs(q[2] - q[0]) < beta) {
      qFiltered[0] = (p[1] + 2 * p[0] + 2 * q[0] + 2 * q[1] + q[2] + 4) >> 3;
      qFiltered[1] = (p[0] + q[0] + q[1] + q[2] + 2) >> 2;
      qFiltered[2] = (2 * q3 + 3 * q[2] + q[1] + q[0] + p[0] + 4) >> 3;
    } else {
      qFiltered[0] = (2 * q[1] + q[0] + p[1] + 2) >> 2;
    }
  }

  private int[][] samples(Macroblock mb, int cIdx) {
    int[][] samples = new int[mbHeight(cIdx)][mbWidth(cIdx)];
    for (int y = 0; y < samples.length; y++) {
      int[] row = picture.samples[cIdx][picture.row(mb, cIdx, y)];
      System.arraycopy(row, picture.column(mb, cIdx, 0), samples[y], 0, samples[y].length);
    }
    return samples;
  }
}
