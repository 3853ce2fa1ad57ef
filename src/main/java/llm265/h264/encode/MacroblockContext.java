package llm265.h264.encode;

import java.util.Arrays;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.QuantizerStep;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.CtxBlockCat;
import llm265.h264.cabac.CtxIdxInc;
import llm265.h264.cabac.MacroblockWriter;
import llm265.h264.macroblock.LumaQp;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.macroblock.PredIntraPredMode;
import llm265.h264.rate.BinCost;
import llm265.h264.rate.LevelTrellis;
import llm265.h264.reconstruct.MacroblockReconstructor;

/**
 * What all searches of a macroblock share: where it is, what surrounds it, what a bit and a squared difference cost.
 *
 * <p>A candidate costs J = D + lambda R. D is the squared error of the reconstruction that every decoder will make. R is counted
 * on the bins that would be written, with the present contexts of the slice.
 */
final class MacroblockContext {
  /**
   * The factor of lambda when single levels are chosen. On Gaussian data at 1 to 4 bits per value .5 to .8 was best, on
   * Laplace data .65 to .8; a factor of 1 loses .003 bits per value.
   */
  private static final float TRELLIS_SHARE = 0.7f;

  /**
   * The greatest possible coefficient of a 4x4 block, per unit of residual: the sum of the magnitudes of a row of the
   * transform, squared.
   */
  private static final int GAIN_4X4 = 6 * 6;

  final EncoderConfig config;
  final PictureMbState state;
  final MacroblockReconstructor reconstructor;
  final QuantizerScales scales;
  final MacroblockWriter writer;
  final ContextVariables contexts;
  final LumaRounding rounding;
  /** Number of fraction bits that a source sample has beyond a coded one; residuals, qStep and distortions are in its units. */
  final int fractionBits;
  /** Number of bits of a coded sample. */
  final int bitDepth;
  final int qpBdOffset;
  /** Chooses luma levels; null if they are rounded. */
  final LevelTrellis trellis;
  private final float trellisLambda;
  private final float[] dcScale = new float[16];
  private final BinString bins = new BinString();
  private final ContextVariables adapting = new ContextVariables();

  Picture source;
  Picture reconstruction;
  MbNeighbours neighbours;
  int address;
  int mbX;
  int mbY;
  int qpY;
  /** QP'Y, which selects the quantizers: QPY at 8 bits. */
  int qpPrimeY;
  /** QPY of the macroblock before this one in the slice. */
  int previousQpY;
  boolean previousMbQpDeltaNotZero;
  float qStep;
  /** Squared sample differences that one bit is worth. */
  float lambda;

  MacroblockContext(
      EncoderConfig config,
      PictureMbState state,
      MacroblockReconstructor reconstructor,
      QuantizerScales scales,
      MacroblockWriter writer,
      ContextVariables contexts,
      PictureFormat format,
      int fractionBits) {
    this.config = config;
    this.state = state;
    this.reconstructor = reconstructor;
    this.scales = scales;
    this.writer = writer;
    this.contexts = contexts;
    this.bitDepth = format.bitDepthLuma();
    this.qpBdOffset = format.qpBdOffsetY();
    this.fractionBits = fractionBits;
    this.rounding = new LumaRounding(config);
    this.trellisLambda = TRELLIS_SHARE * config.lambda();
    this.trellis = config.levelTrellis() ? new LevelTrellis(GAIN_4X4 * ((1 << (bitDepth + fractionBits)) - 1)) : null;
  }

  void moveTo(int mbAddr, MbNeighbours around, int wantedQpY, int qpYPred, boolean mbQpDeltaNotZero) {
    address = mbAddr;
    mbY = mbAddr / state.widthInMbs;
    mbX = mbAddr - mbY * state.widthInMbs;
    neighbours = around;
    qpY = wantedQpY;
    previousQpY = qpYPred;
    previousMbQpDeltaNotZero = mbQpDeltaNotZero;
    qpPrimeY = qpY + qpBdOffset;
    qStep = QuantizerStep.of(qpPrimeY) * (1 << fractionBits);
    lambda = config.lambda() * qStep * qStep;
    reconstructor.moveTo(mbX, mbY, around);
  }

  /** Offset of the macroblock's first sample in a plane; the same in source and reconstruction. */
  int offset(int plane) {
    int width = plane == 0 ? 16 : 8;
    return mbY * width * source.stride(plane) + mbX * width;
  }

