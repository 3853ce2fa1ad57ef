package llm265.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import llm265.h264.cabac.LevelKernels;
import llm265.h264.cabac.MacroblockWriter;
import llm265.h264.cabac.ResidualBins;
import llm265.h264.cabac.ScalarLevelKernels;
import llm265.kernel.KernelDuel;
import org.junit.jupiter.api.Test;

/** Duels: return values and every array, whole, are compared. */
class VectorLevelKernelsTest {
  private final LevelKernels duel =
      KernelDuel.of(LevelKernels.class, new ScalarLevelKernels(), new VectorLevelKernels());
  private final ResidualBins lumaAc = MacroblockWriter.lumaAcBins();

  @Test
  void theSameBinsAreMadeWhateverTheLevels() {
    Random random = new Random(3);
    for (int round = 0; round < 20_000; round++) {
      int[] levels = new int[64];
      int shareOfZeros = random.nextInt(17);
      int bits = 28 + random.nextInt(4);
      for (int k = 0; k < levels.length; k++) {
        levels[k] = random.nextInt(16) < shareOfZeros ? 0 : random.nextInt() >> (bits - random.nextInt(3));
      }
      compare(levels, random.nextInt(49), random);
    }
  }

  @Test
  void theLargestLevelsWithPiecesAndThoseBeyondAreToldApart() {
    Random random = new Random(4);
    for (int magnitude : new int[] {1, 14, 15, 16, 17, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      for (int place = 0; place < 16; place++) {
        int[] levels = new int[16];
        levels[place] = magnitude;
        levels[15 - place] += place & 1;
        compare(levels, 0, random);
        levels[place] = -magnitude;
        compare(levels, 0, random);
      }
    }
  }

  private void compare(int[] levels, int offset, Random random) {
    byte[] operations = new byte[2 * LevelKernels.MOST_OPERATIONS + 64];
    random.nextBytes(operations);
    duel.binarize4x4(levels, offset, 0, lumaAc, operations, random.nextInt(16), new int[LevelKernels.SCRATCH]);
    duel.binarize4x4(levels, offset, 1, lumaAc, operations, random.nextInt(16), new int[LevelKernels.SCRATCH]);
  }

  @Test
  void aBlockWithoutLevelsHasNoBinsAndOneWithLargeOnesIsLeftToOthers() {
    byte[] operations = new byte[2 * LevelKernels.MOST_OPERATIONS];
    int[] levels = new int[16];
    int[] scratch = new int[LevelKernels.SCRATCH];
    levels[0] = 100;
    assertThat(duel.binarize4x4(levels, 0, 1, lumaAc, operations, 0, scratch)).isZero();
    assertThat(duel.binarize4x4(levels, 0, 0, lumaAc, operations, 0, scratch)).isEqualTo(LevelKernels.LARGE);
    assertThat(operations).containsOnly(0);
  }

  @Test
  void aLevelHasTheBinsOfTheClause() {
    byte[] operations = new byte[2 * LevelKernels.MOST_OPERATIONS];
    int[] levels = new int[16];
    levels[1] = -2;
    // Significant and last; greater than 1, no more; its sign. Before that, in the other kind of block, a level that is not
    // significant.
    assertThat(duel.binarize4x4(levels, 0, 1, lumaAc, operations, 0, new int[LevelKernels.SCRATCH])).isEqualTo(5);
    assertThat(duel.binarize4x4(levels, 0, 0, lumaAc, operations, 0, new int[LevelKernels.SCRATCH])).isEqualTo(6);
  }
}
