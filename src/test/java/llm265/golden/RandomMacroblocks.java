package llm265.golden;

import java.util.Arrays;
import java.util.SplittableRandom;
import llm265.h264.ChromaFormat;
import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.ChromaQp;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.transform.LevelScale;

/**
 * Random macroblocks that a conforming stream may hold: every prediction mode has its neighbours, and levels are small enough for
 * the values of 8.5 to stay within 16 bits, as 8.5.12.1 and 8.5.13.1 ask of a stream.
 */
final class RandomMacroblocks implements SyntaxPicture.Source {
  /** Bound of the sum of the magnitudes of a block's scaled coefficients. */
  private static final int BUDGET = 12_000;

  private final SplittableRandom random;
  private final ChromaFormat chroma;
  private final PicParameterSet pps;
  private final LevelScale levelScale;

  /** One in so many macroblocks is I_PCM; 0 for none. */
  int pcmOneIn = 20;

  /** The largest magnitude of mb_qp_delta. */
  int largestQpDelta = 4;

  /** Types to go through in turn before chance decides, as for {@link #fill}; an index into it is kept. */
  int[] typesInTurn = {};
  private int turn;

  /** Levels a block at most. */
  int mostLevels = 5;

  RandomMacroblocks(long seed, SeqParameterSet sps, PicParameterSet pps) {
    random = new SplittableRandom(seed);
    chroma = sps.format().chroma();
    this.pps = pps;
    levelScale = new LevelScale(pps.scalingLists(sps).lists4x4(), pps.scalingLists(sps).lists8x8());
  }

  @Override
  public void fill(Macroblock mb, MbNeighbours neighbours, int qpYPred) {
    Arrays.fill(mb.intraPredModes, (byte) 0);
    mb.intra16x16PredMode = 0;
    mb.intraChromaPredMode = 0;
    mb.mbQpDelta = 0;
    mb.codedBlockPattern = 0;
    mb.transformSize8x8Flag = false;
    mb.mbType = chooseType(neighbours);
    if (mb.isPcm()) {
      fillPcm(mb);
      return;
    }
    boolean hasChroma = chroma == ChromaFormat.YUV420;
    if (mb.isI16x16()) {
      mb.intra16x16PredMode = MbType.intra16x16PredMode(mb.mbType);
      mb.codedBlockPattern = MbType.codedBlockPattern(mb.mbType);
    } else {
      mb.transformSize8x8Flag = pps.transform8x8ModeFlag() && random.nextBoolean();
      chooseModes(mb, neighbours);
      mb.codedBlockPattern = random.nextInt(16) | (hasChroma ? random.nextInt(3) << 4 : 0);
    }
    if (hasChroma) {
      do {
        mb.intraChromaPredMode = random.nextInt(4);
      } while (!IntraPredModes.isPossibleChroma(
          mb.intraChromaPredMode, neighbours.availableA, neighbours.availableB, neighbours.availableD));
    }
    if (mb.isI16x16() || mb.codedBlockPattern != 0) {
      mb.mbQpDelta = chooseQpDelta();
    }
    int qpY = Math.floorMod(qpYPred + mb.mbQpDelta, 52);
    fillLuma(mb, qpY);
    if (hasChroma) {
      fillChroma(mb, qpY);
    }
  }

  private int chooseType(MbNeighbours neighbours) {
    if (turn < typesInTurn.length && isPossible(typesInTurn[turn], neighbours)) {
      return typesInTurn[turn++];
    }
    if (pcmOneIn > 0 && random.nextInt(pcmOneIn) == 0) {
      return MbType.I_PCM;
    }
    int type;
    do {
      type = random.nextInt(3) == 0 ? MbType.I_NXN : MbType.I_16X16_FIRST + random.nextInt(24);
    } while (!isPossible(type, neighbours));
    return type;
  }

  private boolean isPossible(int type, MbNeighbours neighbours) {
    if (!MbType.isI16x16(type)) {
      return true;
    }
    return (chroma == ChromaFormat.YUV420 || MbType.codedBlockPattern(type) >> 4 == 0)
        && IntraPredModes.isPossible16x16(
            MbType.intra16x16PredMode(type), neighbours.availableA, neighbours.availableB, neighbours.availableD);
  }

  private int chooseQpDelta() {
    if (largestQpDelta == 0 || random.nextInt(3) == 0) {
      return 0;
    }
    return random.nextInt(Math.max(-26, -largestQpDelta), Math.min(25, largestQpDelta) + 1);
  }

