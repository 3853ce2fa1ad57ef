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
 * decide, but {@link LevelRecovery} must find the same levels in the samples. Where it does not, levels become 0: those of the
 * DC block that rounding has moved, or one after the other, the greatest first, until no sample is clipped.
 */
final class GivenLevels implements MacroblockDecision {
  private static final int MODE = IntraPredModes.DC;
  private static final int MIDDLE = 128;


  private final MacroblockContext context;
  private final Macroblock mb = new Macroblock();
  private final int[] residual = new int[256];
  private final int[] coefficients = new int[256];
  private final int[] dc = new int[16];
  private final short[] found = new short[256];
  private short[] levels;
  private int at;

  GivenLevels(MacroblockContext context) {
    this.context = context;
  }

  /** From now on these are the levels: those of macroblock {@code mbAddr} from {@code 256 * mbAddr} on. */
  void use(short[] newLevels) {
    levels = newLevels;
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
    code();
    while (!isRecovered()) {
      drop();
      code();
    }
    for (int i = 0; i < 256; i += 16) {
      levels[at + i] = found[i];
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
      mb.dcLevels[4 * BlockScan.BLOCK_ROW[blkIdx] + BlockScan.BLOCK_COLUMN[blkIdx]] = dcLevel;
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
    context.reconstructor.addIntra16x16Residual(mb, context.qpPrimeY);
  }

  /** Whether all is found, but for levels 0 of the DC block that rounding has moved. */
  private boolean isRecovered() {
    short[] samples = context.reconstruction.samples(0);
    int stride = context.reconstruction.stride(0);
    int offset = context.offset(0);
    LevelRecovery.subtractPrediction(
        samples, offset, stride, context.neighbours.availableA, context.neighbours.availableB, residual);
    LevelRecovery.recover(residual, coefficients, dc, found, 0);
    return areAcRecovered() && (areDcRecovered(false) || areDcRecovered(true) && !isClipped(samples, offset, stride));
  }

  private boolean areAcRecovered() {
    for (int i = 0; i < 256; i += 16) {
      if (!Arrays.equals(found, i + 1, i + 16, levels, at + i + 1, at + i + 16)) {
        return false;
      }
    }
    return true;
  }

  private boolean areDcRecovered(boolean butForZeros) {
    for (int i = 0; i < 256; i += 16) {
      if (found[i] != levels[at + i] && !(butForZeros && levels[at + i] == 0)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isClipped(short[] samples, int offset, int stride) {
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        int sample = samples[offset + y * stride + x];
        if (sample == 0 || sample == 255) {
          return true;
        }
      }
    }
    return false;
  }

  /** Drops what is not found of the DC block, if there is only that, else the greatest level. */
  private void drop() {
    boolean isDropped = false;
    for (int i = 0; i < 256 && areAcRecovered(); i += 16) {
      if (found[i] != levels[at + i] && levels[at + i] != 0) {
        levels[at + i] = 0;
        isDropped = true;
      }
    }
    if (!isDropped) {
      dropGreatest();
    }
  }

  private void dropGreatest() {
    int greatest = at;
    for (int i = at; i < at + 256; i++) {
      greatest = Math.abs(levels[i]) > Math.abs(levels[greatest]) ? i : greatest;
    }
    levels[greatest] = 0;
  }
}