  /** The Intra16x16PredMode if no other mode is allowed, so that there is nothing to compare; otherwise -1. */
  int onlyIntra16x16Mode() {
    boolean single = config.intra4x4Modes() == 0
        && config.intra8x8Modes() == 0
        && Integer.bitCount(config.intra16x16Modes()) == 1;
    return single ? Integer.numberOfTrailingZeros(config.intra16x16Modes()) : -1;
  }

  /** Clears a macroblock and moves it to this place. */
  void prepare(Macroblock mb) {
    mb.clearResidual();
    mb.moveTo(address, state.widthInMbs);
    mb.intraChromaPredMode = 0;
    mb.codedBlockPattern = 0;
    mb.transformSize8x8Flag = false;
  }

  /** Turns a macroblock into I_PCM, with the source's samples as they are, and reconstructs it. */
  void makePcm(Macroblock mb) {
    mb.clearResidual();
    mb.mbType = MbType.I_PCM;
    mb.intraChromaPredMode = 0;
    mb.transformSize8x8Flag = false;
    mb.mbQpDelta = 0;
    mb.qpY = previousQpY;
    int at = 0;
    for (int plane = 0; plane < source.format().planes(); plane++) {
      int size = plane == 0 ? 16 : 8;
      for (int y = 0; y < size; y++) {
        int from = offset(plane) + y * source.stride(plane);
        for (int x = 0; x < size; x++) {
          mb.pcmSamples[at++] = pcmSample(source.samples(plane)[from + x]);
        }
      }
    }
    reconstructor.reconstruct(mb, neighbours);
  }

  /** The coded sample nearest to a source sample. */
  private short pcmSample(int sample) {
    return (short) Math.min((sample + (1 << fractionBits >> 1)) >> fractionBits, maxSample());
  }

  /** Gives a macroblock the QP of this place; without an mb_qp_delta it keeps its predecessor's. */
  void setQp(Macroblock mb) {
    boolean sent = mb.isI16x16() || mb.isINxN() && mb.codedBlockPattern != 0;
    mb.qpY = sent ? qpY : previousQpY;
    mb.mbQpDelta = sent ? LumaQp.delta(previousQpY, qpY, qpBdOffset) : 0;
  }

  /**
   * Completes a macroblock that has only chroma levels, with their flags set, so that its bits can be counted: it becomes
   * Intra_16x16 without luma.
   */
  void finishChroma(Macroblock mb) {
    boolean ac = (mb.codedBlockFlags & 0xFFFF_FFFF_0000L) != 0;
    int pattern = ac ? 2 : mb.codedBlockFlags != 0 ? 1 : 0;
    mb.codedBlockPattern = pattern << 4;
    mb.mbType = MbType.ofI16x16(2, pattern, false);
    mb.intra16x16PredMode = 2;
    setQp(mb);
  }

  /** 8.3.1.1, 8.3.2.1: the predicted mode of a block of 4x4 or 8x8 samples. */
  int predIntraPredMode(Macroblock mb, int size, int block) {
    return size == 4
        ? PredIntraPredMode.of4x4(mb.intraPredModes, state.intraPredModes, neighbours, block)
        : PredIntraPredMode.of8x8(mb.intraPredModes, state.intraPredModes, neighbours, block);
  }

  /** Writes mode, levels and flags of a 4x4 or 8x8 luma block into an I_NxN macroblock. */
  static void keepNxN(Macroblock mb, int size, int block, int mode, int[] levels, boolean coded) {
    int area = size * size;
    System.arraycopy(levels, 0, mb.levels, area * block, area);
    if (size == 4) {
      mb.intraPredModes[block] = (byte) mode;
      mb.codedBlockFlags |= (coded ? 1L : 0L) << block;
      mb.codedBlockPattern |= (coded ? 1 : 0) << (block >> 2);
    } else {
      Arrays.fill(mb.intraPredModes, 4 * block, 4 * block + 4, (byte) mode);
      mb.codedBlockFlags |= (coded ? 15L : 0L) << 4 * block;
      mb.codedBlockPattern |= (coded ? 1 : 0) << block;
    }
  }

