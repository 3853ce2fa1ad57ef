package llm265.h264.encode;

import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.MacroblockWriter;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.reconstruct.MacroblockReconstructor;

/**
 * Chooses macroblock type, prediction modes, transform size and levels of one macroblock by true rate and distortion, and
 * leaves the winner's reconstruction in the picture.
 *
 * <p>Chroma is decided first, by itself: its rate hardly depends on luma. Then every allowed kind of luma macroblock is carried
 * through to its reconstruction and its bins, and the cheapest J = D + lambda R wins. There is no prefilter by SAD or SATD: on
 * noise-like data it picks wrong modes.
 */
final class ModeDecision {
  /** Macroblocks at the start of a slice whose kind is prescribed in turn, see {@link #allowed}. */
  private static final int EXPLORED = 24;

  /** A slice of fewer macroblocks never earns back what exploring costs. */
  private static final int WORTH_EXPLORING = 512;

  private final MacroblockContext context;
  private final ChromaSearch chroma;
  private final Intra16x16Search intra16x16;
  private final IntraNxNSearch intra4x4;
  private final IntraNxNSearch intra8x8;
  private final boolean hasChroma;
  /** The one Intra16x16PredMode when nothing else is allowed, so that there is nothing to compare; else -1. */
  private final int onlyMode;

  /** Macroblocks of the slice that are still to be explored with. */
  private int toExplore;

  private Macroblock best = new Macroblock();
  private Macroblock trial = new Macroblock();
  private float bestCost;
  private boolean bestIsInPicture;
  private final short[] bestSamples = new short[256];

  ModeDecision(
      EncoderConfig config,
      PictureMbState state,
      MacroblockReconstructor reconstructor,
      QuantizerScales scales,
      MacroblockWriter writer,
      ContextVariables contexts,
      int fractionBits) {
    context = new MacroblockContext(config, state, reconstructor, scales, writer, contexts, fractionBits);
    chroma = new ChromaSearch(context);
    intra16x16 = new Intra16x16Search(context);
    intra4x4 = new IntraNxNSearch(context, 4);
    intra8x8 = new IntraNxNSearch(context, 8);
    hasChroma = config.chroma().chromaFormatIdc() != 0;
    boolean single = config.intra4x4Modes() == 0
        && config.intra8x8Modes() == 0
        && Integer.bitCount(config.intra16x16Modes()) == 1;
    onlyMode = single ? Integer.numberOfTrailingZeros(config.intra16x16Modes()) : -1;
  }

  /**
   * Begins a slice.
   *
   * @param size number of its macroblocks
   */
  void begin(Picture source, Picture reconstruction, int size) {
    context.source = source;
    context.reconstruction = reconstruction;
    chroma.begin();
    toExplore = size >= WORTH_EXPLORING ? EXPLORED : 0;
  }

  /**
   * Whether a kind of macroblock (0 Intra_16x16, 1 Intra_8x8, 2 Intra_4x4) is to be tried.
   *
   * <p>The contexts of a kind that is never chosen stay as they were at the start of the slice, so that it looks dearer than it
   * would be, and the kind that the first macroblock happens to favour stays for good: on white data that was Intra_4x4, .06 bits a
   * value worse than Intra_16x16. So the first macroblocks of a large slice take the kinds in turn.
   */
  private boolean isToTry(int kind) {
    return toExplore == 0 || toExplore % 3 == kind;
  }

  /** Number of samples of an I_PCM macroblock. */
  int pcmSamples() {
    return hasChroma ? 384 : 256;
  }

  /**
   * Decides one macroblock.
   *
   * @param qpY wanted QPY
   * @param qpYPred QPY of the macroblock before it in the slice
   * @param mbQpDeltaNotZero whether that one sent an mb_qp_delta other than 0
   * @return the macroblock to write, valid until the next call
   */
  Macroblock decide(int address, MbNeighbours neighbours, int qpY, int qpYPred, boolean mbQpDeltaNotZero) {
    context.moveTo(address, neighbours, qpY, qpYPred, mbQpDeltaNotZero);
    prepare(best, address);
    prepare(trial, address);
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
    ChromaSearch.copy(best, trial);
    trial.qpY = best.qpY;
    bestCost = Float.MAX_VALUE;
    tryAll();
    if (bestCost == Float.MAX_VALUE) {
      // The kind whose turn it was has no possible mode here.
      toExplore = 0;
      tryAll();
    }
    toExplore = Math.max(0, toExplore - 1);
    if (bestCost + chroma.distortion() > context.lambda * 8 * pcmSamples()) {
      return asPcm();
    }
    if (!bestIsInPicture) {
      copySamples(bestSamples, 0, 16, context.reconstruction.samples(0), context.offset(0), stride());
    }
    return best;
  }

  private void tryAll() {
    EncoderConfig config = context.config;
    for (int mode = 0; mode < 4 && isToTry(0); mode++) {
      if ((config.intra16x16Modes() >> mode & 1) != 0 && intra16x16.isPossible(mode)) {
        compare(intra16x16.tryMode(trial, mode));
      }
    }
    if (config.intra8x8Modes() != 0 && isToTry(1)) {
      compare(intra8x8.search(trial, bestCost));
    }
    if (config.intra4x4Modes() != 0 && isToTry(2)) {
      compare(intra4x4.search(trial, bestCost));
    }
  }

  private void prepare(Macroblock mb, int address) {
    mb.clearResidual();
    mb.moveTo(address, context.state.widthInMbs);
    mb.intraChromaPredMode = 0;
    mb.codedBlockPattern = 0;
    mb.transformSize8x8Flag = false;
  }

  /** Keeps the trial if it is cheaper than the best so far; a negative distortion says that there is no such candidate. */
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

  /** Makes the macroblock I_PCM: the source's samples as they are. */
  Macroblock asPcm() {
    best.clearResidual();
    best.mbType = MbType.I_PCM;
    best.intraChromaPredMode = 0;
    best.transformSize8x8Flag = false;
    best.mbQpDelta = 0;
    best.qpY = context.previousQpY;
    int at = 0;
    for (int plane = 0; plane < context.source.format().planes(); plane++) {
      int size = plane == 0 ? 16 : 8;
      for (int y = 0; y < size; y++) {
        int from = context.offset(plane) + y * context.source.stride(plane);
        for (int x = 0; x < size; x++) {
          best.pcmSamples[at++] = pcmSample(context.source.samples(plane)[from + x]);
        }
      }
    }
    context.reconstructor.reconstruct(best, context.neighbours);
    return best;
  }

  /** The 8-bit sample nearest to a source sample. */
  private short pcmSample(int sample) {
    int fraction = context.fractionBits;
    return (short) Math.min(sample + (1 << fraction >> 1) >> fraction, 255);
  }

  private static void copySamples(short[] from, int fromOffset, int fromStride, short[] to, int toOffset, int toStride) {
    for (int y = 0; y < 16; y++) {
      System.arraycopy(from, fromOffset + y * fromStride, to, toOffset + y * toStride, 16);
    }
  }
}
