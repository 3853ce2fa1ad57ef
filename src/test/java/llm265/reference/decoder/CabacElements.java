package llm265.reference.decoder;

import llm265.reference.decoder.Block.Kind;
import llm265.reference.decoder.Neighbours.Location;

/** 9.3.2 and 9.3.3.1 CABAC: how bins form syntax elements, and which context variable (ctxIdx) each bin uses. */
final class CabacElements implements EntropyDecoding {
  private final CabacEngine cabac;
  private final Bits bits;
  private final Watcher watcher;
  private final Neighbours neighbours;
  private final SequenceParameters sps;

  /** 9.3.3.1.1.5: whether mb_qp_delta of this macroblock, and of the previous one of the slice, is not 0. */
  private boolean mbQpDeltaNotZero;
  private boolean prevMbQpDeltaNotZero;

  /** Begins the slice data of a slice; the next bit is the first one of the arithmetic code. */
  CabacElements(SliceHeader slice, Bits bits, Watcher watcher, Neighbours neighbours) {
    this.bits = bits;
    this.watcher = watcher;
    this.neighbours = neighbours;
    sps = slice.sps;
    cabac = new CabacEngine(bits, watcher);
    cabac.initializeContextVariables(slice.sliceQpY);
    cabac.initializeEngine();
  }

  /** 9.3.3.1.1.1: neighbours tend to be of the same kind. */
  @Override
  public boolean mbFieldDecodingFlag(int currMbAddr, SliceHeader slice) {
    int condTermFlagA = neighbours.isFieldPair(0, currMbAddr, slice) ? 1 : 0;
    int condTermFlagB = neighbours.isFieldPair(1, currMbAddr, slice) ? 1 : 0;
    int flag = cabac.decodeDecision(70 + condTermFlagA + condTermFlagB);
    watcher.element("mb_field_decoding_flag", flag);
    return flag == 1;
  }

  /** end_of_slice_flag. */
  @Override
  public boolean moreDataFlag() {
    int endOfSliceFlag = cabac.decodeTerminate();
    watcher.element("end_of_slice_flag", endOfSliceFlag);
    if (endOfSliceFlag == 1) {
      bits.stepBack();
    }
    return endOfSliceFlag == 0;
  }

  /** 9.3.2.5, Table 9-36, binarization of mb_type in I slices; 9.3.3.1.1.3, ctxIdxInc of its first bin. */
  @Override
  public int mbType() {
    Macroblock mbAddrA = neighbours.mbAddrA();
    Macroblock mbAddrB = neighbours.mbAddrB();
    int condTermFlagA = mbAddrA != null && !mbAddrA.isINxN() ? 1 : 0;
    int condTermFlagB = mbAddrB != null && !mbAddrB.isINxN() ? 1 : 0;
    int mbType;
    if (cabac.decodeDecision(3 + condTermFlagA + condTermFlagB) == 0) {
      mbType = Macroblock.I_NXN;
    } else if (cabac.decodeTerminate() == 1) {
      mbType = Macroblock.I_PCM;
    } else {
      int luma = cabac.decodeDecision(3 + 3);
      int chroma = cabac.decodeDecision(3 + 4);
      if (chroma == 1) {
        chroma += cabac.decodeDecision(3 + 5);
      }
      int intra16x16PredMode = 2 * cabac.decodeDecision(3 + 6);
      intra16x16PredMode += cabac.decodeDecision(3 + 7);
      mbType = 1 + intra16x16PredMode + 4 * chroma + 12 * luma;
    }
    watcher.element("mb_type", mbType);
    prevMbQpDeltaNotZero = mbQpDeltaNotZero;
    // Inferred unless mb_qp_delta follows (7.4.5).
    mbQpDeltaNotZero = false;
    return mbType;
  }

  /** 9.3.3.1.1.10. */
  @Override
  public boolean transformSize8x8Flag() {
    Macroblock mbAddrA = neighbours.mbAddrA();
    Macroblock mbAddrB = neighbours.mbAddrB();
    int condTermFlagA = mbAddrA != null && mbAddrA.transformSize8x8Flag ? 1 : 0;
    int condTermFlagB = mbAddrB != null && mbAddrB.transformSize8x8Flag ? 1 : 0;
    int flag = cabac.decodeDecision(399 + condTermFlagA + condTermFlagB);
    watcher.element("transform_size_8x8_flag", flag);
    return flag == 1;
  }

