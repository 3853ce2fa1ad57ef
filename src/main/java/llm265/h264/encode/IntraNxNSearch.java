package llm265.h264.encode;

import llm265.h264.cabac.CtxBlockCat;
import llm265.h264.intra.Intra4x4Prediction;
import llm265.h264.intra.IntraEdge;
import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbType;
import llm265.h264.transform.ForwardTransform;
import llm265.h264.transform.InverseTransform;
import llm265.h264.transform.Quantization;

/**
 * Intra_4x4 or Intra_8x8, block after block in decoding order. Codes each block with every possible mode, up to its
 * reconstruction and its bins, and keeps the cheapest before the next block.
 */
final class IntraNxNSearch {
  private static final DistortionKernels DISTORTION = DistortionKernels.ACTIVE;
  private static final int MODES = 9;

  private final MacroblockContext context;
  /** 4 or 8. */
  private final int size;
  private final int area;
  private final int allowedModes;
  private final int maxSample;
  private final short[] samples = new short[64];
  private final short[] bestSamples = new short[64];
  private final int[] residual = new int[64];
  private final int[] coefficients = new int[64];
  private final int[] levels = new int[64];
  private final int[] bestLevels = new int[64];
  private final int[] scratch = new int[64];

  private int bestMode;
  private float bestCost;
  private long bestDistortion;
  private boolean bestIsCoded;

  IntraNxNSearch(MacroblockContext context, int size) {
    this.context = context;
    this.size = size;
    area = size * size;
    maxSample = context.maxSample();
    allowedModes = size == 4 ? context.config.intra4x4Modes() : context.config.intra8x8Modes();
  }

  /**
   * Fills the luma part of a macroblock whose luma residual is clear. Leaves its reconstruction in the picture.
   *
   * @param limit cost above which the macroblock cannot win
   * @return squared error of the luma reconstruction, or -1 if some block had no possible mode or the limit was exceeded
   */
  float search(Macroblock mb, float limit) {
    mb.mbType = MbType.I_NXN;
    mb.transformSize8x8Flag = size == 8;
    mb.codedBlockPattern &= 0x30;
    context.prepareTrellis(size == 8 ? CtxBlockCat.LUMA_8X8 : CtxBlockCat.LUMA_4X4);
    long distortion = 0;
    float cost = 0;
    int blocks = 256 / area;
    for (int block = 0; block < blocks; block++) {
      if (!searchBlock(mb, block)) {
        return -1;
      }
      keepBest(mb, block);
      distortion += bestDistortion;
      cost += bestCost;
      if (cost > limit) {
        return -1;
      }
    }
    return distortion;
  }

  private boolean searchBlock(Macroblock mb, int block) {
    IntraEdge edge = size == 4 ? context.reconstructor.gather4x4(block) : context.reconstructor.gather8x8(block);
    int predicted = context.predIntraPredMode(mb, size, block);
    bestCost = Float.MAX_VALUE;
    for (int mode = 0; mode < MODES; mode++) {
      if (((allowedModes >> mode) & 1) != 0
          && IntraPredModes.isPossibleNxN(mode, edge.left, edge.above, edge.corner)) {
        tryMode(mb, block, edge, mode, predicted);
      }
    }
    return bestCost < Float.MAX_VALUE;
  }

  private void tryMode(Macroblock mb, int block, IntraEdge edge, int mode, int predicted) {
    short[] source = context.source.samples(0);
    int stride = context.source.stride(0);
    int offset = size == 4 ? context.reconstructor.offset4x4(block) : context.reconstructor.offset8x8(block);
    if (size == 4) {
      Intra4x4Prediction.predict(mode, edge, samples, 0, 4, context.bitDepth);
    } else {
      context.reconstructor.intra8x8().predict(mode, samples, 0, 8, context.bitDepth);
    }
    long energy = DISTORTION.subtract(source, offset, stride, samples, 0, size, size, size, context.fractionBits, residual);
    float rounding = context.rounding.offset(energy, area, context.qStep);
    boolean coded = quantize(mb, block, rounding);
    float bits = context.bitsNxN(mb, size, block, predicted, mode, levels, coded);
    float rateCost = context.lambda * bits;
    if (rateCost >= bestCost) {
      return;
    }
    long distortion = energy;
    if (coded) {
      addResidual();
      distortion = DISTORTION.squaredError(source, offset, stride, samples, 0, size, size, size, context.fractionBits);
    }
    float cost = distortion + rateCost;
    if (cost < bestCost) {
      bestCost = cost;
      bestMode = mode;
      bestDistortion = distortion;
      bestIsCoded = coded;
      System.arraycopy(levels, 0, bestLevels, 0, area);
      System.arraycopy(samples, 0, bestSamples, 0, area);
    }
  }

  /** Transforms and quantizes the residual; returns whether any level is not 0. */
  private boolean quantize(Macroblock mb, int block, float rounding) {
    float[] scale;
    if (size == 4) {
      ForwardTransform.forward4x4(residual, 0, 4, coefficients, 0);
      scale = context.scales.of4x4(0, context.qpPrimeY);
    } else {
      ForwardTransform.forward8x8(residual, 0, 8, coefficients, 0);
      scale = context.scales.of8x8(context.qpPrimeY);
    }
    if (context.trellis != null) {
      return context.chooseLevels(mb, block, size, coefficients, levels);
    }
    int any = 0;
    for (int i = 0; i < area; i++) {
      levels[i] = Quantization.quantize(coefficients[i], scale[i], rounding);
      any |= levels[i];
    }
    return any != 0;
  }

  private void addResidual() {
    if (size == 4) {
      InverseTransform.residual4x4(
          levels, 0, context.scales.levelScale4x4(context.qpPrimeY), context.qpPrimeY, samples, 0, 4, maxSample, scratch);
    } else {
      InverseTransform.residual8x8(
          levels, 0, context.scales.levelScale8x8(context.qpPrimeY), context.qpPrimeY, samples, 0, 8, maxSample, scratch);
    }
  }

  /** Writes the block's winner into the macroblock, and its samples into the picture, where they predict later blocks. */
  private void keepBest(Macroblock mb, int block) {
    MacroblockContext.keepNxN(mb, size, block, bestMode, bestLevels, bestIsCoded);
    int offset = size == 4 ? context.reconstructor.offset4x4(block) : context.reconstructor.offset8x8(block);
    short[] reconstruction = context.reconstruction.samples(0);
    int stride = context.reconstruction.stride(0);
    for (int y = 0; y < size; y++) {
      System.arraycopy(bestSamples, size * y, reconstruction, offset + y * stride, size);
    }
  }
}
