package llm265.h264.encode;

import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.CabacEncodingEngine;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.MacroblockWriter;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.rate.BinCost;
import llm265.h264.reconstruct.MacroblockReconstructor;
import llm265.h264.transform.LevelRecovery;

/**
 * 7.3.4 Slice data, written: decides, binarizes and codes one macroblock after another.
 *
 * <p>Owns everything that coding a macroblock needs, so that nothing is allocated per macroblock or per slice.
 */
final class SliceEncoder {
  /**
   * Fewer bins than this never take more bits than a raw macroblock. An adapted context costs little more than a bit per bin,
   * whatever is coded. The some 60 contexts of a macroblock lose at most about 20 bits each before they have adapted.
   */
  private static final int BINS_WORTH_COUNTING = 1500;

  private final PictureMbState state;
  private final CabacEncodingEngine engine = new CabacEncodingEngine();
  private final ContextVariables contexts = new ContextVariables();
  private final ContextVariables adapting = new ContextVariables();
  private final BinString bins = new BinString();
  private final MacroblockWriter writer;
  private final MbNeighbours neighbours = new MbNeighbours();
  private final MacroblockDecision chosen;
  private final GivenLevels given;
  private final int chromaSamples;
  private final int bitDepth;

  SliceEncoder(
      EncoderConfig config,
      PictureFormat format,
      PictureMbState state,
      MacroblockReconstructor reconstructor,
      QuantizerScales scales,
      int fractionBits) {
    this.state = state;
    writer = new MacroblockWriter(format.chroma(), config.transform8x8());
    bitDepth = format.bitDepthLuma();
    MacroblockContext context =
        new MacroblockContext(config, state, reconstructor, scales, writer, contexts, format, fractionBits);
    given = new GivenLevels(context);
    chosen = config.lossless() ? new LosslessDecision(context) : new ModeDecision(context);
    chromaSamples = 2 * format.chroma().mbWidthC() * format.chroma().mbHeightC();
  }

  /**
   * Codes macroblocks {@code first} to {@code end - 1} as one slice.
   *
   * @param levels luma levels of all macroblocks, for {@link GivenLevels}; null to choose them for the source
   * @param mbQpY wanted QPY by mbAddr, or null for {@code sliceQpY} everywhere
   * @return the engine that holds the bytes of slice_data(), including the stop bit of rbsp_slice_trailing_bits(); valid until
   *     the next call
   */
  CabacEncodingEngine encode(
      Picture source, short[] levels, Picture reconstruction, int sliceIndex, int first, int end, int sliceQpY,
      byte[] mbQpY) {
    engine.init();
    contexts.init(sliceQpY);
    given.use(levels, levels == null ? null : LevelRecovery.ofQp(sliceQpY));
    MacroblockDecision decision = levels == null ? chosen : given;
    decision.begin(source, reconstruction, end - first);
    int qpY = sliceQpY;
    boolean mbQpDeltaNotZero = false;
    int width = state.widthInMbs;
    for (int address = first; address < end; address++) {
      neighbours.derive(state, address % width, address / width, sliceIndex);
      int wantedQpY = mbQpY == null ? sliceQpY : mbQpY[address];
      Macroblock mb = decision.decide(address, neighbours, wantedQpY, qpY, mbQpDeltaNotZero);
      bins.reset();
      writer.binarize(mb, state, neighbours, mbQpDeltaNotZero, bins);
      if (!mb.isPcm() && isLargerThanPcm()) {
        mb = decision.asPcm();
        bins.reset();
        writer.binarize(mb, state, neighbours, mbQpDeltaNotZero, bins);
      }
      if (mb.isPcm()) {
        engine.encode(bins, contexts);
        engine.encodePcm(mb.pcmSamples, bitDepth, chromaSamples, bitDepth);
        bins.reset();
      }
      MacroblockWriter.endOfSliceFlag(bins, address == end - 1);
      engine.encode(bins, contexts);
      mbQpDeltaNotZero = MacroblockWriter.mbQpDeltaNotZero(mb);
      qpY = mb.qpY;
      state.store(mb, sliceIndex);
    }
    return engine;
  }

  /** A macroblock may take at most 128 bits more than its raw size (A.3.1); beyond the raw size I_PCM is better anyway. */
  private boolean isLargerThanPcm() {
    int pcmBits = bitDepth * (256 + chromaSamples);
    return bins.size() > BINS_WORTH_COUNTING
        && BinCost.adaptive(bins, contexts, adapting) > (long) pcmBits * BinCost.BIT;
  }
}
