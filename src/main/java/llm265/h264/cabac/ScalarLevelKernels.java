package llm265.h264.cabac;

import llm265.h264.macroblock.BlockScan;

/**
 * The reference. Hardly any branch depends on a level, since levels cannot be predicted: bins are copied from {@link
 * ResidualBins}.
 */
public final class ScalarLevelKernels implements LevelKernels {
  @Override
  public int binarize4x4(int[] levels, int offset, int firstCoeff, ResidualBins bins, byte[] operations, int at, int[] scratch) {
    int count = 0;
    int significant = 0;
    int magnitudes = 0;
    for (int i = firstCoeff; i < LEVELS; i++) {
      int level = levels[offset + BlockScan.ZIGZAG_4X4[i]];
      int isSignificant = (level | -level) >>> 31;
      scratch[count] = level;
      count += isSignificant;
      significant |= isSignificant << (i - firstCoeff);
      magnitudes |= Math.abs(level);
    }
    if (significant == 0 || magnitudes < 0 || magnitudes > ResidualBins.LARGEST_READY) {
      return significant == 0 ? 0 : LARGE;
    }
    setNothing(operations, at, 2 * LEVELS);
    int size = ResidualBins.writeSignificance(operations, at, bins, LEVELS - firstCoeff, significant);
    int end = ResidualBins.writeLevels(operations, size, bins, scratch, count);
    setNothing(operations, end, 16);
    return end - at;
  }

  private static void setNothing(byte[] operations, int at, int count) {
    for (int i = 0; i < count; i += 4) {
      BinString.setFour(operations, at + i, 0);
    }
  }
}
