package llm265.h264.cabac;

import java.util.Arrays;
import llm265.h264.macroblock.BlockScan;

/** The reference. */
public final class ScalarLevelKernels implements LevelKernels {
  @Override
  public int gather4x4(int[] levels, int offset, int[] found) {
    int count = 0;
    int significant = 0;
    for (int i = 0; i < LEVELS; i++) {
      int level = levels[offset + BlockScan.ZIGZAG_4X4[i]];
      int isSignificant = (level | -level) >>> 31;
      found[count] = level;
      count += isSignificant;
      significant |= isSignificant << i;
    }
    Arrays.fill(found, count, LEVELS, 0);
    return significant;
  }
}
