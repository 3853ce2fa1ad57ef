package llm265.h264.encode;

import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;

/**
 * Chooses macroblock type, prediction modes, transform size and levels of a macroblock by true rate and distortion. Leaves the
 * winner's reconstruction in the picture.
 *
 * <p>Chroma is decided first, by itself: its rate hardly depends on luma. Then every allowed kind of luma macroblock is coded up
 * to its reconstruction and its bins, and the cheapest J = D + lambda R wins. There is no prefilter by SAD or SATD, since it
 * picks wrong modes on noise-like data.
 */
final class ModeDecision implements MacroblockDecision {
  private final MacroblockContext context;
  private final ChromaSearch chroma;
  private final Intra16x16Search intra16x16;
  private final IntraNxNSearch intra4x4;
  private final IntraNxNSearch intra8x8;
  private final boolean hasChroma;
  /** {@link MacroblockContext#onlyIntra16x16Mode}. */
  private final int onlyMode;

  private final KindExploration kinds = new KindExploration();

  private Macroblock best = new Macroblock();
  private Macroblock trial = new Macroblock();
  private float bestCost;
  private boolean bestIsInPicture;
  private final short[] bestSamples = new short[256];

  ModeDecision(MacroblockContext context) {
    this.context = context;
    chroma = new ChromaSearch(context);
    intra16x16 = new Intra16x16Search(context);
    intra4x4 = new IntraNxNSearch(context, 4);
    intra8x8 = new IntraNxNSearch(context, 8);
    hasChroma = context.config.chroma().chromaFormatIdc() != 0;
    onlyMode = context.onlyIntra16x16Mode();
  }

  @Override
  public void begin(Picture source, Picture reconstruction, int size) {
    context.source = source;
    context.reconstruction = reconstruction;
    chroma.begin();
    kinds.begin(size);
  }

  /** Number of samples of an I_PCM macroblock. */
  int pcmSamples() {
    return hasChroma ? 384 : 256;
  }

  @Override
  public Macroblock decide(int address, MbNeighbours neighbours, int qpY, int qpYPred, boolean mbQpDeltaNotZero) {
    context.moveTo(address, neighbours, qpY, qpYPred, mbQpDeltaNotZero);
    context.prepare(best);
    EncoderConfig config = context.config;
    if (config.pcm() == EncoderConfig.PcmUse.ALWAYS) {
      return asPcm();
    }
    if (hasChroma) {
      chroma.search(best);
    }
    if (onlyMode >= 0) {
      intra16x16.code(best, onlyMode);
      context.setQp(best);
      return best;
    }
    context.prepare(trial);
    ChromaSearch.copy(best, trial);
    trial.qpY = best.qpY;
    bestCost = Float.MAX_VALUE;
    tryAll();
    if (bestCost == Float.MAX_VALUE) {
      // The kind whose turn it was has no possible mode here.
      kinds.stop();
      tryAll();
    }
    kinds.next();
    if (bestCost + chroma.distortion() > context.lambda * context.bitDepth * pcmSamples()) {
      return asPcm();
    }
    if (!bestIsInPicture) {
      copySamples(bestSamples, 0, 16, context.reconstruction.samples(0), context.offset(0), stride());
    }
    return best;
  }

  private void tryAll() {
    EncoderConfig config = context.config;
    for (int mode = 0; mode < 4 && kinds.isToTry(KindExploration.INTRA_16X16); mode++) {
      if (((config.intra16x16Modes() >> mode) & 1) != 0 && intra16x16.isPossible(mode)) {
        compare(intra16x16.tryMode(trial, mode));
      }
    }
    if (config.intra8x8Modes() != 0 && kinds.isToTry(KindExploration.INTRA_8X8)) {
      compare(intra8x8.search(trial, bestCost));
    }
    if (config.intra4x4Modes() != 0 && kinds.isToTry(KindExploration.INTRA_4X4)) {
      compare(intra4x4.search(trial, bestCost));
    }
  }

  /** Keeps the trial if it is cheaper than the best so far; a negative distortion means that there is no such candidate. */
  private void compare(float distortion) {
    bestIsInPicture = false;
    if (distortion < 0) {
      trial.clearLuma();
      return;
    }
    context.setQp(trial);
    float cost = distortion + context.lambda * context.bits(trial);
    if (cost < bestCost) {
      bestIsInPicture = true;
      bestCost = cost;
      copySamples(context.reconstruction.samples(0), context.offset(0), stride(), bestSamples, 0, 16);
      Macroblock swap = best;
      best = trial;
      trial = swap;
      ChromaSearch.copy(best, trial);
    }
    trial.clearLuma();
  }

  private int stride() {
    return context.reconstruction.stride(0);
  }

  @Override
  public Macroblock asPcm() {
    context.makePcm(best);
    return best;
  }

  private static void copySamples(short[] from, int fromOffset, int fromStride, short[] to, int toOffset, int toStride) {
    for (int y = 0; y < 16; y++) {
      System.arraycopy(from, fromOffset + y * fromStride, to, toOffset + y * toStride, 16);
    }
  }
}
