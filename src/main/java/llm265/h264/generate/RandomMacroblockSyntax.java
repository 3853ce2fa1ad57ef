package llm265.h264.generate;

import static llm265.h264.written.MacroblockSyntax.anyLevel;

import java.util.Arrays;
import java.util.SplittableRandom;
import llm265.h264.ChromaFormat;
import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.ChromaQp;
import llm265.h264.macroblock.MbType;
import llm265.h264.transform.LevelScale;
import llm265.h264.written.MacroblockLayerWriter;
import llm265.h264.written.MacroblockSyntax;
import llm265.h264.written.PictureSyntax;

/**
 * Random macroblocks of I slices that a conforming stream may hold: prediction modes have their neighbours, and levels are small
 * enough for the values of 8.5 to stay within the 8 + bitDepth bits that 8.5.12.1 and 8.5.13.1 ask for.
 */
public final class RandomMacroblockSyntax {
  /** Bound, at 8 bits a sample, of the sum of the magnitudes of a block's scaled coefficients. */
  private static final int BUDGET = 12_000;

  /** The same where samples must keep off the ends of their range. */
  private static final int SMALL_BUDGET = 500;

  /**
   * What the parameter sets of a slice allow.
   *
   * @param levelScale by plane, of the colour plane where planes are coded apart
   * @param emptyBlocks8x8 whether an 8x8 block whose bit of coded_block_pattern is set may have no level
   * @param bypass qpprime_y_zero_transform_bypass_flag
   * @param largestLevel a bound of levels
   * @param verticalOfMacroblocks whether Intra_16x16 and chroma prediction may be vertical
   */
  public record Rules(
      int bitDepthLuma,
      int bitDepthChroma,
      boolean transform8x8ModeFlag,
      LevelScale levelScale,
      int cbQpOffset,
      int crQpOffset,
      boolean emptyBlocks8x8,
      boolean bypass,
      int largestLevel,
      boolean verticalOfMacroblocks) {}

  private final SplittableRandom random;
  private final PictureSyntax picture;
  private Rules rules;

  /** One in so many macroblocks is I_PCM; 0 for none. */
  public int pcmOneIn;

  /** How far QPY moves at once. */
  public int qpStep = 6;

  /** Whether mb_qp_delta now and then goes round the end of the range of QPY (7-37). */
  public boolean wrapQp = true;

  public int lowestQp;
  public int highestQp = 51;

  /** Whether samples must keep off the ends of their range. */
  public boolean offRangeEnds;

  /** What to do to excess; null for nothing. */
  Stress stress;

  /** Whether levels will be chosen anew for the carries of the arithmetic code. */
  boolean carries;

  /** Whether no other block adds to the coefficients of the one that is filled. */
  private boolean hasDcOfItsOwn;

  /** Under {@link Stress#TABLES}, what total_coeff( coeff_token ) every other block has. */
  private TotalCoeffs beside;

  /** Whether the block to be filled is one of those. */
  private boolean isBeside;

  /** Macroblocks that are still to be quiet, under {@link Stress#ARITHMETIC}. */
  private int quiet;

  public RandomMacroblockSyntax(SplittableRandom random, PictureSyntax picture) {
    this.random = random;
    this.picture = picture;
  }

  public void useRules(Rules ofSlice) {
    rules = ofSlice;
  }