  @Override
  public boolean prevIntraPredModeFlag(String name) {
    int flag = cabac.decodeDecision(68);
    watcher.element(name, flag);
    return flag == 1;
  }

  /** 9.3.2.4: fixed length, the least significant bit first. */
  @Override
  public int remIntraPredMode(String name) {
    int mode = cabac.decodeDecision(69);
    mode += 2 * cabac.decodeDecision(69);
    mode += 4 * cabac.decodeDecision(69);
    watcher.element(name, mode);
    return mode;
  }

  /** 9.3.2.2: truncated unary with cMax 3; 9.3.3.1.1.8. */
  @Override
  public int intraChromaPredMode() {
    Macroblock mbAddrA = neighbours.mbAddrA();
    Macroblock mbAddrB = neighbours.mbAddrB();
    int condTermFlagA = mbAddrA != null && !mbAddrA.isPcm() && mbAddrA.intraChromaPredMode != 0 ? 1 : 0;
    int condTermFlagB = mbAddrB != null && !mbAddrB.isPcm() && mbAddrB.intraChromaPredMode != 0 ? 1 : 0;
    int mode = cabac.decodeDecision(64 + condTermFlagA + condTermFlagB);
    if (mode == 1) {
      while (mode < 3 && cabac.decodeDecision(64 + 3) == 1) {
        mode++;
      }
    }
    watcher.element("intra_chroma_pred_mode", mode);
    return mode;
  }

  /** 9.3.2.6: four bins for luma, up to two for chroma. */
  @Override
  public int codedBlockPattern(Macroblock mb) {
    int luma = 0;
    for (int b8 = 0; b8 < 4; b8++) {
      int condTermFlagA = condTermFlagOfLumaPattern(0, b8, mb, luma);
      int condTermFlagB = condTermFlagOfLumaPattern(1, b8, mb, luma);
      luma += cabac.decodeDecision(73 + condTermFlagA + 2 * condTermFlagB) << b8;
    }
    int chroma = 0;
    if (sps.chromaArrayType == 1 || sps.chromaArrayType == 2) {
      chroma = cabac.decodeDecision(77 + ctxIdxIncOfChromaPattern(0));
      if (chroma == 1) {
        chroma += cabac.decodeDecision(77 + ctxIdxIncOfChromaPattern(1));
      }
    }
    watcher.element("coded_block_pattern", luma + 16 * chroma);
    return luma + 16 * chroma;
  }

  /** 9.3.3.1.1.4: 1 if the 8x8 block on the left (n 0) or above (n 1) has no levels; the bins so far tell of this macroblock. */
  private int condTermFlagOfLumaPattern(int n, int b8, Macroblock mb, int bins) {
    Location at = neighbours.besideLuma(n, b8 % 2 * 8, b8 / 2 * 8);
    if (!at.isAvailable() || at.mbAddrN().isPcm()) {
      return 0;
    }
    int pattern = at.mbAddrN() == mb ? bins : at.mbAddrN().codedBlockPatternLuma;
    return (pattern >> Neighbours.luma8x8BlkIdx(at)) % 2 == 0 ? 1 : 0;
  }

  /** 9.3.3.1.1.4. */
  private int ctxIdxIncOfChromaPattern(int binIdx) {
    int[] condTermFlag = new int[2];
    for (int n = 0; n < 2; n++) {
      Macroblock mbAddrN = n == 0 ? neighbours.mbAddrA() : neighbours.mbAddrB();
      boolean more = mbAddrN != null && (mbAddrN.isPcm() || mbAddrN.codedBlockPatternChroma > binIdx);
      condTermFlag[n] = more ? 1 : 0;
    }
    return condTermFlag[0] + 2 * condTermFlag[1] + (binIdx == 1 ? 4 : 0);
  }

  /** 9.3.2.7: a unary code; 1, 2, 3, 4 stand for 1, -1, 2, -2 (Table 9-3). */
  @Override
  public int mbQpDelta(Macroblock mb) {
    int mapped = 0;
    int ctxIdxInc = prevMbQpDeltaNotZero ? 1 : 0;
    while (cabac.decodeDecision(60 + ctxIdxInc) == 1) {
      mapped++;
      ctxIdxInc = mapped == 1 ? 2 : 3;
      if (mapped > 53 + sps.qpBdOffsetY) {
        throw new DecodingException("7.4.5", "mb_qp_delta is out of range");
      }
    }
    int value = mapped % 2 == 1 ? (mapped + 1) / 2 : -(mapped / 2);
    watcher.element("mb_qp_delta", value);
    mbQpDeltaNotZero = value != 0;
    return value;
  }

