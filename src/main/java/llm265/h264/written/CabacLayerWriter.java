package llm265.h264.written;

import static llm265.h264.written.MacroblockSyntax.anyLevel;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import llm265.h264.ChromaFormat;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.CtxBlockCat;
import llm265.h264.macroblock.MbType;
import llm265.h264.written.PictureSyntax.Neighbour;

/** entropy_coding_mode_flag 1: 9.3.2 and 9.3.3.1.1 for macroblocks, coded by the encoder of 9.3.4. */
final class CabacLayerWriter extends MacroblockLayerWriter {
  private static final int MB_TYPE = 3;
  private static final int MB_QP_DELTA = 60;
  private static final int INTRA_CHROMA_PRED_MODE = 64;
  private static final int PREV_INTRA_PRED_MODE_FLAG = 68;
  private static final int REM_INTRA_PRED_MODE = 69;
  private static final int MB_FIELD_DECODING_FLAG = 70;
  private static final int CODED_BLOCK_PATTERN = 73;
  private static final int CODED_BLOCK_PATTERN_CHROMA = 77;
  private static final int TRANSFORM_SIZE_8X8_FLAG = 399;

  private final ContextVariables contexts = new ContextVariables();
  private final ReferenceEncodingEngine engine;
  /** Takes bins: the engine, but while they are counted. */
  private IntConsumer bins;
  private final boolean fieldPicFlag;
  /** Chooses levels; null where they are to stay what they are. */
  private CarrySteering steering;
  /** The macroblock before this one in the slice, or null. */
  private MacroblockSyntax previous;

  CabacLayerWriter(PictureSyntax picture, int bitDepthLuma, int bitDepthChroma, boolean transform8x8ModeFlag,
      boolean fieldPicFlag, int sliceQpY) {
    super(picture, bitDepthLuma, bitDepthChroma, transform8x8ModeFlag);
    this.fieldPicFlag = fieldPicFlag;
    contexts.init(sliceQpY);
    engine = new ReferenceEncodingEngine(contexts);
    bins = engine::encode;
  }

  /** Has levels chosen anew while macroblocks are written. */
  void steer(SplittableRandom random) {
    steering = new CarrySteering(engine, random);
  }

  /** The arithmetic code of the slice, rbsp_trailing_bits included. */
  byte[] toByteArray() {
    return engine.toByteArray();
  }

  private void bin(int ctxIdx, boolean binVal) {
    bins.accept((ctxIdx << 1) | (binVal ? 1 : 0));
  }

  private boolean anyOf(int mbAddr, Predicate<MacroblockSyntax> condition) {
    return mbAddr >= 0 && condition.test(picture.mbs[mbAddr]);
  }

  /** condTermFlagA + condTermFlagB of macroblocks (9.3.3.1.1). */
  private int neighbours(int mbAddr, Predicate<MacroblockSyntax> condition) {
    return (anyOf(picture.luma(mbAddr, -1, 0).mbAddr(), condition) ? 1 : 0)
        + (anyOf(picture.luma(mbAddr, 0, -1).mbAddr(), condition) ? 1 : 0);
  }

  @Override
  void mbFieldDecodingFlag(int mbAddr) {
    int ctxIdxInc = (anyOf(picture.mbAddr('A', mbAddr), mb -> mb.mbFieldDecodingFlag) ? 1 : 0)
        + (anyOf(picture.mbAddr('B', mbAddr), mb -> mb.mbFieldDecodingFlag) ? 1 : 0);
    bin(MB_FIELD_DECODING_FLAG + ctxIdxInc, picture.mbs[mbAddr].mbFieldDecodingFlag);
  }

  @Override
  void mbType(int mbAddr) {
    MacroblockSyntax mb = picture.mbs[mbAddr];
    bin(MB_TYPE + neighbours(mbAddr, neighbour -> !neighbour.isINxN()), !mb.isINxN());
    if (mb.isINxN()) {
      return;
    }
    bin(BinString.TERMINATE, mb.isPcm());
    if (mb.isPcm()) {
      return;
    }
    int pattern = MbType.codedBlockPattern(mb.mbType);
    bin(MB_TYPE + 3, (pattern & 15) != 0);
    bin(MB_TYPE + 4, pattern >> 4 != 0);
    if (pattern >> 4 != 0) {
      bin(MB_TYPE + 5, pattern >> 4 == 2);
    }
    int mode = MbType.intra16x16PredMode(mb.mbType);
    bin(MB_TYPE + 6, mode >= 2);
    bin(MB_TYPE + 7, mode % 2 != 0);
  }

