package llm265.tensor.picture;

import java.util.Arrays;
import llm265.h264.Picture;
import llm265.h264.transform.LevelScale;
import llm265.h264.transform.Quantization;
import llm265.h264.transform.TransformKernels;
import llm265.numeric.Logarithms;
import llm265.tensor.tools.SignPatterns;
import llm265.tensor.values.TensorKernels;

/**
 * Chooses a {@link SignPatterns sign pattern} for each 8x8 block of a picture before it is encoded.
 *
 * <p>Every pattern's macroblock is transformed and quantized as an Intra_16x16 macroblock that the middle value predicts. For
 * each of its 8x8 blocks the pattern with the least D + lambda R is kept. Only AC coefficients count, since the four blocks
 * share the DC transform. R comes from a table of the costs of levels, measured on the picture itself; counting bins on live
 * contexts instead would gain less than .02 bits per value. Costs are integers, so that their sums do not depend on the order.
 * would gain less than .02 bits per value. Costs are integers, so that their sums do not depend on the order.
 */
public final class SignPatternSearch {
  private static final TransformKernels TRANSFORM = TransformKernels.ACTIVE;
  private static final TensorKernels KERNELS = TensorKernels.ACTIVE;

  /** Units of cost per squared quantizer step. */
  private static final int UNIT = 4096;

  /** Number of levels with their own cost; each further one adds as much as the last. */
  private static final int LEVELS = 24;

  /** The greatest number of macroblocks that the tables of costs are measured on. */
  private static final int MEASURED = 1024;

  /** Rounding offset; about the average of the trellis. */
  private static final float ROUNDING = 0.46f;

  /**
   * Squared quantizer steps that one bit is worth. High-rate theory gives .1155; with .065 the gap to Shannon's bound is .005
   * bits less, at 1 to 4 bits per value.
   */
  private static final double LAMBDA = 0.065;

  /** Number of QPs of 8-bit samples. */
  private static final int QPS = 52;

  /** Number of macroblocks that a QP's table of costs needs; with fewer, the table of a neighbouring QP is used. */
  private static final int ENOUGH = 8;

  private final int log2Count;
  private final int[] residual = new int[256];
  private final int[] negated = new int[256];
  private final int[] coefficients = new int[256];
  /** Indexed by luma8x8BlkIdx. */
  private final int[] best = new int[4];
  private final int[] least = new int[4];
  private final SampleDepth depth;
  /** Number of QPs; all tables are indexed by QP'Y, which begins at 0. */
  private final int qps;
  private final int[][] counts;
  private final int[] measured;
  private final int[][] costs;
  /** Factors of a block's coefficients; 0 for the first one, which is quantized with the DC coefficients. */
  private final float[][] acScale;

  /**
   * A search.
   *
   * @param count number of patterns to choose from, a power of two from 2 to {@link SignPatterns#MAX_COUNT}
   * @param depth depth of the samples
   */
  public SignPatternSearch(int count, SampleDepth depth) {
    if (Integer.bitCount(count) != 1 || count < 2 || count > SignPatterns.MAX_COUNT) {
      throw new IllegalArgumentException(count + " sign patterns");
    }
    log2Count = Integer.numberOfTrailingZeros(count);
    this.depth = depth;
    qps = QPS - depth.leastQp();
    counts = new int[qps][LEVELS];
    measured = new int[qps];
    costs = new int[qps][TensorKernels.LEVEL_COSTS];
    acScale = new float[qps][16];
    // What one coded sample is in a source picture.
    float fine = 1 << depth.fractionBits();
    for (int qp = 0; qp < qps; qp++) {
      int[] levelScale = LevelScale.FLAT.levelScale4x4(0, qp);
      float[] scale = Quantization.scale4x4(levelScale, qp);
      for (int i = 1; i < 16; i++) {
        acScale[qp][i] = scale[i] / fine;
      }
    }
  }