  /** 9.3.1.2: the arithmetic code ends before the samples. The bit before them is part of it. */
  @Override
  public void beginPcm() {
    // decodeTerminate has read the last bit.
  }

  /** 9.3.1.2: a new arithmetic code begins; the context variables stay. */
  @Override
  public void endPcm() {
    cabac.initializeEngine();
  }

  /** 7.3.5.3.3: residual_block_cabac( ). */
  @Override
  public void residualBlock(Macroblock mb, Block block, int[] coeffLevel) {
    watcher.begin("residual_block_cabac", "7.3.5.3.3");
    watcher.residualBlock(block.levels(), block.maxNumCoeff());
    boolean codedBlockFlag = true;
    // 7.4.5.3.3: inferred to be 1 where coded_block_pattern says as much.
    if (block.maxNumCoeff() != 64 || sps.chromaArrayType == 3) {
      int flag = cabac.decodeDecision(CabacTables.codedBlockFlag(block.ctxBlockCat()) + ctxIdxIncOfCodedBlockFlag(mb, block));
      watcher.element("coded_block_flag", flag);
      codedBlockFlag = flag == 1;
    }
    storeCodedBlockFlag(mb, block, codedBlockFlag);
    if (codedBlockFlag) {
      levels(mb, block, coeffLevel);
    }
    watcher.end();
  }

  private void levels(Macroblock mb, Block block, int[] coeffLevel) {
    boolean field = mb.isFieldMacroblock();
    boolean[] significantCoeffFlag = new boolean[block.maxNumCoeff()];
    int numCoeff = block.maxNumCoeff();
    int i = 0;
    while (i < numCoeff - 1) {
      significantCoeffFlag[i] = flag("significant_coeff_flag", i,
          CabacTables.significantCoeffFlag(block.ctxBlockCat(), field) + significanceInc(block, i, field ? 1 : 0));
      if (significantCoeffFlag[i]) {
        boolean lastSignificantCoeffFlag = flag("last_significant_coeff_flag", i,
            CabacTables.lastSignificantCoeffFlag(block.ctxBlockCat(), field) + significanceInc(block, i, 2));
        if (lastSignificantCoeffFlag) {
          numCoeff = i + 1;
        }
      }
      i++;
    }
    significantCoeffFlag[numCoeff - 1] = true;
    int numDecodAbsLevelEq1 = 0;
    int numDecodAbsLevelGt1 = 0;
    for (i = numCoeff - 1; i >= 0; i--) {
      if (significantCoeffFlag[i]) {
        // 9.3.3.1.3: the larger the levels after this one, the larger it may be.
        int ctxIdxInc = numDecodAbsLevelGt1 != 0 ? 0 : Math.min(4, 1 + numDecodAbsLevelEq1);
        int most = block.kind() == Kind.CHROMA_DC ? 3 : 4;
        int ctxIdxIncOfOthers = 5 + Math.min(most, numDecodAbsLevelGt1);
        int coeffAbsLevelMinus1 = coeffAbsLevelMinus1(block, i, ctxIdxInc, ctxIdxIncOfOthers);
        int coeffSignFlag = cabac.decodeBypass();
        watcher.element("coeff_sign_flag[" + i + "]", coeffSignFlag);
        coeffLevel[i] = (coeffAbsLevelMinus1 + 1) * (1 - 2 * coeffSignFlag);
        if (coeffAbsLevelMinus1 == 0) {
          numDecodAbsLevelEq1++;
        } else {
          numDecodAbsLevelGt1++;
        }
      }
    }
  }

  private boolean flag(String name, int index, int ctxIdx) {
    int flag = cabac.decodeDecision(ctxIdx);
    watcher.element(name + "[" + index + "]", flag);
    return flag == 1;
  }

  /** 9.3.3.1.3: ctxIdxInc of significant_coeff_flag (frame 0, field 1) and of last_significant_coeff_flag (2). */
  private int significanceInc(Block block, int levelListIdx, int column) {
    if (block.kind() == Kind.CHROMA_DC) {
      int numC8x8 = 4 / (sps.subWidthC * sps.subHeightC);
      return Math.min(levelListIdx / numC8x8, 2);
    }
    return block.kind() == Kind.LUMA_8X8 ? CabacTables.CTX_IDX_INC_8X8[column][levelListIdx] : levelListIdx;
  }

