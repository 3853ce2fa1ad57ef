package llm265.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import llm265.h264.cabac.LevelKernels;
import llm265.h264.cabac.ScalarLevelKernels;
import llm265.kernel.KernelDuel;
import org.junit.jupiter.api.Test;

/** Duels: return values and every array, whole, are compared. */
class VectorLevelKernelsTest {
  private final LevelKernels duel =
      KernelDuel.of(LevelKernels.class, new ScalarLevelKernels(), new VectorLevelKernels());

  @Test
  void theSameLevelsAreFoundWhateverTheirShare() {
    Random random = new Random(3);
    for (int round = 0; round < 5000; round++) {
      int[] levels = new int[64];
      int[] found = new int[20];
      int shareOfZeros = random.nextInt(17);
      for (int k = 0; k < levels.length; k++) {
        levels[k] = random.nextInt(16) < shareOfZeros ? 0 : random.nextInt() >> random.nextInt(32);
        found[k % 20] = random.nextInt();
      }
      duel.gather4x4(levels, random.nextInt(49), found);
    }
  }

  @Test
  void levelsAreFoundInTheOrderOfTheScan() {
    int[] levels = new int[20];
    levels[4 + 4] = 7;
    levels[4 + 1] = -3;
    levels[4 + 15] = 9;
    int[] found = new int[16];
    assertThat(duel.gather4x4(levels, 4, found)).isEqualTo(1 << 1 | 1 << 2 | 1 << 15);
    assertThat(found).startsWith(-3, 7, 9, 0);
  }
}