  /**
   * Chooses the patterns of a picture and negates its luma samples by them.
   *
   * @param picture source picture, with levels of up to 127 about the middle
   * @param qp QPY that it will be encoded with
   * @param mbQps QPY by macroblock address, or null for {@code qp} everywhere
   */
  public SignPatterns applyBest(Picture picture, int qp, byte[] mbQps) {
    short[] samples = picture.samples(0);
    int stride = picture.stride(0);
    int macroblocks = picture.format().sizeInMbs();
    measure(samples, stride, macroblocks, qp, mbQps);
    byte[] patterns = new byte[4 * macroblocks];
    for (int address = 0; address < macroblocks; address++) {
      if (!read(samples, stride, address)) {
        continue;
      }
      Arrays.fill(least, Integer.MAX_VALUE);
      for (int pattern = 0; pattern < 1 << log2Count; pattern++) {
        compare(pattern, (mbQps == null ? qp : mbQps[address]) - depth.leastQp());
      }
      for (int block = 0; block < 4; block++) {
        patterns[4 * address + block] = (byte) best[block];
        SignPatterns.apply(best[block], samples, stride, 4 * address + block, depth.fineMiddle());
      }
    }
    return new SignPatterns(log2Count, patterns);
  }

  /** Measures the costs of levels at each QP. */
  private void measure(short[] samples, int stride, int macroblocks, int qp, byte[] mbQps) {
    Arrays.fill(measured, 0);
    for (int[] ofQp : counts) {
      Arrays.fill(ofQp, 1);
    }
    int stepBetween = Math.max(1, macroblocks / MEASURED);
    for (int address = 0; address < macroblocks; address += stepBetween) {
      if (read(samples, stride, address)) {
        int at = (mbQps == null ? qp : mbQps[address]) - depth.leastQp();
        TRANSFORM.forward4x4(residual, coefficients);
        measured[at]++;
        for (int i = 0; i < 256; i++) {
          if ((i & 15) != 0) {
            int level = (int) (Math.abs(coefficients[i]) * acScale[at][i & 15] + ROUNDING);
            counts[at][Math.min(level, LEVELS - 1)]++;
          }
        }
      }
    }
    for (int at = 0; at < qps; at++) {
      setCosts(costs[at], counts[nearestMeasured(at)]);
    }
  }

  private int nearestMeasured(int qp) {
    int best = qp;
    for (int distance = qps - 1; distance >= 0; distance--) {
      for (int other = qp - distance; other <= qp + distance; other += Math.max(1, 2 * distance)) {
        if (other >= 0 && other < qps && measured[other] >= ENOUGH) {
          best = other;
        }
      }
    }
    return best;
  }

  /**
   * Costs of levels as CABAC codes them: significant_coeff_flag, the first bin of coeff_abs_level_minus1, its further bins,
   * which share their contexts whatever the level, and the sign.
   */
  private static void setCosts(int[] costs, int[] counts) {
    double significant = 0;
    double greater = 0;
    double further = 0;
    for (int level = 1; level < LEVELS; level++) {
      significant += counts[level];
      greater += level > 1 ? counts[level] : 0;
      further += level > 2 ? (double) (level - 2) * counts[level] : 0;
    }
    double isSignificant = significant / (significant + counts[0]);
    double isGreater = greater / significant;
    double goesOn = further / (further + greater);
    for (int level = 0; level < LEVELS; level++) {
      double bits = -Logarithms.log2(level == 0 ? 1 - isSignificant : isSignificant);
      if (level > 0) {
        bits += 1 - Logarithms.log2(level == 1 ? 1 - isGreater : isGreater);
      }
      if (level > 1) {
        bits -= (level - 2) * Logarithms.log2(goesOn) + Logarithms.log2(1 - goesOn);
      }
      costs[level] = (int) StrictMath.rint(UNIT * LAMBDA * bits);
    }
  }

  /** Reads a macroblock's samples relative to their middle; returns false if all of them are the middle. */
  private boolean read(short[] samples, int stride, int address) {
    int widthInMbs = stride >> 4;
    int first = address / widthInMbs * 16 * stride + address % widthInMbs * 16;
    int any = 0;
    int middle = depth.fineMiddle();
    for (int y = 0; y < 16; y++) {
      int row = first + y * stride;
      for (int x = 0; x < 16; x++) {
        int value = samples[row + x] - middle;
        residual[16 * y + x] = value;
        any |= value;
      }
    }
    return any != 0;
  }

  /** Takes a pattern for those 8x8 blocks where it has the least D + lambda R so far. */
  private void compare(int pattern, int qp) {
    SignPatterns.negate(pattern, residual, negated);
    TRANSFORM.forward4x4(negated, coefficients);
    for (int block = 0; block < 4; block++) {
      int cost = KERNELS.levelCost(
          coefficients, 64 * block, 64, acScale[qp], ROUNDING, UNIT, costs[qp], LEVELS - 1);
      if (cost < least[block]) {
        least[block] = cost;
        best[block] = pattern;
      }
    }
  }
}
