package llm265.h264.encode;

import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;

/**
 * Chooses intra_chroma_pred_mode of a 4:2:0 macroblock with transform bypass, independently of its luma: the mode that takes
 * the fewest bits.
 */
final class LosslessChroma {
  private final MacroblockContext context;
  private final int[] residual = new int[64];
  private final Macroblock trial = new Macroblock();

  LosslessChroma(MacroblockContext context) {
    this.context = context;
  }

  /** Fills the chroma part of a macroblock whose residual is clear. */
  void search(Macroblock mb) {
    float bestBits = Float.MAX_VALUE;
    int modes = context.config.intraChromaModes();
    MbNeighbours around = context.neighbours;
    for (int mode = 0; mode < 4; mode++) {
      if (((modes >> mode) & 1) == 0
          || !IntraPredModes.isPossibleChroma(mode, around.availableA, around.availableB, around.availableD)) {
        continue;
      }
      code(mode);
      float bits = context.bits(trial);
      if (bits < bestBits) {
        bestBits = bits;
        ChromaSearch.copy(trial, mb);
        if (trial.codedBlockPattern == 0 && mode == IntraPredModes.CHROMA_DC) {
          // Flat planes: no mode takes fewer bits.
          return;
        }
      }
    }
  }

  private void code(int mode) {
    context.prepare(trial);
    trial.intraChromaPredMode = mode;
    context.reconstructor.predictIntraChroma(mode);
    for (int plane = 1; plane < 3; plane++) {
      int offset = context.offset(plane);
      int stride = context.source.stride(plane);
      BypassLevels.subtract(
          context.source.samples(plane), offset, stride, context.reconstruction.samples(plane), offset, stride, 8, 8, residual);
      if (mode == IntraPredModes.CHROMA_HORIZONTAL) {
        BypassLevels.differencesInRows(residual, 8, 8);
      } else if (mode == IntraPredModes.CHROMA_VERTICAL) {
        BypassLevels.differencesInColumns(residual, 8, 8);
      }
      BypassLevels.splitChroma(residual, trial, plane);
    }
    context.finishChroma(trial);
  }
}
