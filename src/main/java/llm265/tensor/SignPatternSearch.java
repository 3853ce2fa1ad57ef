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

  /** Units of cost in a squared quantizer step. */
  private static final int UNIT = 4096;

  /** Levels with a cost of their own; each further one costs as much more as the last. */
  private static final int LEVELS = 24;

  /** Macroblocks that the table of costs is measured on, at most. */
  private static final int MEASURED = 512;

  private final int log2Count;
  private final int[] residual = new int[256];
  private final int[] negated = new int[256];
  private final int[] coefficients = new int[256];
  private final int[] dc = new int[16];
  private final int[] counts = new int[LEVELS];
  private final int[] costs = new int[TensorKernels.LEVEL_COSTS];
  /** Factors of a block's coefficients; 0 for the first one, which is not quantized in its block. */
  private final float[] acScale = new float[16];
  private final float[] dcScale = new float[16];
  private float rounding;

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
  }

  /**
   * Chooses the patterns of a picture and negates its luma samples by them.
   *
   * @param picture samples of 1..255
   * @param qp QPY that it will be encoded with
   */
  SignPatterns applyBest(Picture picture, int qp) {
    short[] samples = picture.samples(0);
    int stride = picture.stride(0);
    int macroblocks = picture.format().sizeInMbs();
    prepare(samples, stride, macroblocks, qp);
    byte[] patterns = new byte[macroblocks];
    for (int address = 0; address < macroblocks; address++) {
      if (!read(samples, stride, address)) {
        continue;
      }
      int best = 0;
      int least = Integer.MAX_VALUE;
      for (int pattern = 0; pattern < 1 << log2Count; pattern++) {
        int cost = cost(pattern);
        if (cost < least) {
          least = cost;
          best = pattern;
        }
      }
      patterns[address] = (byte) best;
      SignPatterns.apply(best, samples, stride, address);
    }
    return new SignPatterns(log2Count, patterns);
  }

  /** Takes the quantizer of a QP, and measures what levels cost. */
  private void prepare(short[] samples, int stride, int macroblocks, int qp) {
    int[] levelScale = LevelScale.FLAT.levelScale4x4(0, qp);
    System.arraycopy(Quantization.scale4x4(levelScale, qp), 1, acScale, 1, 15);
    Arrays.fill(dcScale, Quantization.scaleLumaDc(levelScale[0], qp));
    rounding = 0.5f;
    Arrays.fill(counts, 1);
    int stepBetween = Math.max(1, macroblocks / MEASURED);
    for (int address = 0; address < macroblocks; address += stepBetween) {
      if (read(samples, stride, address)) {
        transform(residual);
        for (int i = 0; i < 256; i++) {
          if ((i & 15) != 0) {
            int level = (int) (Math.abs(coefficients[i]) * acScale[i & 15] + rounding);
            counts[Math.min(level, LEVELS - 1)]++;
          }
        }
      }
    }
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
        int value = samples[row + x] - SampleQuantizer.MIDDLE;
        residual[16 * y + x] = value;
        any |= value;
      }
    }
    return any != 0;
  }

  /** D + lambda R of a pattern, apart from what is the same for all. */
  private int cost(int pattern) {
    SignPatterns.negate(pattern, residual, negated);
    transform(negated);
    return KERNELS.levelCost(coefficients, 256, acScale, rounding, UNIT, costs, LEVELS - 1)
        + KERNELS.levelCost(dc, 16, dcScale, rounding, UNIT, costs, LEVELS - 1);
  }

  private void transform(int[] block) {
    TRANSFORM.forward4x4(block, coefficients);
    DcTransform.forwardLuma(coefficients, dc, 0);
  }
}
