package llm265.h264.cabac;

import java.util.Arrays;
import java.util.SplittableRandom;
import llm265.h264.ChromaFormat;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbType;

/** Random macroblocks that the syntax of I slices can express. */
final class MacroblockGenerator {
  private final SplittableRandom random;
  private final ChromaFormat chroma;
  private final boolean transform8x8;
  private final int bitDepth;
  private final int largestLevel;

  MacroblockGenerator(
      SplittableRandom random, ChromaFormat chroma, boolean transform8x8, int bitDepth, int largestLevel) {
    this.random = random;
    this.chroma = chroma;
    this.transform8x8 = transform8x8;
    this.bitDepth = bitDepth;
    this.largestLevel = largestLevel;
  }

  /** Fills all but address and QP. */
  void fill(Macroblock mb) {
    mb.clearResidual();
    Arrays.fill(mb.intraPredModes, (byte) 0);
    mb.intra16x16PredMode = 0;
    mb.intraChromaPredMode = 0;
    mb.mbQpDelta = 0;
    mb.transformSize8x8Flag = false;
    int kind = random.nextInt(20);
    if (kind == 0) {
      fillPcm(mb);
      return;
    }
    boolean i16x16 = kind < 8;
    boolean subsampled = chroma == ChromaFormat.YUV420 || chroma == ChromaFormat.YUV422;
    if (subsampled) {
      mb.intraChromaPredMode = random.nextInt(4);
    }
    int pattern = (subsampled ? random.nextInt(3) << 4 : 0) | (i16x16 ? random.nextInt(2) * 15 : random.nextInt(16));
    if (i16x16) {
      mb.intra16x16PredMode = random.nextInt(4);
      mb.mbType = MbType.ofI16x16(mb.intra16x16PredMode, pattern >> 4, (pattern & 15) != 0);
    } else {
      mb.mbType = MbType.I_NXN;
      mb.transformSize8x8Flag = transform8x8 && random.nextBoolean();
      for (int i = 0; i < 16; i++) {
        boolean repeat = mb.transformSize8x8Flag && (i & 3) != 0;
        mb.intraPredModes[i] = repeat ? mb.intraPredModes[i - 1] : (byte) random.nextInt(9);
      }
    }
    mb.codedBlockPattern = pattern;
    if (i16x16 || pattern != 0) {
      int half = 3 * (bitDepth - 8);
      mb.mbQpDelta = random.nextBoolean() ? 0 : random.nextInt(-26 - half, 26 + half);
    }
    for (int plane = 0; plane < (chroma == ChromaFormat.YUV444 ? 3 : 1); plane++) {
      fillLuma(mb, plane, i16x16);
    }
    if (subsampled) {
      fillChroma(mb, pattern >> 4);
    }
  }

  private void fillPcm(Macroblock mb) {
    mb.mbType = MbType.I_PCM;
    mb.codedBlockPattern = 0x2F;
    int samples = 256 + 2 * chroma.mbWidthC() * chroma.mbHeightC();
    for (int i = 0; i < mb.pcmSamples.length; i++) {
      mb.pcmSamples[i] = i < samples ? (short) random.nextInt(1 << bitDepth) : 0;
    }
  }

  private void fillLuma(Macroblock mb, int plane, boolean i16x16) {
    if (i16x16 && random.nextBoolean()) {
      fillBlock(mb.dcLevels, 16 * plane, 0, 16);
      mb.codedBlockFlags |= 1L << (Macroblock.DC_FLAG_BIT + plane);
    }
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      if (((mb.codedBlockPattern >> (blkIdx >> 2)) & 1) == 0) {
        continue;
      }
      if (mb.transformSize8x8Flag) {
        if ((blkIdx & 3) == 0 && (chroma != ChromaFormat.YUV444 || random.nextBoolean())) {
          fillBlock(mb.levels, 256 * plane + 16 * blkIdx, 0, 64);
          mb.codedBlockFlags |= 15L << (16 * plane + blkIdx);
        }
      } else if (random.nextBoolean()) {
        fillBlock(mb.levels, 256 * plane + 16 * blkIdx, i16x16 ? 1 : 0, 16);
        mb.codedBlockFlags |= 1L << (16 * plane + blkIdx);
      }
    }
  }

  private void fillChroma(Macroblock mb, int pattern) {
    int blocks = chroma == ChromaFormat.YUV420 ? 4 : 8;
    for (int plane = 1; plane <= 2; plane++) {
      if (pattern != 0 && random.nextBoolean()) {
        fillBlock(mb.dcLevels, 16 * plane, 0, blocks);
        mb.codedBlockFlags |= 1L << (Macroblock.CHROMA_DC_FLAG_BIT + plane - 1);
      }
      for (int blkIdx = 0; pattern == 2 && blkIdx < blocks; blkIdx++) {
        if (random.nextBoolean()) {
          fillBlock(mb.levels, 256 * plane + 16 * blkIdx, 1, 16);
          mb.codedBlockFlags |= 1L << (16 * plane + blkIdx);
        }
      }
    }
  }

  /** Levels with at least one that is not 0; density and size change from block to block. */
  private void fillBlock(int[] levels, int offset, int from, int to) {
    int density = random.nextInt(1, 9);
    int largest = random.nextInt(8) == 0 ? largestLevel : random.nextInt(1, Math.min(largestLevel, 20) + 1);
    for (int i = from; i < to; i++) {
      levels[offset + i] = random.nextInt(8) < density ? random.nextInt(-largest, largest + 1) : 0;
    }
    int sure = offset + random.nextInt(from, to);
    levels[sure] = random.nextBoolean() ? largest : -largest;
  }
}
