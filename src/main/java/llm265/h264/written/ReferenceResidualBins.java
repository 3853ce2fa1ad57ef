package llm265.h264.written;

import java.util.function.IntConsumer;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.CtxBlockCat;
import llm265.h264.cabac.NormativeTable;

/** 7.3.5.3.3 and 9.3.2, 9.3.3.1.3 read word by word: the bins of one residual block behind its coded_block_flag. */
public final class ReferenceResidualBins {
  private static final int[][] CTX_IDX_INC_8X8 = NormativeTable.read("ctx-idx-inc-8x8.txt", 4);

  private ReferenceResidualBins() {}

  /**
   * Writes a block.
   *
   * @param levels coeffLevel in scan order, one at least not 0; as many as the block may have
   * @param numC8x8 NumC8x8, for ChromaDCLevel
   * @param bins takes {@code ctxIdx << 1 | binVal} as {@link ReferenceEncodingEngine} does
   */
  public static void write(int[] levels, int ctxBlockCat, boolean fieldCoded, int numC8x8, IntConsumer bins) {
    int last = levels.length - 1;
    while (levels[last] == 0) {
      last--;
    }
    int significant = CtxBlockCat.significantCoeffFlag(ctxBlockCat, fieldCoded);
    int lastSignificant = CtxBlockCat.lastSignificantCoeffFlag(ctxBlockCat, fieldCoded);
    for (int i = 0; i < levels.length - 1 && i <= last; i++) {
      bins.accept(((significant + increment(i, ctxBlockCat, fieldCoded ? 2 : 1, numC8x8)) << 1) | (levels[i] != 0 ? 1 : 0));
      if (levels[i] != 0) {
        bins.accept(((lastSignificant + increment(i, ctxBlockCat, 3, numC8x8)) << 1) | (i == last ? 1 : 0));
      }
    }
    int ones = 0;
    int greater = 0;
    for (int i = last; i >= 0; i--) {
      if (levels[i] != 0) {
        writeLevel(levels[i], ctxBlockCat, ones, greater, bins);
        if (Math.abs(levels[i]) == 1) {
          ones++;
        } else {
          greater++;
        }
      }
    }
  }

  static int increment(int levelListIdx, int ctxBlockCat, int columnOf8x8, int numC8x8) {
    return switch (ctxBlockCat) {
      case 3 -> Math.min(levelListIdx / numC8x8, 2);
      case 5, 9, 13 -> CTX_IDX_INC_8X8[levelListIdx][columnOf8x8];
      default -> levelListIdx;
    };
  }

  /** 9.3.3.1.3: ctxIdx of the first bin of coeff_abs_level_minus1, by the levels of 1 and the greater ones before it. */
  static int firstCtxIdx(int ctxBlockCat, int ones, int greater) {
    return CtxBlockCat.coeffAbsLevelMinus1(ctxBlockCat) + (greater != 0 ? 0 : Math.min(4, 1 + ones));
  }

  /** ctxIdx of its other bins. */
  static int otherCtxIdx(int ctxBlockCat, int greater) {
    return CtxBlockCat.coeffAbsLevelMinus1(ctxBlockCat) + 5 + Math.min(4 - (ctxBlockCat == 3 ? 1 : 0), greater);
  }

  /** UEG0 with uCoff 14 and no sign of its own, then coeff_sign_flag. */
  private static void writeLevel(int level, int ctxBlockCat, int ones, int greater, IntConsumer bins) {
    int rest = Math.abs(level) - 1;
    int first = firstCtxIdx(ctxBlockCat, ones, greater);
    int others = otherCtxIdx(ctxBlockCat, greater);
    int prefix = Math.min(14, rest);
    for (int i = 0; i < 14 && i <= prefix; i++) {
      bins.accept(((i == 0 ? first : others) << 1) | (i < prefix ? 1 : 0));
    }
    if (prefix == 14) {
      int suffix = rest - 14;
      int k = 0;
      for (; suffix >= 1 << k; k++) {
        bins.accept((BinString.BYPASS << 1) | 1);
        suffix -= 1 << k;
      }
      bins.accept(BinString.BYPASS << 1);
      while (k-- > 0) {
        bins.accept((BinString.BYPASS << 1) | (suffix >> k) & 1);
      }
    }
    bins.accept((BinString.BYPASS << 1) | (level < 0 ? 1 : 0));
  }
}
