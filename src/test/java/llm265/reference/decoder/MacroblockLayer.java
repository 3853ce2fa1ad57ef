package llm265.reference.decoder;

import llm265.reference.decoder.Block.Kind;

/** 7.3.5 Macroblock layer syntax, of macroblocks in I slices. */
final class MacroblockLayer {
  private final SequenceParameters sps;
  private final PictureParameters pps;
  /** Samples of I_PCM come from these; they are in slice data partition B if there is one. */
  private final Bits residualBits;
  private final Watcher watcher;
  private final EntropyDecoding elements;

  /** QPY of the macroblock before this one in the slice. */
  private int qpYPred;

  MacroblockLayer(SliceHeader slice, Bits residualBits, Watcher watcher, EntropyDecoding elements) {
    sps = slice.sps;
    pps = slice.pps;
    this.residualBits = residualBits;
    this.watcher = watcher;
    this.elements = elements;
    qpYPred = slice.sliceQpY;
  }

  /** 7.3.5: macroblock_layer( ). */
  void macroblockLayer(Macroblock mb, Levels lists) {
    watcher.begin("macroblock_layer", "7.3.5");
    mb.mbType = elements.mbType();
    if (mb.isPcm()) {
      pcmSamples(lists);
    } else {
      if (pps.transform8x8ModeFlag && mb.isINxN()) {
        mb.transformSize8x8Flag = elements.transformSize8x8Flag();
      }
      mbPred(mb);
      if (mb.isINxN()) {
        int codedBlockPattern = elements.codedBlockPattern(mb);
        mb.codedBlockPatternLuma = codedBlockPattern % 16;
        mb.codedBlockPatternChroma = codedBlockPattern / 16;
      } else {
        mb.deriveCodedBlockPatternOfIntra16x16();
      }
      if (mb.codedBlockPatternLuma > 0 || mb.codedBlockPatternChroma > 0 || mb.isIntra16x16()) {
        mb.mbQpDelta = elements.mbQpDelta(mb);
        Bits.require("mb_qp_delta", mb.mbQpDelta, -26 - sps.qpBdOffsetY / 2, 25 + sps.qpBdOffsetY / 2);
        residual(mb, lists);
      }
    }
    deriveQuantizer(mb);
    watcher.end();
  }

  private void pcmSamples(Levels lists) {
    elements.beginPcm();
    while (!residualBits.byteAligned()) {
      residualBits.u(1, "pcm_alignment_zero_bit");
    }
    for (int i = 0; i < 256; i++) {
      lists.pcmSampleLuma[i] = residualBits.u(sps.bitDepthY, "pcm_sample_luma[" + i + "]");
    }
    int chromaSamples = sps.chromaArrayType == 0 ? 0 : 2 * sps.mbWidthC * sps.mbHeightC;
    for (int i = 0; i < chromaSamples; i++) {
      lists.pcmSampleChroma[i] = residualBits.u(sps.bitDepthC, "pcm_sample_chroma[" + i + "]");
    }
    elements.endPcm();
  }

  /** (7-37): QPY, QP'Y and TransformBypassModeFlag. */
  private void deriveQuantizer(Macroblock mb) {
    mb.qpY = (qpYPred + mb.mbQpDelta + 52 + 2 * sps.qpBdOffsetY) % (52 + sps.qpBdOffsetY) - sps.qpBdOffsetY;
    mb.qpPrimeY = mb.qpY + sps.qpBdOffsetY;
    mb.transformBypassModeFlag = sps.qpprimeYZeroTransformBypassFlag && mb.qpPrimeY == 0;
    qpYPred = mb.qpY;
  }

  /** 7.3.5.1: mb_pred( ). */
  private void mbPred(Macroblock mb) {
    watcher.begin("mb_pred", "7.3.5.1");
    if (mb.isINxN()) {
      String size = mb.transformSize8x8Flag ? "8x8" : "4x4";
      for (int blkIdx = 0; blkIdx < (mb.transformSize8x8Flag ? 4 : 16); blkIdx++) {
        mb.prevIntraPredModeFlag[blkIdx] =
            elements.prevIntraPredModeFlag("prev_intra" + size + "_pred_mode_flag[" + blkIdx + "]");
        if (!mb.prevIntraPredModeFlag[blkIdx]) {
          mb.remIntraPredMode[blkIdx] = elements.remIntraPredMode("rem_intra" + size + "_pred_mode[" + blkIdx + "]");
        }
      }
    }
    if (sps.chromaArrayType == 1 || sps.chromaArrayType == 2) {
      mb.intraChromaPredMode = elements.intraChromaPredMode();
    }
    watcher.end();
  }

  /** 7.3.5.3: residual( 0, 15 ). */
  private void residual(Macroblock mb, Levels lists) {
    residualLuma(mb, lists, 0);
    if (sps.chromaArrayType == 1 || sps.chromaArrayType == 2) {
      int numC8x8 = 4 / (sps.subWidthC * sps.subHeightC);
      for (int iCbCr = 0; iCbCr < 2; iCbCr++) {
        if (mb.codedBlockPatternChroma != 0) {
          Block block = new Block(Kind.CHROMA_DC, 1 + iCbCr, 0, 4 * numC8x8);
          elements.residualBlock(mb, block, lists.chromaDcLevel[1 + iCbCr]);
        }
      }
      for (int iCbCr = 0; iCbCr < 2; iCbCr++) {
        for (int blkIdx = 0; blkIdx < 4 * numC8x8; blkIdx++) {
          if (mb.codedBlockPatternChroma == 2) {
            Block block = new Block(Kind.CHROMA_AC, 1 + iCbCr, blkIdx, 15);
            elements.residualBlock(mb, block, lists.chromaAcLevel[1 + iCbCr][blkIdx]);
          }
        }
      }
    } else if (sps.chromaArrayType == 3) {
      residualLuma(mb, lists, 1);
      residualLuma(mb, lists, 2);
    }
  }

  /** 7.3.5.3.1: residual_luma( ), of Y, or of Cb or Cr in 4:4:4. */
  private void residualLuma(Macroblock mb, Levels lists, int cIdx) {
    if (mb.isIntra16x16()) {
      elements.residualBlock(mb, new Block(Kind.INTRA16X16_DC, cIdx, 0, 16), lists.intra16x16DcLevel[cIdx]);
    }
    for (int i8x8 = 0; i8x8 < 4; i8x8++) {
      if ((mb.codedBlockPatternLuma >> i8x8) % 2 == 0) {
        continue;
      }
      if (mb.transformSize8x8Flag && pps.entropyCodingModeFlag) {
        elements.residualBlock(mb, new Block(Kind.LUMA_8X8, cIdx, i8x8, 64), lists.level8x8[cIdx][i8x8]);
        continue;
      }
      for (int i4x4 = 0; i4x4 < 4; i4x4++) {
        int blkIdx = 4 * i8x8 + i4x4;
        if (mb.isIntra16x16()) {
          elements.residualBlock(mb, new Block(Kind.INTRA16X16_AC, cIdx, blkIdx, 15), lists.intra16x16AcLevel[cIdx][blkIdx]);
          continue;
        }
        int[] level4x4 = lists.level4x4[cIdx][blkIdx];
        elements.residualBlock(mb, new Block(Kind.LUMA_4X4, cIdx, blkIdx, 16), level4x4);
        if (mb.transformSize8x8Flag) {
          // CAVLC deals the levels of an 8x8 block out to four lists.
          for (int i = 0; i < 16; i++) {
            lists.level8x8[cIdx][i8x8][4 * i + i4x4] = level4x4[i];
          }
        }
      }
    }
  }
}
