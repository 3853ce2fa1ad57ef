package llm265.h264.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import llm265.h264.macroblock.BlockScan;
import org.junit.jupiter.api.Test;

class DcTransformTest {
  private static final int[][] HADAMARD = {{1, 1, 1, 1}, {1, 1, -1, -1}, {1, -1, -1, 1}, {1, -1, 1, -1}};

  private static int[] randomLevels(Random random, int n) {
    int[] levels = new int[n];
    for (int k = 0; k < n; k++) {
      levels[k] = random.nextInt(41) - 20;
    }
    return levels;
  }

  private static int product(int[] c, int off, int i, int j, int rows, int columns) {
    int sum = 0;
    for (int k = 0; k < rows; k++) {
      for (int l = 0; l < columns; l++) {
        int left = rows == 4 ? HADAMARD[i][k] : (i & k) == 1 ? -1 : 1;
        int right = columns == 4 ? HADAMARD[l][j] : (l & j) == 1 ? -1 : 1;
        sum += left * c[off + columns * k + l] * right;
      }
    }
    return sum;
  }

  @Test
  void lumaDcIsTheHadamardProductScaledByQpBlockByBlock() {
    Random random = new Random(1);
    for (int qP = 0; qP <= 87; qP++) {
      int[] c = randomLevels(random, 20);
      int scale = LevelScale.FLAT.levelScale4x4(0, qP)[0];
      int[] dcY = new int[20];
      DcTransform.inverseLuma(c, 3, scale, qP, dcY, 2);
      for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
        int f = product(c, 3, BlockScan.BLOCK_ROW[blkIdx], BlockScan.BLOCK_COLUMN[blkIdx], 4, 4);
        int expected =
            qP >= 36 ? (f * scale) << (qP / 6 - 6) : (f * scale + (1 << (5 - qP / 6))) >> (6 - qP / 6);
        assertThat(dcY[2 + blkIdx]).as("qP %d, block %d", qP, blkIdx).isEqualTo(expected);
      }
      assertThat(dcY[1]).isZero();
      assertThat(dcY[18]).isZero();
    }
  }

  @Test
  void chromaDcOfFourTwoZero() {
    Random random = new Random(2);
    for (int qP = 0; qP <= 51; qP++) {
      int[] c = randomLevels(random, 5);
      int scale = LevelScale.FLAT.levelScale4x4(1, qP)[0];
      int[] dcC = new int[6];
      DcTransform.inverseChroma420(c, 1, scale, qP, dcC, 1);
      for (int blkIdx = 0; blkIdx < 4; blkIdx++) {
        int f = product(c, 1, blkIdx >> 1, blkIdx & 1, 2, 2);
        assertThat(dcC[1 + blkIdx]).isEqualTo(((f * scale) << (qP / 6)) >> 5);
      }
    }
  }

  @Test
  void chromaDcOfFourTwoTwo() {
    Random random = new Random(3);
    for (int qP = 3; qP <= 54; qP++) {
      int[] c = randomLevels(random, 8);
      int scale = LevelScale.FLAT.levelScale4x4(1, qP)[0];
      int[] dcC = new int[8];
      DcTransform.inverseChroma422(c, 0, scale, qP, dcC, 0);
      for (int blkIdx = 0; blkIdx < 8; blkIdx++) {
        int f = product(c, 0, blkIdx >> 1, blkIdx & 1, 4, 2);
        int expected =
            qP >= 36 ? (f * scale) << (qP / 6 - 6) : (f * scale + (1 << (5 - qP / 6))) >> (6 - qP / 6);
        assertThat(dcC[blkIdx]).isEqualTo(expected);
      }
    }
  }

  @Test
  void forwardTransformsAreTheSameProductsOfTheBlocksFirstCoefficients() {
    Random random = new Random(4);
    int[] coefficients = randomLevels(random, 256);
    int[] raster = new int[16];
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      raster[4 * BlockScan.BLOCK_ROW[blkIdx] + BlockScan.BLOCK_COLUMN[blkIdx]] = coefficients[16 * blkIdx];
    }
    int[] c = new int[17];
    DcTransform.forwardLuma(coefficients, c, 1);
    int[] chroma420 = new int[4];
    DcTransform.forwardChroma420(coefficients, 64, chroma420, 0);
    int[] dc = new int[16];
    for (int b = 0; b < 16; b++) {
      dc[b] = coefficients[16 * b];
    }
    for (int i = 0; i < 16; i++) {
      assertThat(c[1 + i]).isEqualTo(product(raster, 0, i >> 2, i & 3, 4, 4));
    }
    for (int i = 0; i < 4; i++) {
      assertThat(chroma420[i]).isEqualTo(product(dc, 4, i >> 1, i & 1, 2, 2));
    }
  }
}
