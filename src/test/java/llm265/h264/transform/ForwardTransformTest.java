package llm265.h264.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ForwardTransformTest {
  private static final int[][] ROWS_4 = {{1, 1, 1, 1}, {2, 1, -1, -2}, {1, -1, -1, 1}, {1, -2, 2, -1}};
  private static final int[][] ROWS_8 = {
    {8, 8, 8, 8, 8, 8, 8, 8},
    {12, 10, 6, 3, -3, -6, -10, -12},
    {8, 4, -4, -8, -8, -4, 4, 8},
    {10, -3, -12, -6, 6, 12, 3, -10},
    {8, -8, -8, 8, 8, -8, -8, 8},
    {6, -12, 3, 10, -10, -3, 12, -6},
    {4, -8, 8, -4, -4, 8, -8, 4},
    {3, -6, 10, -12, 12, -10, 6, -3}
  };

  private static void assertProduct(int[][] rows, int[] residual, int off, int[] coefficients, int coefficientsOff) {
    int n = rows.length;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        int sum = 0;
        for (int y = 0; y < n; y++) {
          for (int x = 0; x < n; x++) {
            sum += rows[i][y] * rows[j][x] * residual[off + 16 * y + x];
          }
        }
        assertThat(coefficients[coefficientsOff + n * i + j]).as("W(%d, %d)", i, j).isEqualTo(sum);
      }
    }
  }

  @Test
  void blocksAreMultipliedByTheMatrixOnBothSidesWithoutRounding() {
    Random random = new Random(1);
    for (int trial = 0; trial < 20; trial++) {
      int[] residual = new int[256];
      for (int k = 0; k < 256; k++) {
        residual[k] = random.nextInt(511) - 255;
      }
      int[] coefficients = new int[80];
      ForwardTransform.forward4x4(residual, 37, 16, coefficients, 5);
      assertProduct(ROWS_4, residual, 37, coefficients, 5);
      ForwardTransform.forward8x8(residual, 24, 16, coefficients, 9);
      assertProduct(ROWS_8, residual, 24, coefficients, 9);
    }
  }

  @Test
  void theLargestResidualOfFourteenBitsDoesNotOverflow() {
    int[] residual = new int[256];
    Arrays.fill(residual, -16383);
    int[] coefficients = new int[64];
    ForwardTransform.forward8x8(residual, 0, 16, coefficients, 0);
    assertThat(coefficients[0]).isEqualTo(-16383 * 4096);
  }
}
