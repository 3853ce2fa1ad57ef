package llm265.h264.encode;

import llm265.h264.transform.LevelScale;
import llm265.h264.transform.Quantization;

/**
 * The quantizers of every QP, made on first use: factors from transform coefficients to levels, by block position.
 *
 * <p>8.5.12.1 and 8.5.12.2 forbid streams whose scaled coefficients or their sums exceed 8 + bitDepth bits. Decoders that rely on
 * this wrap. With large scaling lists at high QPs a level of 1 is enough to exceed them. Positions where a level of 1 would
 * take about a quarter of the range or more are not used.
 */
final class QuantizerScales {
  /** For samples of 8 bits. */
  private static final int LARGEST_STEP = 8000;

  /** Every DC level is a sum of 16 Hadamard coefficients. */
  private static final int LARGEST_LUMA_DC_STEP = 4095;

  private static final int QPS = 52;

  private final LevelScale levelScale;
  /** The residual that stands for one coded sample. */
  private final float unit;
  /** Number of bits of a coded sample beyond 8. */
  private final int extraBits;
  private final float[][][] scale4x4;
  private final float[][] scale8x8;
  private final float[] lumaDc;
  private final float[][] chromaDc;

  /**
   * @param bitDepth number of bits of a coded sample
   * @param fractionBits number of bits of a residual that are fractions of a coded sample
   */
  QuantizerScales(LevelScale levelScale, int bitDepth, int fractionBits) {
    this.levelScale = levelScale;
    this.unit = 1 << fractionBits;
    extraBits = bitDepth - 8;
    int qps = QPS + 6 * extraBits;
    scale4x4 = new float[3][qps][];
    scale8x8 = new float[qps][];
    lumaDc = new float[qps];
    chromaDc = new float[3][qps];
  }

  /** LevelScale4x4 of luma, for reconstructing candidates. */
  int[] levelScale4x4(int qP) {
    return levelScale.levelScale4x4(0, qP);
  }

  /** LevelScale8x8 of luma, for reconstructing candidates. */
  int[] levelScale8x8(int qP) {
    return levelScale.levelScale8x8(0, qP);
  }

  /** For the 16 positions of a 4x4 block of a plane. */
  float[] of4x4(int plane, int qP) {
    if (scale4x4[plane][qP] == null) {
      int[] steps = levelScale.levelScale4x4(plane, qP);
      scale4x4[plane][qP] = usable(Quantization.scale4x4(steps, qP), steps, qP / 6 - 4);
    }
    return scale4x4[plane][qP];
  }

  /** For the 64 positions of a luma 8x8 block. */
  float[] of8x8(int qP) {
    if (scale8x8[qP] == null) {
      int[] steps = levelScale.levelScale8x8(0, qP);
      scale8x8[qP] = usable(Quantization.scale8x8(steps, qP), steps, qP / 6 - 6);
    }
    return scale8x8[qP];
  }

  /** Sets factors to 0 where a level of 1 stands for too large a step: {@code levelScale * 2^exponent}. */
  private float[] usable(float[] scale, int[] levelScale, int exponent) {
    for (int i = 0; i < scale.length; i++) {
      if (Math.scalb((double) levelScale[i], exponent) > LARGEST_STEP << extraBits) {
        scale[i] = 0;
      }
      scale[i] /= unit;
    }
    return scale;
  }

  /** For the Hadamard coefficients of Intra16x16DCLevel. */
  float lumaDc(int qP) {
    int step = levelScale.levelScale4x4(0, qP)[0];
    if (Math.scalb((double) step, qP / 6 - 6) > LARGEST_LUMA_DC_STEP << extraBits) {
      return 0;
    }
    if (lumaDc[qP] == 0) {
      lumaDc[qP] = Quantization.scaleLumaDc(step, qP) / unit;
    }
    return lumaDc[qP];
  }

  /** For the Hadamard coefficients of ChromaDCLevel, 4:2:0. */
  float chromaDc(int plane, int qP) {
    if (chromaDc[plane][qP] == 0) {
      chromaDc[plane][qP] = Quantization.scaleChromaDc(levelScale.levelScale4x4(plane, qP)[0], qP) / unit;
    }
    return chromaDc[plane][qP];
  }
}
