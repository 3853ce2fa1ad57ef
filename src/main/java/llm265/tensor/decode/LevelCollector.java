package llm265.tensor.decode;

import llm265.h264.decode.MacroblockListener;
import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.transform.LevelRecovery;
import llm265.tensor.payload.PayloadReader;

/**
 * Takes the levels that a picture carries as they are parsed: the same as {@link LevelRecovery} finds in its samples, which need
 * not be made then.
 */
public final class LevelCollector implements MacroblockListener {
  private final short[] levels;
  private final int qp;

  /** @param levels receives those of macroblock mbAddr from {@code 256 * mbAddr} on */
  public LevelCollector(short[] levels, int qp) {
    this.levels = levels;
    this.qp = qp;
  }

  @Override
  public boolean wantsSamples() {
    return false;
  }

  @Override
  public void macroblock(Macroblock mb, int sliceIndex) {
    if (!mb.isI16x16() || mb.intra16x16PredMode != IntraPredModes.DC || mb.qpY != qp || mb.mbFieldDecodingFlag) {
      throw PayloadReader.malformed("macroblock_layer", "macroblock " + mb.mbAddr + " is none that carries levels");
    }
    int at = 256 * mb.mbAddr;
    if (at + 256 > levels.length) {
      throw PayloadReader.malformed("seq_parameter_set", "its pictures are not of the size of the tiles");
    }
    for (int i = 0; i < 256; i++) {
      levels[at + i] = (short) mb.levels[i];
    }
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      levels[at + 16 * blkIdx] = (short) mb.dcLevels[BlockScan.BLOCK_RASTER[blkIdx]];
    }
  }
}
