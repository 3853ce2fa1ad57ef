package llm265.h264.encode;

import llm265.h264.transform.LevelScale;
import llm265.h264.transform.Quantization;

/** The quantizers of every QP, made on first use: factors from transform coefficients to levels, by block position. */
final class QuantizerScales {
  private static final int QPS = 52;

  private final LevelScale levelScale;
  private final float[][][] scale4x4 = new float[3][QPS][];
  private final float[][] scale8x8 = new float[QPS][];
  private final float[] lumaDc = new float[QPS];
  private final float[][] chromaDc = new float[3][QPS];

  QuantizerScales(LevelScale levelScale) {
    this.levelScale = levelScale;
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
      scale4x4[plane][qP] = Quantization.scale4x4(levelScale.levelScale4x4(plane, qP), qP);
    }
    return scale4x4[plane][qP];
  }

  /** For the 64 positions of a luma 8x8 block. */
  float[] of8x8(int qP) {
    if (scale8x8[qP] == null) {
      scale8x8[qP] = Quantization.scale8x8(levelScale.levelScale8x8(0, qP), qP);
    }
    return scale8x8[qP];
  }

  /** For the Hadamard coefficients of Intra16x16DCLevel. */
  float lumaDc(int qP) {
    if (lumaDc[qP] == 0) {
      lumaDc[qP] = Quantization.scaleLumaDc(levelScale.levelScale4x4(0, qP)[0], qP);
    }
    return lumaDc[qP];
  }

  /** For the Hadamard coefficients of ChromaDCLevel, 4:2:0. */
  float chromaDc(int plane, int qP) {
    if (chromaDc[plane][qP] == 0) {
      chromaDc[plane][qP] = Quantization.scaleChromaDc(levelScale.levelScale4x4(plane, qP)[0], qP);
    }
    return chromaDc[plane][qP];
  }
}
