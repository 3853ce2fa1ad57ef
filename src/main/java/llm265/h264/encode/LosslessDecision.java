package llm265.h264.encode;

import llm265.h264.EncoderConfig;
import llm265.h264.EncoderConfig.PcmUse;
import llm265.h264.Picture;
import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;

/**
 * Chooses macroblock type and prediction modes of a macroblock with TransformBypassModeFlag 1 by the bits that they take.
 * Every sample is kept, so there is nothing else to compare.
 *
 * <p>The picture holds the source's samples before a mode is tried, since the macroblock's earlier blocks decode to exactly
 * those. In the end the winner is reconstructed as decoders do it.
 */
final class LosslessDecision implements MacroblockDecision {
  private final MacroblockContext context;
  private final LosslessChroma chroma;
  private final LosslessNxN intra4x4;
  private final LosslessNxN intra8x8;
  private final boolean hasChroma;
  /** {@link MacroblockContext#onlyIntra16x16Mode}. */
  private final int onlyMode;
  private final KindExploration kinds = new KindExploration();
  private final int[] residual = new int[256];
  private Macroblock best = new Macroblock();
  private Macroblock trial = new Macroblock();
  private float bestBits;

  LosslessDecision(MacroblockContext context) {
    this.context = context;
    chroma = new LosslessChroma(context);
    intra4x4 = new LosslessNxN(context, 4);
    intra8x8 = new LosslessNxN(context, 8);
    hasChroma = context.config.chroma().chromaFormatIdc() != 0;
    onlyMode = context.onlyIntra16x16Mode();
  }

  @Override
  public void begin(Picture source, Picture reconstruction, int size) {
    context.source = source;
    context.reconstruction = reconstruction;
    kinds.begin(size);
  }

  @Override
  public Macroblock decide(int address, MbNeighbours neighbours, int qpY, int qpYPred, boolean mbQpDeltaNotZero) {
    context.moveTo(address, neighbours, qpY, qpYPred, mbQpDeltaNotZero);
    context.prepare(best);
    context.prepare(trial);
    if (context.config.pcm() == PcmUse.ALWAYS) {
      return asPcm();
    }
    if (hasChroma) {
      chroma.search(best);
    }
    if (onlyMode >= 0) {
      code16x16(best, onlyMode);
      context.setQp(best);
    } else {
      ChromaSearch.copy(best, trial);
      bestBits = Float.MAX_VALUE;
      tryAll();
      if (bestBits == Float.MAX_VALUE) {
        // The kind whose turn it was has no possible mode here.
        kinds.stop();
        tryAll();
      }
      kinds.next();
    }
    context.reconstructor.reconstruct(best, context.neighbours);
    return best;
  }

  @Override
  public Macroblock asPcm() {
    context.makePcm(best);
    return best;
  }

  private void tryAll() {
    EncoderConfig config = context.config;
    for (int mode = 0; mode < 4 && kinds.isToTry(KindExploration.INTRA_16X16); mode++) {
      if (((config.intra16x16Modes() >> mode) & 1) != 0 && isPossible(mode)) {
        code16x16(trial, mode);
        compare();
      }
    }
    if (config.intra8x8Modes() != 0 && kinds.isToTry(KindExploration.INTRA_8X8)) {
      tryNxN(intra8x8);
    }
    if (config.intra4x4Modes() != 0 && kinds.isToTry(KindExploration.INTRA_4X4)) {
      tryNxN(intra4x4);
    }
  }

  private boolean isPossible(int mode) {
    MbNeighbours around = context.neighbours;
    return IntraPredModes.isPossible16x16(mode, around.availableA, around.availableB, around.availableD);
  }

  /** Fills the luma part of a macroblock whose luma residual is clear; the prediction stays in the picture. */
  private void code16x16(Macroblock mb, int mode) {
    context.reconstructor.predictIntra16x16(mode);
    int offset = context.offset(0);
    int stride = context.source.stride(0);
    BypassLevels.subtract(
        context.source.samples(0), offset, stride, context.reconstruction.samples(0), offset, stride, 16, 16, residual);
    if (mode == IntraPredModes.HORIZONTAL) {
      BypassLevels.differencesInRows(residual, 16, 16);
    } else if (mode == IntraPredModes.VERTICAL) {
      BypassLevels.differencesInColumns(residual, 16, 16);
    }
    boolean ac = BypassLevels.split16x16(residual, mb);
    int patternChroma = mb.codedBlockPattern >> 4;
    mb.intra16x16PredMode = mode;
    mb.transformSize8x8Flag = false;
    mb.mbType = MbType.ofI16x16(mode, patternChroma, ac);
    mb.codedBlockPattern = (patternChroma << 4) | (ac ? 15 : 0);
  }

  private void tryNxN(LosslessNxN search) {
    int offset = context.offset(0);
    int stride = context.source.stride(0);
    for (int y = 0; y < 16; y++) {
      System.arraycopy(
          context.source.samples(0), offset + y * stride, context.reconstruction.samples(0), offset + y * stride, 16);
    }
    if (search.search(trial)) {
      compare();
    } else {
      trial.clearLuma();
    }
  }

  /** Keeps the trial if it takes fewer bits than the best so far. */
  private void compare() {
    context.setQp(trial);
    float bits = context.bits(trial);
    if (bits < bestBits) {
      bestBits = bits;
      Macroblock swap = best;
      best = trial;
      trial = swap;
      ChromaSearch.copy(best, trial);
    }
    trial.clearLuma();
  }
}