  /** 9.3.2.3: UEG0 with uCoff 14: a truncated unary prefix, and for large values an Exp-Golomb suffix of bypass bins. */
  private int coeffAbsLevelMinus1(Block block, int index, int ctxIdxInc, int ctxIdxIncOfOthers) {
    int ctxIdxOffset = CabacTables.coeffAbsLevelMinus1(block.ctxBlockCat());
    int value = 0;
    while (value < 14 && cabac.decodeDecision(ctxIdxOffset + (value == 0 ? ctxIdxInc : ctxIdxIncOfOthers)) == 1) {
      value++;
    }
    if (value == 14) {
      int k = 0;
      while (cabac.decodeBypass() == 1) {
        value += 1 << k;
        k++;
        if (k > 22) {
          throw new DecodingException("9.3.2.3", "coeff_abs_level_minus1 is larger than any bit depth allows");
        }
      }
      while (k > 0) {
        k--;
        value += cabac.decodeBypass() << k;
      }
    }
    watcher.element("coeff_abs_level_minus1[" + index + "]", value);
    return value;
  }

  private static void storeCodedBlockFlag(Macroblock mb, Block block, boolean flag) {
    switch (block.kind()) {
      case INTRA16X16_DC, CHROMA_DC -> mb.codedBlockFlagDc[block.cIdx()] = flag;
      case LUMA_8X8 -> mb.codedBlockFlag8x8[block.cIdx()][block.blkIdx()] = flag;
      default -> mb.codedBlockFlag4x4[block.cIdx()][block.blkIdx()] = flag;
    }
  }

  /** 9.3.3.1.1.9: the flags of the blocks on the left and above. */
  private int ctxIdxIncOfCodedBlockFlag(Macroblock mb, Block block) {
    return condTermFlagOfCodedBlockFlag(0, mb, block) + 2 * condTermFlagOfCodedBlockFlag(1, mb, block);
  }

  private int condTermFlagOfCodedBlockFlag(int n, Macroblock mb, Block block) {
    Location at = switch (block.kind()) {
      case INTRA16X16_DC, CHROMA_DC -> neighbours.besideLuma(n, 0, 0);
      case CHROMA_AC -> neighbours.besideChroma(n, block.blkIdx() % 2 * 4, block.blkIdx() / 2 * 4);
      case LUMA_8X8 -> neighbours.besideLuma(n, block.blkIdx() % 2 * 8, block.blkIdx() / 2 * 8);
      default -> neighbours.besideLuma(n, Neighbours.x4x4(block.blkIdx()), Neighbours.y4x4(block.blkIdx()));
    };
    Macroblock mbAddrN = at.mbAddrN();
    // All macroblocks of an I slice are intra macroblocks, for which blocks outside count as coded.
    if (mbAddrN == null || mbAddrN.isPcm()) {
      return 1;
    }
    return transBlockHasLevels(mbAddrN, at, block) ? 1 : 0;
  }

  /** coded_block_flag of transBlockN; false if mbAddrN has no such block. */
  private static boolean transBlockHasLevels(Macroblock mbAddrN, Location at, Block block) {
    int cIdx = block.cIdx();
    return switch (block.kind()) {
      case INTRA16X16_DC -> mbAddrN.isIntra16x16() && mbAddrN.codedBlockFlagDc[cIdx];
      case CHROMA_DC -> mbAddrN.codedBlockPatternChroma != 0 && mbAddrN.codedBlockFlagDc[cIdx];
      case CHROMA_AC ->
          mbAddrN.codedBlockPatternChroma == 2 && mbAddrN.codedBlockFlag4x4[cIdx][Neighbours.chroma4x4BlkIdx(at)];
      default -> {
        int luma8x8BlkIdxN = Neighbours.luma8x8BlkIdx(at);
        if ((mbAddrN.codedBlockPatternLuma >> luma8x8BlkIdxN) % 2 == 0) {
          yield false;
        }
        if (mbAddrN.transformSize8x8Flag) {
          yield mbAddrN.codedBlockFlag8x8[cIdx][luma8x8BlkIdxN];
        }
        yield block.kind() != Kind.LUMA_8X8 && mbAddrN.codedBlockFlag4x4[cIdx][Neighbours.luma4x4BlkIdx(at)];
      }
    };
  }
}
