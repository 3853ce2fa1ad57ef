package llm265.h264.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import llm265.h264.macroblock.BlockScan;
import org.junit.jupiter.api.Test;

class ScalarTransformKernelsTest {
  private static final int STRIDE = 24;

  private final TransformKernels kernels = new ScalarTransformKernels();
  private final int[] scratch = new int[TransformKernels.SCRATCH];
  private final int[] levelScale = LevelScale.FLAT.levelScale4x4(0, 30);

  private static short[] grey() {
    short[] samples = new short[STRIDE * 20];
    Arrays.fill(samples, (short) 128);
    return samples;
  }

  @Test
  void blockBOfLumaLiesWhereFigure610PutsIt() {
    for (int b = 0; b < 16; b++) {
      int[] levels = new int[256];
      levels[16 * b] = 8;
      short[] samples = grey();
      kernels.residual4x4(levels, 0, levelScale, 30, null, 0, 1 << b, 16, samples, 25, STRIDE, 255, scratch);
      assertOnlyBlockChanged(samples, 25, 4 * BlockScan.BLOCK_COLUMN[b], 4 * BlockScan.BLOCK_ROW[b], 4);
    }
  }

  @Test
  void blocksOfChromaLieTwoARow() {
    for (int b = 0; b < 8; b++) {
      int[] dc = new int[9];
      dc[1 + b] = 640;
      short[] samples = grey();
      kernels.residual4x4(new int[128], 0, levelScale, 30, dc, 1, 0, 8, samples, 0, STRIDE, 255, scratch);
      assertOnlyBlockChanged(samples, 0, 4 * (b & 1), 4 * (b >> 1), 4);
    }
  }

  @Test
  void eightByEightBlocksLieTwoARow() {
    for (int b = 0; b < 4; b++) {
      int[] levels = new int[257];
      levels[1 + 64 * b] = 8;
      short[] samples = grey();
      int[] levelScale8x8 = LevelScale.FLAT.levelScale8x8(0, 36);
      kernels.residual8x8(levels, 1, levelScale8x8, 36, 1 << b, samples, 3, STRIDE, 255, scratch);
      assertOnlyBlockChanged(samples, 3, 8 * (b & 1), 8 * (b >> 1), 8);
    }
  }

  private static void assertOnlyBlockChanged(short[] samples, int offset, int column, int row, int size) {
    for (int i = 0; i < samples.length; i++) {
      int y = Math.floorDiv(i - offset, STRIDE);
      int x = Math.floorMod(i - offset, STRIDE);
      boolean inside = y >= row && y < row + size && x >= column && x < column + size;
      assertThat(samples[i] != 128).as("sample (%d, %d)", x, y).isEqualTo(inside);
    }
  }

  @Test
  void levelsOfBlocksOutsideTheMaskAreNotRead() {
    int[] levels = new int[256];
    Arrays.fill(levels, 99);
    short[] samples = grey();
    kernels.residual4x4(levels, 0, levelScale, 30, null, 0, 0, 16, samples, 0, STRIDE, 255, scratch);
    kernels.residual8x8(levels, 0, LevelScale.FLAT.levelScale8x8(0, 30), 30, 0, samples, 0, STRIDE, 255, scratch);
    assertThat(samples).containsOnly((short) 128);
  }

  @Test
  void forwardCoefficientsLieBlockByBlock() {
    int[] residual = new Random(1).ints(256, -255, 256).toArray();
    int[] coefficients = new int[256];
    kernels.forward4x4(residual, coefficients);
    int[] expected = new int[64];
    for (int b = 0; b < 16; b++) {
      int first = 64 * BlockScan.BLOCK_ROW[b] + 4 * BlockScan.BLOCK_COLUMN[b];
      ForwardTransform.forward4x4(residual, first, 16, expected, 0);
      assertThat(Arrays.copyOfRange(coefficients, 16 * b, 16 * b + 16)).isEqualTo(Arrays.copyOf(expected, 16));
    }
    kernels.forward8x8(residual, coefficients);
    for (int b = 0; b < 4; b++) {
      ForwardTransform.forward8x8(residual, 128 * (b >> 1) + 8 * (b & 1), 16, expected, 0);
      assertThat(Arrays.copyOfRange(coefficients, 64 * b, 64 * b + 64)).isEqualTo(expected);
    }
  }

  @Test
  void quantizationRepeatsItsFactorsBlockByBlock() {
    int[] coefficients = new Random(2).ints(128, -5000, 5000).toArray();
    float[] scale = Quantization.scale8x8(LevelScale.FLAT.levelScale8x8(0, 2), 2);
    int[] levels = new int[200];
    kernels.quantize(coefficients, 0, 128, scale, 0.4f, levels, 7);
    for (int k = 0; k < 128; k++) {
      assertThat(levels[7 + k]).isEqualTo(Quantization.quantize(coefficients[k], scale[k % 64], 0.4f));
    }
    assertThat(levels[6]).isZero();
    assertThat(levels[135]).isZero();
  }
}
