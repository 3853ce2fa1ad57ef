package llm265.h264.encode;

import java.util.Arrays;
import llm265.h264.Picture;
import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.transform.LevelRecovery;

/**
 * Macroblocks whose luma levels are given: Intra_16x16, predicted by the neighbours' mean, flat chroma. There is nothing to
 * decide, but {@link LevelRecovery} must find the same levels in the samples. Where samples are clipped, the first level
 * becomes one that brings the macroblock's mean to the middle of the range: means wander, since each is predicted by its
 * neighbours'. If that is not enough, the greatest levels become 0, one after the other. Levels of the DC block that do not
 * come back stay as they are. In the end each level has changed that is not coded as it was wanted, or does not come back so.
 */
final class GivenLevels implements MacroblockDecision {
  private static final int MODE = IntraPredModes.DC;
  private static final int MIDDLE = 128;

  /** So many wrong levels of a DC block take less than one more that is dropped. */
  private static final int FEW_WRONG = 1;

  /** The first level costs more than is gained where the mean is nearer to the middle. */
  private static final int NEAR_MIDDLE = 8;

  private final MacroblockContext context;
  private final Macroblock mb = new Macroblock();
  private final int[] residual = new int[256];
  private final int[] coefficients = new int[256];
  private final int[] scratch = new int[16];
  /** Levels of the DC block as they come back. */
  private final int[] dc = new int[16];
  private final short[] found = new short[256];
  private final short[] wanted = new short[256];
  private final int[] sums = new int[16];
  /** The mean of the neighbours. */
  private int prediction;
  private short[] levels;
  private LevelRecovery recovery;
  private int at;

  GivenLevels(MacroblockContext context) {
    this.context = context;
  }

  /** From now on these are the levels: those of macroblock {@code mbAddr} from {@code 256 * mbAddr} on. */
  void use(short[] newLevels, LevelRecovery newRecovery) {
    levels = newLevels;
    recovery = newRecovery;
  }

  @Override
  public void begin(Picture source, Picture reconstruction, int size) {
    // Source and reconstruction have the same strides, and there is no source.
    context.source = reconstruction;
    context.reconstruction = reconstruction;
    for (int plane = 1; plane < reconstruction.format().planes(); plane++) {
      // What chroma is predicted to be without neighbours, and so everywhere.
      reconstruction.fill(plane, MIDDLE);
    }
  }

  @Override
  public Macroblock decide(int address, MbNeighbours neighbours, int qpY, int qpYPred, boolean mbQpDeltaNotZero) {
    context.moveTo(address, neighbours, qpY, qpYPred, mbQpDeltaNotZero);
    at = 256 * address;
    System.arraycopy(levels, at, wanted, 0, 256);
    code();
    int first = at;
    int away = prediction - MIDDLE;
    if (Math.abs(away) > NEAR_MIDDLE && !isRecovered()) {
      levels[first++] = (short) (-recovery.firstLevelsOfOne() * away);
      code();
    }
    while (!isRecovered()) {
      dropGreatest(first);
      code();
    }
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      // What is coded may be another level than what is wanted, and yet come back as that.
      int back = dc[BlockScan.BLOCK_RASTER[blkIdx]];
      if (back != wanted[16 * blkIdx]) {
        levels[at + 16 * blkIdx] = (short) back;
      }
    }
    return mb;
  }

  /** One whose levels are too large to be coded has none. */
  @Override
  public Macroblock asPcm() {
    Arrays.fill(levels, at, at + 256, (short) 0);
    code();
    return mb;
  }

  private void code() {
    context.prepare(mb);
    int anyDc = 0;
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      int first = 16 * blkIdx;
      int dcLevel = levels[at + first];
      mb.dcLevels[BlockScan.BLOCK_RASTER[blkIdx]] = dcLevel;
      anyDc |= dcLevel;
      int any = 0;
      for (int i = first + 1; i < first + 16; i++) {
        int level = levels[at + i];
        mb.levels[i] = level;
        any |= level;
      }
      mb.codedBlockFlags |= (any != 0 ? 1L : 0L) << blkIdx;
    }
    boolean ac = mb.codedBlockFlags != 0;
    mb.codedBlockFlags |= (anyDc != 0 ? 1L : 0L) << Macroblock.DC_FLAG_BIT;
    mb.intra16x16PredMode = MODE;
    mb.mbType = MbType.ofI16x16(MODE, 0, ac);
    mb.codedBlockPattern = ac ? 15 : 0;
    context.setQp(mb);
    context.reconstructor.predictIntra16x16(MODE);
    prediction = context.reconstruction.samples(0)[context.offset(0)];
    context.reconstructor.addIntra16x16Residual(mb, context.qpPrimeY);
  }

  /**
   * Whether there is all that must be: levels of AC blocks, which always come back where no sample is clipped, and else
   * nearly all of the DC block. What those are is left in {@link #dc}.
   */
  private boolean isRecovered() {
    short[] samples = context.reconstruction.samples(0);
    int stride = context.reconstruction.stride(0);
    int offset = context.offset(0);
    boolean isUnclipped = LevelRecovery.isUnclipped(samples, offset, stride, sums);
    recovery.recoverDc(sums, prediction, dc);
    if (isUnclipped) {
      return true;
    }
    LevelRecovery.subtractPrediction(
        samples, offset, stride, context.neighbours.availableA, context.neighbours.availableB, residual);
    recovery.recover(residual, coefficients, scratch, found, 0);
    int wrong = 0;
    for (int i = 0; i < 256; i += 16) {
      if (!Arrays.equals(found, i + 1, i + 16, levels, at + i + 1, at + i + 16)) {
        return false;
      }
      wrong += found[i] == levels[at + i] ? 0 : 1;
    }
    return wrong <= FEW_WRONG;
  }

  private void dropGreatest(int first) {
    int greatest = first;
    for (int i = first; i < at + 256; i++) {
      greatest = Math.abs(levels[i]) > Math.abs(levels[greatest]) ? i : greatest;
    }
    // With all others 0, the first is 0, too: that comes back in any case.
    levels[levels[greatest] == 0 ? at : greatest] = 0;
  }
}
