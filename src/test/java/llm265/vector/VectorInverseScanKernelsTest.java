package llm265.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import llm265.h264.cabac.InverseScanKernels;
import llm265.h264.cabac.ScalarInverseScanKernels;
import llm265.h264.macroblock.BlockScan;
import llm265.kernel.KernelDuel;
import org.junit.jupiter.api.Test;

/** Duels: every array, whole, is compared. */
class VectorInverseScanKernelsTest {
  private final InverseScanKernels duel =
      KernelDuel.of(InverseScanKernels.class, new ScalarInverseScanKernels(), new VectorInverseScanKernels());

  @Test
  void everyMapOfBothScansPlacesTheSameLevels() {
    Random random = new Random(5);
    for (int map = 0; map < 1 << 16; map++) {
      // What lies behind the levels is left from other blocks.
      int[] inOrder = random.ints(16 + random.nextInt(3)).toArray();
      duel.place4x4(inOrder, map, (map & 1) == 0, new int[40], random.nextInt(25));
      duel.place4x4(inOrder, map, (map & 1) != 0, new int[16], 0);
    }
  }

  @Test
  void levelsStandWhereTheScanHasThem() {
    int[] inOrder = new int[16];
    inOrder[0] = 7;
    inOrder[1] = -3;
    for (boolean fieldScan : new boolean[] {false, true}) {
      int[] scan = fieldScan ? BlockScan.FIELD_4X4 : BlockScan.ZIGZAG_4X4;
      int[] levels = new int[16];
      duel.place4x4(inOrder, (1 << 2) | (1 << 15), fieldScan, levels, 0);
      int[] expected = new int[16];
      expected[scan[2]] = 7;
      expected[scan[15]] = -3;
      assertThat(levels).isEqualTo(expected);
    }
  }
}
