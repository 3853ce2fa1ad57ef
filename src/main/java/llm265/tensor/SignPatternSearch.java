package llm265.tensor;

import java.util.Arrays;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.transform.DcTransform;
import llm265.h264.transform.LevelScale;
import llm265.h264.transform.Quantization;
import llm265.h264.transform.TransformKernels;

/**
 * Chooses a {@link SignPatterns sign pattern} for each macroblock of a picture before it is encoded.
 *
 * <p>Every pattern's macroblock is transformed and quantized as an Intra_16x16 macroblock predicted by the middle value, and the pattern
 * with the least D + lambda R is kept. R comes from a table of what a level costs, measured on the picture itself: counting bins on
 * live contexts instead would gain less than .02 bits a value. Costs are integers, so that their sums do not depend on the order.
 */
final class SignPatternSearch {
  private static final TransformKernels TRANSFORM = TransformKernels.ACTIVE;
  private static final TensorKernels KERNELS = TensorKernels.ACTIVE;

  /** What a coded sample counts in a source picture. */
  private static final float FINE = 1 << SampleQuantizer.FRACTION_BITS;

  /** Units of cost in a squared quantizer step. */
  private static final int UNIT = 4096;

  /** Levels with a cost of their own; each further one costs as much more as the last. */
  private static final int LEVELS = 24;

  /** Macroblocks that the tables of costs are measured on, at most. */
  private static final int MEASURED = 1024;

  private static final float ROUNDING = 0.5f;

  private static final int QPS = 52;

  /** Macroblocks that a QP's table of costs must come from; with fewer, that of a neighbouring QP is taken. */
  private static final int ENOUGH = 8;

  private final int log2Count;
  private final int[] residual = new int[256];
  private final int[] negated = new int[256];
  private final int[] coefficients = new int[256];
  private final int[] dc = new int[16];
  private final int[][] counts = new int[QPS][LEVELS];
  private final int[] measured = new int[QPS];
  private final int[][] costs = new int[QPS][TensorKernels.LEVEL_COSTS];
  /** Factors of a block's coefficients, by QP; 0 for the first one, which is not quantized in its block. */
  private final float[][] acScale = new float[QPS][16];
  private final float[][] dcScale = new float[QPS][16];

  /**
   * A search.
   *
   * @param count number of patterns to choose from, a power of two from 2 to {@link SignPatterns#MAX_COUNT}
   */
  SignPatternSearch(int count) {
    if (Integer.bitCount(count) != 1 || count < 2 || count > SignPatterns.MAX_COUNT) {
      throw new IllegalArgumentException(count + " sign patterns");
    }
    log2Count = Integer.numberOfTrailingZeros(count);
    for (int qp = 0; qp < QPS; qp++) {
      int[] levelScale = LevelScale.FLAT.levelScale4x4(0, qp);
      float[] scale = Quantization.scale4x4(levelScale, qp);
      for (int i = 1; i < 16; i++) {
        acScale[qp][i] = scale[i] / FINE;
      }
      Arrays.fill(dcScale[qp], Quantization.scaleLumaDc(levelScale[0], qp) / FINE);
    }
  }

  /**
   * Chooses the patterns of a picture and negates its luma samples by them.
   *
   * @param picture source picture, of levels up to 127 about the middle
   * @param qp QPY that it will be encoded with
   * @param mbQps QPY by macroblock address, or null for {@code qp} everywhere
   */
  SignPatterns applyBest(Picture picture, int qp, byte[] mbQps) {
    short[] samples = picture.samples(0);
    int stride = picture.stride(0);
    int macroblocks = picture.format().sizeInMbs();
    measure(samples, stride, macroblocks, qp, mbQps);
    byte[] patterns = new byte[macroblocks];
    for (int address = 0; address < macroblocks; address++) {
      if (!read(samples, stride, address)) {
        continue;
      }
      int best = 0;
      int least = Integer.MAX_VALUE;
      for (int pattern = 0; pattern < 1 << log2Count; pattern++) {
        int cost = cost(pattern, mbQps == null ? qp : mbQps[address]);
        if (cost < least) {
          least = cost;
          best = pattern;
        }
      }
      patterns[address] = (byte) best;
      SignPatterns.apply(best, samples, stride, address, SampleQuantizer.FINE_MIDDLE);
    }
    return new SignPatterns(log2Count, patterns);
  }

  /** Measures what levels cost at each QP. */
  private void measure(short[] samples, int stride, int macroblocks, int qp, byte[] mbQps) {
    Arrays.fill(measured, 0);
    for (int[] ofQp : counts) {
      Arrays.fill(ofQp, 1);
    }
    int stepBetween = Math.max(1, macroblocks / MEASURED);
    for (int address = 0; address < macroblocks; address += stepBetween) {
      if (read(samples, stride, address)) {
        int at = mbQps == null ? qp : mbQps[address];
        transform(residual);
        measured[at]++;
        for (int i = 0; i < 256; i++) {
          if ((i & 15) != 0) {
            int level = (int) (Math.abs(coefficients[i]) * acScale[at][i & 15] + ROUNDING);
            counts[at][Math.min(level, LEVELS - 1)]++;
          }
        }
      }
    }
    for (int at = 0; at < QPS; at++) {
      setCosts(costs[at], counts[nearestMeasured(at)]);
    }
  }

  private int nearestMeasured(int qp) {
    int best = qp;
    for (int distance = QPS - 1; distance >= 0; distance--) {
      for (int other = qp - distance; other <= qp + distance; other += Math.max(1, 2 * distance)) {
        if (other >= 0 && other < QPS && measured[other] >= ENOUGH) {
          best = other;
        }
      }
    }
    return best;
  }

  private static void setCosts(int[] costs, int[] counts) {
    long total = 0;
    for (int count : counts) {
      total += count;
    }
    for (int level = 0; level < LEVELS; level++) {
      // Two signs share the count of a level other than 0.
      double share = (double) counts[level] / total / (level == 0 ? 1 : 2);
      double bits = -StrictMath.log(share) / StrictMath.log(2);
      costs[level] = (int) StrictMath.rint(UNIT * EncoderConfig.TENSOR.lambda() * bits);
    }
  }

  /** Reads a macroblock's samples about their middle; false if all of them are the middle. */
  private boolean read(short[] samples, int stride, int address) {
    int widthInMbs = stride >> 4;
    int first = address / widthInMbs * 16 * stride + address % widthInMbs * 16;
    int any = 0;
    for (int y = 0; y < 16; y++) {
      int row = first + y * stride;
      for (int x = 0; x < 16; x++) {
        int value = samples[row + x] - SampleQuantizer.FINE_MIDDLE;
        residual[16 * y + x] = value;
        any |= value;
      }
    }
    return any != 0;
  }

  /** D + lambda R of a pattern, apart from what is the same for all. */
  private int cost(int pattern, int qp) {
    SignPatterns.negate(pattern, residual, negated);
    transform(negated);
    return KERNELS.levelCost(coefficients, 256, acScale[qp], ROUNDING, UNIT, costs[qp], LEVELS - 1)
        + KERNELS.levelCost(dc, 16, dcScale[qp], ROUNDING, UNIT, costs[qp], LEVELS - 1);
  }

  private void transform(int[] block) {
    TRANSFORM.forward4x4(block, coefficients);
    DcTransform.forwardLuma(coefficients, dc, 0);
  }
}