  /** Makes up the macroblock, whose slice is known, and those before it. */
  public MacroblockSyntax next(int mbAddr, boolean field, int qpYPred) {
    MacroblockSyntax mb = new MacroblockSyntax();
    picture.mbs[mbAddr] = mb;
    mb.mbFieldDecodingFlag = field;
    mb.qpY = qpYPred;
    if (pcmOneIn > 0 && random.nextInt(pcmOneIn) == 0) {
      mb.mbType = MbType.I_PCM;
      fillPcm(mb);
      return mb;
    }
    boolean left = picture.luma(mbAddr, -1, 0).isAvailable();
    boolean above = picture.luma(mbAddr, 0, -1).isAvailable();
    boolean corner = picture.luma(mbAddr, -1, -1).isAvailable();
    if (carries) {
      // The bins of a macroblock's header are the same each time, which makes them probable: few of them resolve a carry.
      mb.codedBlockPattern = (hasChroma() ? 2 << 4 : 0) | 15;
      mb.mbType = MbType.ofI16x16(IntraPredModes.DC, mb.codedBlockPattern >> 4, true);
      fillLevels(mb, hasChroma());
      return mb;
    }
    if (stress == Stress.ARITHMETIC && isQuiet()) {
      mb.mbType = MbType.ofI16x16(IntraPredModes.DC, 0, false);
      return mb;
    }
    boolean i16x16 = random.nextInt(3) == 0;
    boolean hasChroma = hasChroma();
    mb.codedBlockPattern = (hasChroma ? random.nextInt(3) << 4 : 0) | (i16x16 ? 15 * random.nextInt(2) : random.nextInt(16));
    if (stress == Stress.MACROBLOCKS || stress == Stress.TABLES) {
      mb.codedBlockPattern = (hasChroma ? 2 << 4 : 0) | 15;
    }
    if (i16x16) {
      int mode;
      do {
        mode = random.nextInt(4);
      } while (!IntraPredModes.isPossible16x16(mode, left, above, corner)
          || mode == IntraPredModes.VERTICAL && !rules.verticalOfMacroblocks);
      mb.mbType = MbType.ofI16x16(mode, mb.codedBlockPattern >> 4, (mb.codedBlockPattern & 15) != 0);
    } else {
      mb.mbType = MbType.I_NXN;
      mb.transformSize8x8Flag = rules.transform8x8ModeFlag && stress != Stress.TABLES && random.nextBoolean();
      chooseModes(mb, mbAddr);
    }
    if (hasChroma) {
      do {
        mb.intraChromaPredMode = random.nextInt(4);
      } while (!IntraPredModes.isPossibleChroma(mb.intraChromaPredMode, left, above, corner)
          || mb.intraChromaPredMode == IntraPredModes.CHROMA_VERTICAL && !rules.verticalOfMacroblocks);
    }
    if (mb.hasMbQpDelta()) {
      chooseQpDelta(mb, qpYPred);
      fillLevels(mb, hasChroma);
      if (!mb.hasMbQpDelta()) {
        mb.mbQpDelta = 0;
        mb.qpY = qpYPred;
      }
    }
    return mb;
  }

  private boolean hasChroma() {
    return picture.chroma == ChromaFormat.YUV420 || picture.chroma == ChromaFormat.YUV422;
  }

  /** Rows of macroblocks without any residual, of random lengths. */
  private boolean isQuiet() {
    if (quiet == 0 && random.nextInt(3) == 0) {
      quiet = 1 + random.nextInt(40);
    }
    quiet = Math.max(0, quiet - 1);
    return quiet > 0;
  }

  private void fillPcm(MacroblockSyntax mb) {
    int run = stress == Stress.EMULATION ? 1 + random.nextInt(9) : 0;
    for (int i = 0; i < mb.pcmSamples.length; i++) {
      int depth = i < 256 ? rules.bitDepthLuma : rules.bitDepthChroma;
      if (stress == Stress.EMULATION) {
        mb.pcmSamples[i] = i % run < run - 1 ? 0 : random.nextInt(5);
      } else if (offRangeEnds) {
        mb.pcmSamples[i] = (1 << (depth - 1)) + random.nextInt(-8, 9);
      } else {
        mb.pcmSamples[i] = random.nextInt(4) == 0 ? 0 : random.nextInt(random.nextBoolean() ? 1 << depth : 4);
      }
    }
  }

  private void chooseModes(MacroblockSyntax mb, int mbAddr) {
    int step = mb.transformSize8x8Flag ? 4 : 1;
    for (int block = 0; block < 16; block += step) {
      int x = MacroblockLayerWriter.blockX(block);
      int y = MacroblockLayerWriter.blockY(block);
      boolean left = picture.luma(mbAddr, x - 1, y).isAvailable();
      boolean above = picture.luma(mbAddr, x, y - 1).isAvailable();
      boolean corner = picture.luma(mbAddr, x - 1, y - 1).isAvailable();
      int mode;
      do {
        mode = random.nextInt(9);
      } while (!IntraPredModes.isPossibleNxN(mode, left, above, corner));
      mb.intraPredModes[block] = mode;
      // The predicted mode often, else prev_intra_pred_mode_flag would be rare.
      int predicted = picture.predIntraPredMode(mbAddr, block);
      if (random.nextInt(3) == 0 && IntraPredModes.isPossibleNxN(predicted, left, above, corner)) {
        mb.intraPredModes[block] = predicted;
      }
    }
  }