  /** Chooses levels and coded block flags of an Intra_16x16 macroblock's luma from its forward coefficients. */
  void chooseIntra16x16Levels(Macroblock mb, int[] dc, int[] coefficients) {
    long flagsA = state.codedBlockFlags[neighbours.a];
    long flagsB = state.codedBlockFlags[neighbours.b];
    Arrays.fill(dcScale, scales.lumaDc(qpPrimeY));
    prepareTrellis(CtxBlockCat.LUMA_DC);
    prepareTrellis(CtxBlockCat.LUMA_AC);
    int ctxIdxInc = CtxIdxInc.codedBlockFlagDc(flagsA, flagsB, Macroblock.DC_FLAG_BIT);
    if (trellis.choose(CtxBlockCat.LUMA_DC, ctxIdxInc, dc, 0, dcScale, mb.dcLevels, 0)) {
      mb.codedBlockFlags |= 1L << Macroblock.DC_FLAG_BIT;
    }
    float[] scale = scales.of4x4(0, qpPrimeY);
    boolean together = trellis.searchAc(coefficients, scale);
    for (int block = 0; block < 16; block++) {
      ctxIdxInc = CtxIdxInc.codedBlockFlagLuma(mb.codedBlockFlags, flagsA, flagsB, 0, block);
      boolean coded = together
          ? trellis.decideAc(block, ctxIdxInc)
          : trellis.choose(CtxBlockCat.LUMA_AC, ctxIdxInc, coefficients, 16 * block, scale, mb.levels, 16 * block);
      if (coded) {
        mb.codedBlockFlags |= 1L << block;
      }
    }
    if (together) {
      trellis.chooseAc(scale, mb.levels);
    }
  }

  /** Must be called for a macroblock before levels of blocks of a kind are chosen. */
  void prepareTrellis(int ctxBlockCat) {
    if (trellis != null) {
      trellis.prepare(ctxBlockCat, contexts, trellisLambda);
    }
  }

  /**
   * Chooses the levels of a block of an I_NxN macroblock with the trellis; earlier blocks are in {@code mb}. Returns whether
   * any is not 0.
   */
  boolean chooseLevels(Macroblock mb, int block, int size, int[] coefficients, int[] levels) {
    if (size == 8) {
      return trellis.choose(CtxBlockCat.LUMA_8X8, -1, coefficients, 0, scales.of8x8(qpPrimeY), levels, 0);
    }
    int ctxIdxInc = CtxIdxInc.codedBlockFlagLuma(
        mb.codedBlockFlags, state.codedBlockFlags[neighbours.a], state.codedBlockFlags[neighbours.b], 0, block);
    return trellis.choose(CtxBlockCat.LUMA_4X4, ctxIdxInc, coefficients, 0, scales.of4x4(0, qpPrimeY), levels, 0);
  }

  /** Bits of the whole macroblock_layer(), with contexts that adapt as in coding. */
  float bits(Macroblock mb) {
    bins.reset();
    writer.binarize(mb, state, neighbours, previousMbQpDeltaNotZero, bins);
    return toBits(BinCost.adaptive(bins, contexts, adapting));
  }

  /**
   * Bits of the mode and the levels of a 4x4 or 8x8 luma block of an I_NxN macroblock whose earlier blocks are in {@code mb}.
   */
  float bitsNxN(Macroblock mb, int size, int block, int predicted, int mode, int[] levels, boolean coded) {
    float bits = intraPredModeBits(predicted, mode);
    if (size == 4) {
      bits += residualBits4x4(mb, block, levels, coded);
    } else {
      bits += coded ? residualBits8x8(levels) : 0;
    }
    return bits;
  }

  /** Bits of prev_intra4x4_pred_mode_flag and rem_intra4x4_pred_mode, or those of an 8x8 block. */
  private float intraPredModeBits(int predicted, int mode) {
    bins.reset();
    MacroblockWriter.writeIntraPredMode(predicted, mode, bins);
    return toBits(BinCost.fixed(bins, contexts));
  }

  /** Bits of a luma 4x4 block of an I_NxN macroblock whose earlier blocks are in {@code mb}. */
  private float residualBits4x4(Macroblock mb, int block, int[] levels, boolean coded) {
    bins.reset();
    writer.writeLuma4x4Block(mb.codedBlockFlags, block, coded, levels, state, neighbours, bins);
    return toBits(BinCost.fixed(bins, contexts));
  }

  /** Bits of a luma 8x8 block with at least one level. */
  private float residualBits8x8(int[] levels) {
    bins.reset();
    writer.writeLevels(CtxBlockCat.LUMA_8X8, levels, 0, bins);
    return toBits(BinCost.fixed(bins, contexts));
  }

  /** Greatest coded sample. */
  int maxSample() {
    return (1 << bitDepth) - 1;
  }

  private static float toBits(long cost) {
    return cost * (1f / BinCost.BIT);
  }
}