  @Override
  void pcmSamples(int[] samples, int[] bitDepths, int count) {
    StringBuilder bits = new StringBuilder();
    for (int i = 0; i < count; i++) {
      for (int bit = bitDepths[i < 256 ? 0 : 1] - 1; bit >= 0; bit--) {
        bits.append((samples[i] >> bit) & 1);
      }
    }
    byte[] bytes = new byte[bits.length() / 8];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(bits.substring(8 * i, 8 * i + 8), 2);
    }
    engine.writePcm(bytes);
  }

  @Override
  void transformSize8x8Flag(int mbAddr) {
    bin(TRANSFORM_SIZE_8X8_FLAG + neighbours(mbAddr, mb -> mb.transformSize8x8Flag), picture.mbs[mbAddr].transformSize8x8Flag);
  }

  @Override
  void intraPredMode(int remIntraPredMode) {
    bin(PREV_INTRA_PRED_MODE_FLAG, remIntraPredMode < 0);
    for (int i = 0; remIntraPredMode >= 0 && i < 3; i++) {
      bin(REM_INTRA_PRED_MODE, ((remIntraPredMode >> i) & 1) != 0);
    }
  }

  @Override
  void intraChromaPredMode(int mbAddr) {
    int mode = picture.mbs[mbAddr].intraChromaPredMode;
    int ctxIdxInc = neighbours(mbAddr, mb -> !mb.isPcm() && mb.intraChromaPredMode != 0);
    for (int i = 0; i <= mode && i < 3; i++) {
      bin(INTRA_CHROMA_PRED_MODE + (i == 0 ? ctxIdxInc : 3), i < mode);
    }
  }

  @Override
  void codedBlockPattern(int mbAddr) {
    MacroblockSyntax mb = picture.mbs[mbAddr];
    for (int block = 0; block < 4; block++) {
      int x = 8 * (block % 2);
      int y = 8 * (block / 2);
      int ctxIdxInc = (isUncoded(picture.luma(mbAddr, x - 1, y)) ? 1 : 0) + (isUncoded(picture.luma(mbAddr, x, y - 1)) ? 2 : 0);
      bin(CODED_BLOCK_PATTERN + ctxIdxInc, ((mb.codedBlockPattern >> block) & 1) != 0);
    }
    if (!hasChromaBlocks()) {
      return;
    }
    int chroma = mb.codedBlockPattern >> 4;
    int a = picture.luma(mbAddr, -1, 0).mbAddr();
    int b = picture.luma(mbAddr, 0, -1).mbAddr();
    int any = (anyOf(a, n -> n.codedBlockPatternChroma() != 0) ? 1 : 0)
        + (anyOf(b, n -> n.codedBlockPatternChroma() != 0) ? 2 : 0);
    bin(CODED_BLOCK_PATTERN_CHROMA + any, chroma != 0);
    if (chroma != 0) {
      int ac = (anyOf(a, n -> n.codedBlockPatternChroma() == 2) ? 1 : 0)
          + (anyOf(b, n -> n.codedBlockPatternChroma() == 2) ? 2 : 0);
      bin(CODED_BLOCK_PATTERN_CHROMA + 4 + ac, chroma == 2);
    }
  }

  private boolean isUncoded(Neighbour neighbour) {
    return anyOf(neighbour.mbAddr(), mb -> ((mb.codedBlockPatternLuma() >> neighbour.luma4x4BlkIdx() / 4) & 1) == 0);
  }

  @Override
  void mbQpDelta(int mbAddr) {
    int delta = picture.mbs[mbAddr].mbQpDelta;
    boolean afterDelta = previous != null && previous.hasMbQpDelta() && previous.mbQpDelta != 0;
    int mapped = delta > 0 ? 2 * delta - 1 : -2 * delta;
    for (int i = 0; i <= mapped; i++) {
      bin(MB_QP_DELTA + (i == 0 ? afterDelta ? 1 : 0 : i == 1 ? 2 : 3), i < mapped);
    }
  }

  /** Bins of a block with coded_block_flag, unless that is inferred to be 1. */
  private void block(int mbAddr, int[] levels, int length, int ctxBlockCat, int ctxIdxInc) {
    boolean coded = anyLevel(levels);
    boolean field = fieldPicFlag || picture.mbs[mbAddr].mbFieldDecodingFlag;
    if (steering != null && coded) {
      if (ctxIdxInc < 0 || steering.bin(CtxBlockCat.codedBlockFlag(ctxBlockCat) + ctxIdxInc)) {
        SteeredLevels.choose(levels, length, ctxBlockCat, field, numC8x8(), steering);
      } else {
        Arrays.fill(levels, 0);
      }
      return;
    }
    if (ctxIdxInc >= 0) {
      bin(CtxBlockCat.codedBlockFlag(ctxBlockCat) + ctxIdxInc, coded);
    }
    if (coded) {
      ReferenceResidualBins.write(Arrays.copyOf(levels, length), ctxBlockCat, field, numC8x8(), bins);
    }
  }

  /** 9.3.3.1.1.9 for two neighbours; {@code coded} tells of an available macroblock that is not I_PCM. */
  private int codedBlockFlagInc(Neighbour a, Neighbour b, CodedBlock coded) {
    return condTermFlag(a, coded) + 2 * condTermFlag(b, coded);
  }

  private interface CodedBlock {
    /** coded_block_flag of transBlockN, false where it is marked as not available. */
    boolean flag(MacroblockSyntax mb, Neighbour at);
  }

  private int condTermFlag(Neighbour neighbour, CodedBlock coded) {
    if (!neighbour.isAvailable()) {
      return 1;
    }
    MacroblockSyntax mb = picture.mbs[neighbour.mbAddr()];
    return mb.isPcm() || coded.flag(mb, neighbour) ? 1 : 0;
  }

  @Override
  void lumaBlock(int mbAddr, int plane, int kind, int blkIdx) {
    MacroblockSyntax mb = picture.mbs[mbAddr];
    int ctxBlockCat = plane == 0 ? kind : 2 + 4 * plane + kind;
    if (kind == LUMA_DC) {
      int ctxIdxInc = codedBlockFlagInc(
          picture.luma(mbAddr, -1, 0), picture.luma(mbAddr, 0, -1),
          (neighbour, at) -> neighbour.isI16x16() && anyLevel(neighbour.dcLevels[plane]));
      block(mbAddr, mb.dcLevels[plane], 16, ctxBlockCat, ctxIdxInc);
      return;
    }
    int x = blockX(blkIdx);
    int y = blockY(blkIdx);
    int ctxIdxInc = codedBlockFlagInc(picture.luma(mbAddr, x - 1, y), picture.luma(mbAddr, x, y - 1),
        (neighbour, at) -> lumaFlag(neighbour, at.luma4x4BlkIdx(), plane, false));
    block(mbAddr, mb.levels[plane][blkIdx], kind == LUMA_AC ? 15 : 16, ctxBlockCat, ctxIdxInc);
  }

  private boolean lumaFlag(MacroblockSyntax mb, int block, int plane, boolean of8x8) {
    if (((mb.codedBlockPatternLuma() >> block / 4) & 1) == 0) {
      return false;
    }
    if (mb.transformSize8x8Flag) {
      return picture.chroma != ChromaFormat.YUV444 || anyLevel(mb.levels[plane][block & ~3]);
    }
    return !of8x8 && anyLevel(mb.levels[plane][block]);
  }

  @Override
  void lumaBlock8x8(int mbAddr, int plane, int blkIdx8x8) {
    int ctxBlockCat = 5 + 4 * plane;
    int x = 8 * (blkIdx8x8 % 2);
    int y = 8 * (blkIdx8x8 / 2);
    int ctxIdxInc = picture.chroma != ChromaFormat.YUV444 ? -1
        : codedBlockFlagInc(picture.luma(mbAddr, x - 1, y), picture.luma(mbAddr, x, y - 1),
            (neighbour, at) -> lumaFlag(neighbour, at.luma4x4BlkIdx(), plane, true));
    block(mbAddr, picture.mbs[mbAddr].levels[plane][4 * blkIdx8x8], 64, ctxBlockCat, ctxIdxInc);
  }

  @Override
  void chromaDcBlock(int mbAddr, int plane) {
    int ctxIdxInc = codedBlockFlagInc(picture.luma(mbAddr, -1, 0), picture.luma(mbAddr, 0, -1),
        (mb, at) -> mb.codedBlockPatternChroma() != 0 && anyLevel(mb.chromaDcLevels[plane]));
    block(mbAddr, picture.mbs[mbAddr].chromaDcLevels[plane], 4 * numC8x8(), 3, ctxIdxInc);
  }

  @Override
  void chromaAcBlock(int mbAddr, int plane, int blkIdx) {
    int x = 4 * (blkIdx % 2);
    int y = 4 * (blkIdx / 2);
    int ctxIdxInc = codedBlockFlagInc(picture.chroma(mbAddr, x - 1, y), picture.chroma(mbAddr, x, y - 1),
        (mb, at) -> mb.codedBlockPatternChroma() == 2 && anyLevel(mb.chromaAcLevels[plane][at.chroma4x4BlkIdx()]));
    block(mbAddr, picture.mbs[mbAddr].chromaAcLevels[plane][blkIdx], 15, 4, ctxIdxInc);
  }

  @Override
  int bits(int mbAddr) {
    BinCounter counter = new BinCounter(contexts, engine.codIRange());
    bins = counter::encode;
    super.write(mbAddr);
    bins = engine::encode;
    return counter.bits();
  }

  @Override
  void write(int mbAddr) {
    super.write(mbAddr);
    previous = picture.mbs[mbAddr];
  }

  /** 7.3.4: within a pair of an MBAFF frame there is no flag, which the caller knows. */
  @Override
  void endOfMacroblock(boolean lastOfSlice) {
    bin(BinString.TERMINATE, lastOfSlice);
  }
}
