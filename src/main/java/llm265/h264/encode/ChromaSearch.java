package llm265.h264.encode;

import java.util.Arrays;
import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.transform.DcTransform;
import llm265.h264.transform.ForwardTransform;
import llm265.h264.transform.Quantization;

/** Chooses intra_chroma_pred_mode and the chroma levels of a 4:2:0 macroblock, independently of its luma. */
final class ChromaSearch {
  private static final DistortionKernels DISTORTION = DistortionKernels.ACTIVE;

  /** Rounding of chroma levels: a third of a step, as usual for Laplacian residuals of pictures. */
  private static final float ROUNDING = 1 / 3f;

  private final MacroblockContext context;
  private final int[] residual = new int[64];
  private final int[] coefficients = new int[64];
  private final int[] dc = new int[4];
  private final float[] acScale = new float[16];
  private final Macroblock trial = new Macroblock();
  private float distortion;

  /**
   * Whether all samples of the picture have the middle value, as in a tensor's chroma. DC prediction then gives that value
   * everywhere, and the search could find nothing better (it took .9 ns of 20 per luma sample).
   */
  private boolean isMiddle;

  ChromaSearch(MacroblockContext context) {
    this.context = context;
  }

  /** Begins a slice; its pictures are in the context. */
  void begin() {
    int planes = context.source.format().planes();
    isMiddle = planes > 1;
    for (int plane = 1; plane < planes; plane++) {
      int middle = 1 << (context.bitDepth - 1 + context.fractionBits);
      isMiddle &= isFilled(context.source.samples(plane), (short) middle);
    }
    for (int plane = 1; isMiddle && plane < planes; plane++) {
      context.reconstruction.fill(plane, 1 << (context.bitDepth - 1));
    }
  }

  private static boolean isFilled(short[] samples, short value) {
    // All are equal if each equals the one before it.
    return samples[0] == value && Arrays.equals(samples, 0, samples.length - 1, samples, 1, samples.length);
  }

  /** Squared error of both planes of the last search's winner. */
  float distortion() {
    return distortion;
  }

  /** Fills the chroma part of a macroblock whose residual is clear. Leaves its reconstruction in the picture. */
  void search(Macroblock mb) {
    if (isMiddle) {
      mb.qpY = context.qpY;
      distortion = 0;
      return;
    }
    float bestCost = Float.MAX_VALUE;
    int bestMode = -1;
    int modes = context.config.intraChromaModes();
    for (int mode = 0; mode < 4; mode++) {
      if (((modes >> mode) & 1) == 0 || !isPossible(mode)) {
        continue;
      }
      tryMode(mode);
      // Flat planes, as in a tensor's chroma: nothing can beat an exact prediction without residual.
      boolean exact = distortion == 0 && trial.codedBlockPattern == 0;
      float cost = exact && mode == 0 ? 0 : distortion + context.lambda * context.bits(trial);
      if (cost < bestCost) {
        bestCost = cost;
        bestMode = mode;
        mb.intraChromaPredMode = mode;
        copyLevels(trial, mb);
      }
      if (bestCost == 0) {
        return;
      }
    }
    mb.qpY = context.qpY;
    if (trial.intraChromaPredMode != bestMode) {
      context.reconstructor.predictIntraChroma(bestMode);
      context.reconstructor.addChromaResidual(mb);
      distortion = squaredError();
    }
  }

  private boolean isPossible(int mode) {
    return IntraPredModes.isPossibleChroma(
        mode, context.neighbours.availableA, context.neighbours.availableB, context.neighbours.availableD);
  }

  private void tryMode(int mode) {
    trial.clearResidual();
    trial.moveTo(context.address, context.state.widthInMbs);
    trial.intraChromaPredMode = mode;
    context.reconstructor.predictIntraChroma(mode);
    long energy = 0;
    for (int plane = 1; plane < 3; plane++) {
      energy += quantize(plane);
    }
    context.finishChroma(trial);
    if (trial.codedBlockPattern == 0) {
      distortion = energy;
      return;
    }
    context.reconstructor.addChromaResidual(trial);
    distortion = squaredError();
  }

  private float squaredError() {
    long sum = 0;
    for (int plane = 1; plane < 3; plane++) {
      int stride = context.source.stride(plane);
      int offset = context.offset(plane);
      sum += DISTORTION.squaredError(
          context.source.samples(plane), offset, stride, context.reconstruction.samples(plane), offset, stride, 8, 8,
          context.fractionBits);
    }
    return sum;
  }

  /** Chooses the levels of a plane whose prediction is in the picture; returns the residual's energy. */
  private long quantize(int plane) {
    int stride = context.source.stride(plane);
    int offset = context.offset(plane);
    long energy = DISTORTION.subtract(
        context.source.samples(plane), offset, stride, context.reconstruction.samples(plane), offset, stride, 8, 8,
        context.fractionBits, residual);
    if (energy == 0) {
      return 0;
    }
    for (int block = 0; block < 4; block++) {
      ForwardTransform.forward4x4(residual, 32 * (block >> 1) + 4 * (block & 1), 8, coefficients, 16 * block);
    }
    int qP = context.reconstructor.chromaQp(plane, context.qpY);
    DcTransform.forwardChroma420(coefficients, 0, dc, 0);
    float dcScale = context.scales.chromaDc(plane, qP);
    long flags = 0;
    for (int i = 0; i < 4; i++) {
      int level = Quantization.quantize(dc[i], dcScale, ROUNDING);
      trial.dcLevels[16 * plane + i] = level;
      flags |= level == 0 ? 0 : 1L << (Macroblock.CHROMA_DC_FLAG_BIT + plane - 1);
    }
    System.arraycopy(context.scales.of4x4(plane, qP), 1, acScale, 1, 15);
    for (int i = 0; i < 64; i++) {
      int level = Quantization.quantize(coefficients[i], acScale[i & 15], ROUNDING);
      trial.levels[256 * plane + i] = level;
      flags |= level == 0 ? 0 : 1L << (16 * plane + (i >> 4));
    }
    trial.codedBlockFlags |= flags;
    return energy;
  }

  private static void copyLevels(Macroblock from, Macroblock to) {
    to.codedBlockFlags = to.codedBlockFlags & ~Macroblock.CHROMA_FLAGS | from.codedBlockFlags & Macroblock.CHROMA_FLAGS;
    to.codedBlockPattern = to.codedBlockPattern & 15 | from.codedBlockPattern & 0x30;
    if ((from.codedBlockFlags & Macroblock.CHROMA_FLAGS) != 0) {
      for (int plane = 1; plane < 3; plane++) {
        System.arraycopy(from.levels, 256 * plane, to.levels, 256 * plane, 64);
        System.arraycopy(from.dcLevels, 16 * plane, to.dcLevels, 16 * plane, 4);
      }
    } else {
      for (int plane = 1; plane < 3; plane++) {
        Arrays.fill(to.levels, 256 * plane, 256 * plane + 64, 0);
        Arrays.fill(to.dcLevels, 16 * plane, 16 * plane + 4, 0);
      }
    }
  }

  /** Copies the chroma part of one macroblock to another. */
  static void copy(Macroblock from, Macroblock to) {
    to.intraChromaPredMode = from.intraChromaPredMode;
    copyLevels(from, to);
  }
}
