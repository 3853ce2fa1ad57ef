package llm265.h264.cabac;

import llm265.h264.MalformedStreamException;

/**
 * 7.3.5.3.3 Residual block CABAC syntax, after coded_block_flag, as the clause writes it: one statement for each of the
 * standard's, and the derivation of ctxIdx (9.3.3.1.3) next to each bin. It replaces {@link ResidualBlockParser}, which does
 * the same fast, where bins are traced.
 */
final class TracedResidualBlockParser {
  private final CabacTrace trace;
  private final boolean[] significantCoeffFlag = new boolean[64];

  /** Number of levels of the block so far that are 1 or -1, and of greater ones. */
  private int numDecodAbsLevelEq1;

  private int numDecodAbsLevelGt1;

  TracedResidualBlockParser(CabacTrace trace) {
    this.trace = trace;
  }

  /**
   * Parses a block; levels come in the order of the standard's coeffLevel.
   *
   * @param maxNumCoeff 4, 8, 15, 16 or 64
   * @param scan raster position of a level, indexed by {@code firstCoeff + levelListIdx}
   * @param firstCoeff 1 for AC blocks, otherwise 0
   * @param levels receives the levels that are not 0, at {@code offset + raster position}
   * @throws MalformedStreamException if a level is larger than any bit depth allows
   */
  void parse(BlockContexts block, int maxNumCoeff, int[] scan, int firstCoeff, int[] levels, int offset) {
    int numCoeff = maxNumCoeff;
    int i = 0;
    while (i < numCoeff - 1) {
      significantCoeffFlag[i] = parseFlag("significant_coeff_flag", i,
          block.significantCoeffFlag + block.significantIncrements[i]);
      if (significantCoeffFlag[i]) {
        boolean lastSignificantCoeffFlag = parseFlag("last_significant_coeff_flag", i,
            block.lastSignificantCoeffFlag + block.lastIncrements[i]);
        if (lastSignificantCoeffFlag) {
          numCoeff = i + 1;
        }
      }
      i++;
    }
    // Inferred: the last coefficient is not 0, since otherwise an earlier one would have been the last (7.4.5.3.3).
    significantCoeffFlag[numCoeff - 1] = true;
    numDecodAbsLevelEq1 = 0;
    numDecodAbsLevelGt1 = 0;
    for (i = numCoeff - 1; i >= 0; i--) {
      if (significantCoeffFlag[i]) {
        int coeffAbsLevelMinus1 = parseCoeffAbsLevelMinus1(block, i);
        boolean coeffSignFlag = parseCoeffSignFlag(i);
        int level = (coeffAbsLevelMinus1 + 1) * (coeffSignFlag ? -1 : 1);
        levels[offset + scan[firstCoeff + i]] = level;
        if (coeffAbsLevelMinus1 == 0) {
          numDecodAbsLevelEq1++;
        } else {
          numDecodAbsLevelGt1++;
        }
      }
    }
  }

  private boolean parseFlag(String name, int i, int ctxIdx) {
    int flag = trace.decision(ctxIdx);
    trace.element(name, i, flag);
    return flag != 0;
  }

  private boolean parseCoeffSignFlag(int i) {
    int flag = trace.bypass();
    trace.element("coeff_sign_flag", i, flag);
    return flag != 0;
  }

  /**
   * 9.3.2.3: a truncated unary prefix, with ctxIdxInc from (9-23) for the first bin and (9-24) for the others, and a suffix.
   */
  private int parseCoeffAbsLevelMinus1(BlockContexts block, int i) {
    int ctxIdxIncFirst = numDecodAbsLevelGt1 != 0 ? 0 : Math.min(4, 1 + numDecodAbsLevelEq1);
    int chromaDc = block.ctxBlockCat == CtxBlockCat.CHROMA_DC ? 1 : 0;
    int ctxIdxIncFurther = 5 + Math.min(4 - chromaDc, numDecodAbsLevelGt1);
    int value = 0;
    while (value < ResidualBlockParser.LEVEL_PREFIX
        && trace.decision(block.coeffAbsLevelMinus1 + (value == 0 ? ctxIdxIncFirst : ctxIdxIncFurther)) != 0) {
      value++;
    }
    if (value == ResidualBlockParser.LEVEL_PREFIX) {
      value += parseSuffix();
    }
    trace.element("coeff_abs_level_minus1", i, value);
    return value;
  }

  /** 9.3.2.3, the suffix: Exp-Golomb of order k = 0. */
  private int parseSuffix() {
    int suffix = 0;
    int k = 0;
    while (trace.bypass() != 0) {
      suffix += 1 << k;
      k++;
      if (k > ResidualBlockParser.MOST_SUFFIX_PREFIX) {
        throw new MalformedStreamException("coeff_abs_level_minus1", "9.3.2.3", "no bit depth has such levels");
      }
    }
    while (k > 0) {
      k--;
      suffix += trace.bypass() << k;
    }
    return suffix;
  }
}
