package llm265.h264.written;

import llm265.h264.ChromaFormat;
import llm265.h264.macroblock.MbType;

/**
 * 7.3.5 Macroblock layer syntax of I slices, its elements in the order of the standard; how each is coded is left to the two
 * entropy codings.
 */
public abstract class MacroblockLayerWriter {
  /** ctxBlockCat of the kinds of blocks, those of luma (Table 9-42). */
  static final int LUMA_DC = 0;
  static final int LUMA_AC = 1;
  static final int LUMA_4X4 = 2;

  final PictureSyntax picture;
  final int bitDepthLuma;
  final int bitDepthChroma;
  final boolean transform8x8ModeFlag;

  MacroblockLayerWriter(PictureSyntax picture, int bitDepthLuma, int bitDepthChroma, boolean transform8x8ModeFlag) {
    this.picture = picture;
    this.bitDepthLuma = bitDepthLuma;
    this.bitDepthChroma = bitDepthChroma;
    this.transform8x8ModeFlag = transform8x8ModeFlag;
  }

  abstract void mbFieldDecodingFlag(int mbAddr);

  abstract void mbType(int mbAddr);

  /** Bits of samples, most significant first, from the next whole byte on. */
  abstract void pcmSamples(int[] samples, int[] bitDepths, int count);

  abstract void transformSize8x8Flag(int mbAddr);

  /** prev_intra_pred_mode_flag, and rem_intra_pred_mode unless it is -1. */
  abstract void intraPredMode(int remIntraPredMode);

  abstract void intraChromaPredMode(int mbAddr);

  abstract void codedBlockPattern(int mbAddr);

  abstract void mbQpDelta(int mbAddr);

  /** A block of luma, or of Cb or Cr in 4:4:4. */
  abstract void lumaBlock(int mbAddr, int plane, int kind, int blkIdx);

  /** An 8x8 block of luma, or of Cb or Cr in 4:4:4. */
  abstract void lumaBlock8x8(int mbAddr, int plane, int blkIdx8x8);

  abstract void chromaDcBlock(int mbAddr, int plane);

  abstract void chromaAcBlock(int mbAddr, int plane, int blkIdx);

  /** What follows a macroblock: end_of_slice_flag, where it is coded. */
  abstract void endOfMacroblock(boolean lastOfSlice);

  /** The bits that {@link #write} would take for a macroblock that is not I_PCM; writes nothing. */
  abstract int bits(int mbAddr);

  /** macroblock_layer(), and before it mb_field_decoding_flag where it stands. */
  void write(int mbAddr) {
    MacroblockSyntax mb = picture.mbs[mbAddr];
    if (picture.mbaff && mbAddr % 2 == 0) {
      mbFieldDecodingFlag(mbAddr);
    }
    mbType(mbAddr);
    if (mb.isPcm()) {
      int count = 256 + 2 * picture.chroma.mbWidthC() * picture.chroma.mbHeightC();
      pcmSamples(mb.pcmSamples, new int[] {bitDepthLuma, bitDepthChroma}, count);
      return;
    }
    if (mb.isINxN()) {
      if (transform8x8ModeFlag) {
        transformSize8x8Flag(mbAddr);
      }
      for (int block = 0; block < 16; block += mb.transformSize8x8Flag ? 4 : 1) {
        int predicted = picture.predIntraPredMode(mbAddr, block);
        int mode = mb.intraPredModes[block];
        intraPredMode(mode == predicted ? -1 : mode < predicted ? mode : mode - 1);
      }
    }
    if (hasChromaBlocks()) {
      intraChromaPredMode(mbAddr);
    }
    if (mb.isINxN()) {
      codedBlockPattern(mbAddr);
    }
    if (mb.hasMbQpDelta()) {
      mbQpDelta(mbAddr);
      residual(mbAddr, mb);
    }
  }

  /** ChromaArrayType 1 or 2. */
  boolean hasChromaBlocks() {
    return picture.chroma == ChromaFormat.YUV420 || picture.chroma == ChromaFormat.YUV422;
  }

  int numC8x8() {
    return picture.chroma == ChromaFormat.YUV422 ? 2 : 1;
  }

  private void residual(int mbAddr, MacroblockSyntax mb) {
    for (int plane = 0; plane < (picture.chroma == ChromaFormat.YUV444 ? 3 : 1); plane++) {
      residualLuma(mbAddr, mb, plane);
    }
    if (!hasChromaBlocks()) {
      return;
    }
    for (int plane = 1; plane < 3 && mb.codedBlockPatternChroma() != 0; plane++) {
      chromaDcBlock(mbAddr, plane);
    }
    for (int plane = 1; plane < 3 && mb.codedBlockPatternChroma() == 2; plane++) {
      for (int block = 0; block < 4 * numC8x8(); block++) {
        chromaAcBlock(mbAddr, plane, block);
      }
    }
  }

  private void residualLuma(int mbAddr, MacroblockSyntax mb, int plane) {
    if (MbType.isI16x16(mb.mbType)) {
      lumaBlock(mbAddr, plane, LUMA_DC, 0);
    }
    for (int block8x8 = 0; block8x8 < 4; block8x8++) {
      if (((mb.codedBlockPatternLuma() >> block8x8) & 1) == 0) {
        continue;
      }
      if (mb.transformSize8x8Flag) {
        lumaBlock8x8(mbAddr, plane, block8x8);
        continue;
      }
      for (int block = 4 * block8x8; block < 4 * block8x8 + 4; block++) {
        lumaBlock(mbAddr, plane, mb.isI16x16() ? LUMA_AC : LUMA_4X4, block);
      }
    }
  }

  public static int blockX(int luma4x4BlkIdx) {
    return 8 * (luma4x4BlkIdx / 4 % 2) + 4 * (luma4x4BlkIdx % 2);
  }

  public static int blockY(int luma4x4BlkIdx) {
    return 8 * (luma4x4BlkIdx / 8) + 4 * (luma4x4BlkIdx % 4 / 2);
  }
}
