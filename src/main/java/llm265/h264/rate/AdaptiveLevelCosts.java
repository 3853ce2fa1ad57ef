package llm265.h264.rate;

import java.util.Arrays;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.CtxBlockCat;
import llm265.h264.cabac.TransitionTables;
import llm265.h264.macroblock.BlockScan;

/**
 * What each luma level of Intra_16x16 macroblocks takes, with contexts that adapt as in coding: 7.3.5.3.3 for blocks of DC and AC
 * levels, each bin at the cost of its context's state. Used by one thread at a time.
 */
public final class AdaptiveLevelCosts {
  /** What a macroblock takes beside its levels, about: mb_type, intra_chroma_pred_mode, mb_qp_delta, end_of_slice_flag. */
  private static final double MACROBLOCK_BITS = 0.3;

  /** Bins of coeff_abs_level_minus1 that have contexts. */
  private static final int PREFIX = 14;

  private static final double UNIT = 1.0 / BinCost.BIT;

  private final ContextVariables contexts = new ContextVariables();
  private final int[] block = new int[16];
  private final float[] blockBits = new float[16];

  /** Begins a slice. */
  public void begin(int sliceQpY) {
    contexts.init(sliceQpY);
  }

  /**
   * Codes a macroblock.
   *
   * @param levels 256 from {@code at} on, at {@code 16 * luma4x4BlkIdx + 4 * row + column}, the first of each block being its
   *     level of the DC block
   * @param bits receives what each of them takes, from {@code at} on; flags that are for a whole block count as the first's
   * @return bits of the macroblock
   */
  public double code(short[] levels, int at, float[] bits) {
    double sum = MACROBLOCK_BITS;
    for (int k = 0; k < 16; k++) {
      block[k] = levels[at + dcPlace(k)];
    }
    sum += code(CtxBlockCat.LUMA_DC, 16);
    for (int k = 0; k < 16; k++) {
      bits[at + dcPlace(k)] = blockBits[k];
    }
    for (int first = at; first < at + 256; first += 16) {
      for (int k = 0; k < 15; k++) {
        block[k] = levels[first + BlockScan.ZIGZAG_4X4[k + 1]];
      }
      sum += code(CtxBlockCat.LUMA_AC, 15);
      for (int k = 0; k < 15; k++) {
        bits[first + BlockScan.ZIGZAG_4X4[k + 1]] = blockBits[k];
      }
    }
    return sum;
  }

  private static int dcPlace(int scan) {
    return 16 * BlockScan.BLOCK_INDEX[BlockScan.ZIGZAG_4X4[scan]];
  }

  private double code(int ctxBlockCat, int count) {
    Arrays.fill(blockBits, 0);
    int last = count - 1;
    while (last >= 0 && block[last] == 0) {
      last--;
    }
    // With both neighbours coded, which is what most blocks have.
    double sum = bin(CtxBlockCat.codedBlockFlag(ctxBlockCat) + 3, last < 0 ? 0 : 1);
    blockBits[0] += (float) sum;
    if (last < 0) {
      return sum;
    }
    int significant = CtxBlockCat.significantCoeffFlag(ctxBlockCat, false);
    int lastFlag = CtxBlockCat.lastSignificantCoeffFlag(ctxBlockCat, false);
    for (int k = 0; k <= last && k < count - 1; k++) {
      double bits = bin(significant + k, block[k] != 0 ? 1 : 0);
      if (block[k] != 0) {
        bits += bin(lastFlag + k, k == last ? 1 : 0);
      }
      blockBits[k] += (float) bits;
      sum += bits;
    }
    int ones = 0;
    int greater = 0;
    int base = CtxBlockCat.coeffAbsLevelMinus1(ctxBlockCat);
    for (int k = last; k >= 0; k--) {
      if (block[k] != 0) {
        int magnitude = Math.abs(block[k]);
        double bits = 1 + bin(base + (greater != 0 ? 0 : Math.min(4, 1 + ones)), magnitude > 1 ? 1 : 0);
        if (magnitude > 1) {
          bits += rest(base + 5 + Math.min(4, greater), magnitude - 1);
          greater++;
        } else {
          ones++;
        }
        blockBits[k] += (float) bits;
        sum += bits;
      }
    }
    return sum;
  }

  /** Bins of coeff_abs_level_minus1 behind the first. */
  private double rest(int ctxIdx, int absLevelMinus1) {
    double bits = 0;
    for (int i = 1; i < Math.min(absLevelMinus1, PREFIX); i++) {
      bits += bin(ctxIdx, 1);
    }
    return bits + (absLevelMinus1 < PREFIX ? bin(ctxIdx, 0) : suffixBits(absLevelMinus1));
  }

  /** Bits of the suffix, an Exp-Golomb code (9.3.2.3). */
  public static int suffixBits(int absLevelMinus1) {
    return 2 * (31 - Integer.numberOfLeadingZeros(absLevelMinus1 - PREFIX + 1)) + 1;
  }

  private double bin(int ctxIdx, int binVal) {
    int state = contexts.state[ctxIdx] & 0xFF;
    contexts.state[ctxIdx] = (byte) TransitionTables.nextState(state, binVal);
    return BinCost.ofBin(state, binVal) * UNIT;
  }
}