  private void chooseQpDelta(MacroblockSyntax mb, int qpYPred) {
    int offset = 6 * (rules.bitDepthLuma - 8);
    if (stress == Stress.QP) {
      // (7-37)
      mb.mbQpDelta = random.nextInt(-(26 + offset / 2), 26 + offset / 2);
      mb.qpY = Math.floorMod(qpYPred + mb.mbQpDelta + offset, 52 + offset) - offset;
      return;
    }
    if (random.nextInt(3) == 0) {
      return;
    }
    int from = Math.max(lowestQp, qpYPred - qpStep);
    int target = random.nextInt(from, Math.max(from, Math.min(highestQp, qpYPred + qpStep)) + 1);
    if (rules.bypass && random.nextInt(3) > 0) {
      target = lowestQp;
    }
    int delta = target - qpYPred;
    int around = delta > 0 ? delta - 52 - offset : delta + 52 + offset;
    if (wrapQp && random.nextInt(8) == 0 || !isDelta(delta, offset)) {
      delta = isDelta(around, offset) ? around : delta;
    }
    if (isDelta(delta, offset)) {
      mb.mbQpDelta = delta;
      mb.qpY = target;
    }
  }

  private static boolean isDelta(int delta, int qpBdOffsetY) {
    return delta >= -(26 + qpBdOffsetY / 2) && delta <= 25 + qpBdOffsetY / 2;
  }

  private void fillLevels(MacroblockSyntax mb, boolean hasChroma) {
    int qpPrimeY = mb.qpY + 6 * (rules.bitDepthLuma - 8);
    boolean bypassed = rules.bypass && qpPrimeY == 0;
    for (int plane = 0; plane < (picture.chroma == ChromaFormat.YUV444 ? 3 : 1); plane++) {
      fillLuma(mb, plane, plane == 0 ? qpPrimeY : qpPrimeC(mb, plane), bypassed);
    }
    for (int plane = 1; hasChroma && plane < 3; plane++) {
      fillChroma(mb, plane, qpPrimeC(mb, plane), bypassed);
    }
  }

  private int qpPrimeC(MacroblockSyntax mb, int plane) {
    int offset = 6 * (rules.bitDepthChroma - 8);
    return ChromaQp.qpC(mb.qpY, plane == 1 ? rules.cbQpOffset : rules.crQpOffset, offset) + offset;
  }

  private void fillLuma(MacroblockSyntax mb, int plane, int qp, boolean bypassed) {
    int[] scale4x4 = rules.levelScale.levelScale4x4(plane, qp);
    int depth = plane == 0 ? rules.bitDepthLuma : rules.bitDepthChroma;
    if (mb.isI16x16() && isFilled(4)) {
      // dcY = (f * LevelScale(0, 0) << qP / 6) >> 6, where f sums all of c (8.5.10).
      fillBlock(mb.dcLevels[plane], 16, ((long) scale4x4[0] << qp / 6) / 64.0, depth, bypassed);
    }
    for (int block = 0; block < 16; block += mb.transformSize8x8Flag ? 4 : 1) {
      if (((mb.codedBlockPattern >> (block >> 2)) & 1) == 0) {
        continue;
      }
      int[] levels = mb.levels[plane][block];
      if (!mb.transformSize8x8Flag) {
        if (isFilled(4)) {
          hasDcOfItsOwn = !mb.isI16x16();
          isBeside = (MacroblockLayerWriter.blockX(block) + MacroblockLayerWriter.blockY(block)) % 8 != 0;
          fillBlock(levels, mb.isI16x16() ? 15 : 16, step(scale4x4, qp, 4), depth, bypassed);
          hasDcOfItsOwn = false;
          isBeside = false;
        }
        continue;
      }
      if (!rules.emptyBlocks8x8 || isFilled(4)) {
        fillBlock(levels, 64, step(rules.levelScale.levelScale8x8(plane, qp), qp, 6), depth, bypassed);
      }
      if (!rules.emptyBlocks8x8 && !anyLevel(levels)) {
        mb.codedBlockPattern &= ~(1 << (block >> 2));
      }
    }
  }