  private void fillPcm(Macroblock mb) {
    mb.codedBlockPattern = 0x2F;
    // Zeros and small values among them make start codes, were it not for emulation prevention.
    int bound = random.nextBoolean() ? 256 : 4;
    for (int i = 0; i < 256 + 2 * chroma.mbWidthC() * chroma.mbHeightC(); i++) {
      mb.pcmSamples[i] = (short) (random.nextInt(4) == 0 ? 0 : random.nextInt(bound));
    }
  }

  private void chooseModes(Macroblock mb, MbNeighbours neighbours) {
    int step = mb.transformSize8x8Flag ? 4 : 1;
    for (int block = 0; block < 16; block += step) {
      int column = BlockScan.BLOCK_COLUMN[block];
      int row = BlockScan.BLOCK_ROW[block];
      boolean left = column > 0 || neighbours.availableA;
      boolean above = row > 0 || neighbours.availableB;
      boolean corner = column > 0 ? above : row > 0 ? neighbours.availableA : neighbours.availableD;
      int mode;
      do {
        mode = random.nextInt(9);
      } while (!IntraPredModes.isPossibleNxN(mode, left, above, corner));
      Arrays.fill(mb.intraPredModes, block, block + step, (byte) mode);
    }
  }

  private void fillLuma(Macroblock mb, int qpY) {
    int[] scale4x4 = levelScale.levelScale4x4(0, qpY);
    if (mb.isI16x16() && random.nextInt(4) != 0) {
      // dcY = (f * LevelScale(0, 0) << qP / 6) >> 6, where f sums all of c (8.5.10).
      fillBlock(mb.dcLevels, 0, 0, 16, ((long) scale4x4[0] << qpY / 6) / 64.0);
      mb.codedBlockFlags |= 1L << Macroblock.DC_FLAG_BIT;
    }
    for (int block = 0; block < 16; block++) {
      if (((mb.codedBlockPattern >> (block >> 2)) & 1) == 0) {
        continue;
      }
      if (mb.transformSize8x8Flag) {
        if ((block & 3) == 0) {
          fillBlock(mb.levels, 16 * block, 0, 64, step(levelScale.levelScale8x8(0, qpY), qpY, 6));
          mb.codedBlockFlags |= 15L << block;
        }
      } else if (random.nextInt(4) != 0) {
        fillBlock(mb.levels, 16 * block, mb.isI16x16() ? 1 : 0, 16, step(scale4x4, qpY, 4));
        mb.codedBlockFlags |= 1L << block;
      }
    }
  }

  private void fillChroma(Macroblock mb, int qpY) {
    for (int plane = 1; plane <= 2; plane++) {
      int offset = plane == 1 ? pps.chromaQpIndexOffset() : pps.secondChromaQpIndexOffset();
      int qpC = ChromaQp.qpC(qpY, offset, 0);
      int[] scale = levelScale.levelScale4x4(plane, qpC);
      if (mb.codedBlockPattern >> 4 != 0 && random.nextInt(3) != 0) {
        // dcC = (f * LevelScale(0, 0) << qP / 6) >> 5 (8.5.11.2).
        fillBlock(mb.dcLevels, 16 * plane, 0, 4, ((long) scale[0] << qpC / 6) / 32.0);
        mb.codedBlockFlags |= 1L << (Macroblock.CHROMA_DC_FLAG_BIT + plane - 1);
      }
      for (int block = 0; mb.codedBlockPattern >> 4 == 2 && block < 4; block++) {
        if (random.nextInt(3) != 0) {
          fillBlock(mb.levels, 256 * plane + 16 * block, 1, 16, step(scale, qpC, 4));
          mb.codedBlockFlags |= 1L << (16 * plane + block);
        }
      }
    }
  }

  /** What a level of 1 comes to at most after scaling. */
  private static double step(int[] scale, int qp, int shift) {
    return (double) ((long) Arrays.stream(scale).max().orElseThrow() << qp / 6) / (1 << shift);
  }

  private void fillBlock(int[] levels, int offset, int from, int to, double step) {
    int affordable = (int) Math.max(1, BUDGET / step);
    int count = 1 + random.nextInt(Math.min(Math.min(mostLevels, to - from), affordable));
    int largest = Math.max(1, affordable / count);
    // Mostly small levels, as they are; now and then one as large as can be.
    int bound = random.nextInt(6) == 0 ? largest : Math.min(largest, 1 + random.nextInt(20));
    for (int i = 0; i < count; i++) {
      int magnitude = 1 + random.nextInt(bound);
      levels[offset + random.nextInt(from, to)] = random.nextBoolean() ? magnitude : -magnitude;
    }
  }
}
