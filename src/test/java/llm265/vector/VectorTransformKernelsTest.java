package llm265.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import llm265.h264.transform.LevelScale;
import llm265.h264.transform.Quantization;
import llm265.h264.transform.ScalarTransformKernels;
import llm265.h264.transform.TransformKernels;
import llm265.kernel.KernelDuel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Duels: every array is compared whole, so that a write beside the macroblock is found as well. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VectorTransformKernelsTest {
  private static final int STRIDE = 37;
  private static final int DUELS = 1500;

  private final TransformKernels duel =
      KernelDuel.of(TransformKernels.class, new ScalarTransformKernels(), new VectorTransformKernels());
  private final Random random = new Random(20);
  private final int[] scratch = new int[TransformKernels.SCRATCH];

  /** Mostly small numbers, some of any size: what a broken stream may hold. */
  private int[] levels(int n, int density) {
    int[] levels = new int[n];
    for (int k = 0; k < n; k++) {
      if (random.nextInt(16) < density) {
        levels[k] = random.nextInt(200) == 0 ? random.nextInt() : random.nextInt(81) - 40;
      }
    }
    return levels;
  }

  private short[] samples(int maxSample) {
    short[] samples = new short[STRIDE * 20];
    for (int k = 0; k < samples.length; k++) {
      samples[k] = (short) random.nextInt(maxSample + 1);
    }
    return samples;
  }

  private LevelScale levelScale() {
    int[][] lists4x4 = new int[3][16];
    int[][] lists8x8 = new int[1][64];
    for (int[] list : lists4x4) {
      Arrays.setAll(list, k -> 1 + random.nextInt(255));
    }
    Arrays.setAll(lists8x8[0], k -> 1 + random.nextInt(255));
    return new LevelScale(lists4x4, lists8x8);
  }

  private int maxSample() {
    return (1 << (8 + random.nextInt(7))) - 1;
  }

  /** All blocks, none, or any. */
  private int blockMask(int blocks) {
    int all = (1 << blocks) - 1;
    return switch (random.nextInt(4)) {
      case 0 -> all;
      case 1 -> 1 << random.nextInt(blocks);
      default -> random.nextInt(all + 1);
    };
  }

  @Test
  void residual4x4() {
    for (int i = 0; i < DUELS; i++) {
      int qP = random.nextInt(88);
      int blocks = random.nextInt(4) == 0 ? 4 << random.nextInt(2) : 16;
      int maxSample = maxSample();
      int off = random.nextInt(5);
      int[] dc = random.nextBoolean() ? null : levels(blocks + off, random.nextInt(17));
      duel.residual4x4(levels(16 * blocks + off, random.nextInt(17)), off, levelScale().levelScale4x4(0, qP), qP,
          dc, off, blockMask(blocks), blocks, samples(maxSample), random.nextInt(100), STRIDE, maxSample, scratch);
    }
  }

  @Test
  void residual4x4WithDcOfEveryKind() {
    for (int i = 0; i < DUELS; i++) {
      int qP = random.nextInt(88);
      int[] dc = new int[16];
      Arrays.setAll(dc, k -> random.nextInt(3) == 0 ? 0 : random.nextInt() >> random.nextInt(32));
      duel.residual4x4(levels(256, random.nextInt(17)), 0, levelScale().levelScale4x4(0, qP), qP,
          dc, 0, blockMask(16), 16, samples(255), random.nextInt(100), STRIDE, 255, scratch);
    }
  }

  @Test
  void residual8x8() {
    for (int i = 0; i < DUELS; i++) {
      int qP = random.nextInt(88);
      int maxSample = maxSample();
      int off = random.nextInt(5);
      duel.residual8x8(levels(256 + off, random.nextInt(17)), off, levelScale().levelScale8x8(0, qP), qP,
          blockMask(4), samples(maxSample), random.nextInt(100), STRIDE, maxSample, scratch);
    }
  }

  @Test
  void theLastSamplesOfAPlaneAreReached() {
    for (int i = 0; i < 50; i++) {
      short[] samples = new short[15 * STRIDE + 16];
      int[] dc = new int[16];
      Arrays.fill(dc, 640);
      duel.residual4x4(
          new int[256], 0, new int[16], 20, dc, 0, 0, 16, samples, 0, STRIDE, 255, scratch);
      assertThat(samples[samples.length - 1]).isEqualTo((short) 10);
      duel.residual8x8(levels(256, 8), 0, levelScale().levelScale8x8(0, 30), 30, 15, samples, 0, STRIDE, 255, scratch);
    }
  }

  @Test
  void forwardTransforms() {
    for (int i = 0; i < DUELS; i++) {
      int range = 1 << (8 + random.nextInt(7));
      int[] residual = new int[256];
      Arrays.setAll(residual, k -> random.nextInt(2 * range - 1) - range + 1);
      int[] coefficients = new int[300];
      duel.forward4x4(residual, coefficients);
      duel.forward8x8(residual, coefficients);
    }
  }

  @Test
  void quantization() {
    for (int i = 0; i < DUELS; i++) {
      int qP = random.nextInt(88);
      LevelScale levelScale = levelScale();
      float[] scale =
          random.nextBoolean()
              ? Quantization.scale4x4(levelScale.levelScale4x4(0, qP), qP)
              : Quantization.scale8x8(levelScale.levelScale8x8(0, qP), qP);
      int shift = random.nextInt(32);
      int[] coefficients = new int[270];
      Arrays.setAll(coefficients, k -> random.nextInt() >> shift);
      int n = 16 * (1 + random.nextInt(16));
      duel.quantize(
          coefficients, random.nextInt(15), n, scale, random.nextFloat() / 2, new int[280], random.nextInt(20));
    }
  }
}