  private void fillChroma(MacroblockSyntax mb, int plane, int qp, boolean bypassed) {
    boolean is420 = picture.chroma == ChromaFormat.YUV420;
    if (mb.codedBlockPattern >> 4 != 0 && isFilled(3)) {
      // (8-330) and (8-332), (8-333): qP + 3 in 4:2:2
      double step = is420
          ? ((long) rules.levelScale.levelScale4x4(plane, qp)[0] << qp / 6) / 32.0
          : ((long) rules.levelScale.levelScale4x4(plane, qp + 3)[0] << (qp + 3) / 6) / 64.0;
      fillBlock(mb.chromaDcLevels[plane], is420 ? 4 : 8, step, rules.bitDepthChroma, bypassed);
    }
    for (int block = 0; mb.codedBlockPattern >> 4 == 2 && block < (is420 ? 4 : 8); block++) {
      if (isFilled(3)) {
        double step = step(rules.levelScale.levelScale4x4(plane, qp), qp, 4);
        isBeside = (block + block / 2) % 2 != 0;
        fillBlock(mb.chromaAcLevels[plane][block], 15, step, rules.bitDepthChroma, bypassed);
        isBeside = false;
      }
    }
  }

  /** Whether a block has levels: all but one in so many, and all where a macroblock is to have many bits. */
  private boolean isFilled(int emptyOneIn) {
    return random.nextInt(emptyOneIn) != 0 || stress == Stress.MACROBLOCKS || stress == Stress.TABLES || carries;
  }

  /** What a level of 1 comes to at most after scaling. */
  private static double step(int[] scale, int qp, int shift) {
    return (double) ((long) Arrays.stream(scale).max().orElseThrow() << qp / 6) / (1 << shift);
  }

  private void fillBlock(int[] levels, int length, double step, int bitDepth, boolean bypassed) {
    if (carries && !offRangeEnds && !bypassed) {
      levels[0] = StressedBlock.affordable(step, bitDepth, rules.largestLevel);
      return;
    }
    if (stress == Stress.TABLES && !offRangeEnds && !bypassed) {
      beside = beside == null ? TotalCoeffs.next(random) : beside;
      (isBeside ? beside : TotalCoeffs.ANY).fill(
          random, levels, length, StressedBlock.affordable(step, bitDepth, rules.largestLevel));
      return;
    }
    if (stress != null && !offRangeEnds
        && StressedBlock.fill(stress, random, levels, length, step, bitDepth, bypassed, hasDcOfItsOwn, rules.largestLevel)) {
      return;
    }
    int budget = offRangeEnds ? SMALL_BUDGET : BUDGET << (bitDepth - 8);
    // Sums of levels of DC, too, have 8 + bitDepth bits before they are scaled (8.5.10, 8.5.11.1).
    int affordable = bypassed ? 6 : (int) Math.min(budget / step, StressedBlock.SINGLE << (bitDepth - 8));
    if (affordable == 0) {
      return;
    }
    int most = random.nextInt(8) == 0 ? length : 5;
    int count = 1 + random.nextInt(Math.min(Math.min(most, length), affordable));
    int largest = Math.min(rules.largestLevel, Math.max(1, affordable / count));
    // Mostly small levels, as they are; now and then one as large as can be.
    int bound = random.nextInt(6) == 0 ? largest : Math.min(largest, 1 + random.nextInt(20));
    for (int i = 0; i < count; i++) {
      int magnitude = bypassed ? 1 : 1 + random.nextInt(bound);
      levels[random.nextInt(length)] = random.nextBoolean() ? magnitude : -magnitude;
    }
  }
}
