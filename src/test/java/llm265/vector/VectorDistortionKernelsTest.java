package llm265.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import llm265.h264.encode.DistortionKernels;
import llm265.h264.encode.ScalarDistortionKernels;
import llm265.kernel.KernelDuel;
import org.junit.jupiter.api.Test;

/** Duels: return values and every array, whole, are compared. */
class VectorDistortionKernelsTest {
  private static final int[][] SIZES = {{16, 16}, {8, 8}, {4, 4}, {8, 16}, {16, 8}, {4, 12}, {16, 3}};

  private final DistortionKernels duel =
      KernelDuel.of(DistortionKernels.class, new ScalarDistortionKernels(), new VectorDistortionKernels());

  @Test
  void blocksOfEverySizeAndBitDepth() {
    Random random = new Random(7);
    for (int i = 0; i < 3000; i++) {
      int[] size = SIZES[i % SIZES.length];
      int range = 1 << (8 + random.nextInt(7));
      short[] a = new short[700];
      short[] b = new short[700];
      for (int k = 0; k < 700; k++) {
        a[k] = (short) random.nextInt(range);
        b[k] = (short) random.nextInt(range);
      }
      int aStride = size[0] + random.nextInt(20);
      int bStride = size[0] + random.nextInt(20);
      duel.subtract(
          a, random.nextInt(100), aStride, b, random.nextInt(100), bStride, size[0], size[1], 0, new int[260]);
      duel.squaredError(a, random.nextInt(100), aStride, b, random.nextInt(100), bStride, size[0], size[1], 0);
    }
  }

  @Test
  void theLargestDifferencesOfFourteenBitsAddUpExactly() {
    short[] zero = new short[256];
    short[] full = new short[256];
    Arrays.fill(full, (short) 16383);
    int[] residual = new int[256];
    for (int width : new int[] {16, 8, 4}) {
      long expected = 16L * width * 16383 * 16383;
      assertThat(duel.squaredError(zero, 0, width, full, 0, width, width, 16, 0)).isEqualTo(expected);
      assertThat(duel.subtract(zero, 0, width, full, 0, width, width, 16, 0, residual)).isEqualTo(expected);
      assertThat(Arrays.copyOf(residual, 16 * width)).containsOnly(-16383);
    }
  }
}
