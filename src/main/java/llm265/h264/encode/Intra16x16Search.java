package llm265.h264.encode;

import java.util.Arrays;
import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbType;
import llm265.h264.transform.DcTransform;
import llm265.h264.transform.TransformKernels;

/** One Intra_16x16 candidate: predicts, transforms, quantizes and reconstructs the luma of a macroblock. */
final class Intra16x16Search {
  private static final TransformKernels TRANSFORM = TransformKernels.ACTIVE;
  private static final DistortionKernels DISTORTION = DistortionKernels.ACTIVE;

  private final MacroblockContext context;
  private final int[] residual = new int[256];
  private final int[] coefficients = new int[256];
  private final int[] dc = new int[16];
  private final float[] acScale = new float[16];
  private final float[] dcScale = new float[16];

  Intra16x16Search(MacroblockContext context) {
    this.context = context;
  }

  boolean isPossible(int mode) {
    return IntraPredModes.isPossible16x16(
        mode, context.neighbours.availableA, context.neighbours.availableB, context.neighbours.availableD);
  }

  /**
   * Fills the luma part of a macroblock whose residual is clear. Leaves its reconstruction in the picture.
   *
   * @return squared error of the luma reconstruction
   */
  float tryMode(Macroblock mb, int mode) {
    code(mb, mode);
    int stride = context.source.stride(0);
    int offset = context.offset(0);
    return DISTORTION.squaredError(
        context.source.samples(0), offset, stride, context.reconstruction.samples(0), offset, stride, 16, 16,
        context.fractionBits);
  }

  /**
   * Like {@link #tryMode}, if there is nothing to compare: computing the error of every sample takes a twentieth of the time.
   */
  void code(Macroblock mb, int mode) {
    context.reconstructor.predictIntra16x16(mode);
    int stride = context.source.stride(0);
    int offset = context.offset(0);
    short[] source = context.source.samples(0);
    short[] reconstruction = context.reconstruction.samples(0);
    long energy =
        DISTORTION.subtract(source, offset, stride, reconstruction, offset, stride, 16, 16, context.fractionBits, residual);
    TRANSFORM.forward4x4(residual, coefficients);
    if (context.trellis != null) {
      DcTransform.forwardLuma(coefficients, dc, 0);
      context.chooseIntra16x16Levels(mb, dc, coefficients);
    } else {
      float rounding = context.rounding.offset(energy, 256, context.qStep);
      quantizeDc(mb, rounding);
      quantizeAc(mb, rounding);
    }
    int chroma = mb.codedBlockPattern >> 4;
    boolean ac = (mb.codedBlockFlags & 0xFFFF) != 0;
    mb.intra16x16PredMode = mode;
    mb.transformSize8x8Flag = false;
    mb.mbType = MbType.ofI16x16(mode, chroma, ac);
    mb.codedBlockPattern = (chroma << 4) | (ac ? 15 : 0);
    context.reconstructor.addIntra16x16Residual(mb, context.qpPrimeY);
  }

  private void quantizeDc(Macroblock mb, float rounding) {
    DcTransform.forwardLuma(coefficients, dc, 0);
    Arrays.fill(dcScale, context.scales.lumaDc(context.qpPrimeY));
    if (TRANSFORM.quantize(dc, 0, 16, dcScale, rounding, mb.dcLevels, 0) != 0) {
      mb.codedBlockFlags |= 1L << Macroblock.DC_FLAG_BIT;
    }
  }

  private void quantizeAc(Macroblock mb, float rounding) {
    float[] scale = context.scales.of4x4(0, context.qpPrimeY);
    System.arraycopy(scale, 1, acScale, 1, 15);
    mb.codedBlockFlags |= TRANSFORM.quantize(coefficients, 0, 256, acScale, rounding, mb.levels, 0);
  }
}
