package llm265.vector;

import java.util.Random;
import llm265.h264.deblock.DeblockKernels;
import llm265.h264.deblock.ScalarDeblockKernels;
import llm265.kernel.KernelDuel;
import org.junit.jupiter.api.Test;

/** Duels: whole planes are compared, so that a change beside the macroblock is found as well. */
class VectorDeblockKernelsTest {
  private static final int STRIDE = 48;
  private static final int HEIGHT = 48;

  private final DeblockKernels duel =
      KernelDuel.of(DeblockKernels.class, new ScalarDeblockKernels(), new VectorDeblockKernels());
  private final short[] scratch = new short[DeblockKernels.SCRATCH];
  private final Random random = new Random(8);

  /** From flat to noise, with steps between blocks, at any level of grey including the ends of the range. */
  private short[] plane(int maxSample) {
    short[] samples = new short[STRIDE * HEIGHT];
    int unit = (maxSample + 1) / 256;
    int level = random.nextInt(maxSample + 1);
    int noise = unit * random.nextInt(1 << random.nextInt(6));
    int step = unit * random.nextInt(1 << random.nextInt(6));
    int[] steps = new int[STRIDE * HEIGHT];
    for (int k = 0; k < steps.length; k++) {
      steps[k] = random.nextInt(2 * step + 1) - step;
    }
    for (int k = 0; k < samples.length; k++) {
      int block = k / STRIDE / 4 * STRIDE + k % STRIDE / 4;
      int value = level + steps[block] + random.nextInt(2 * noise + 1) - noise;
      samples[k] = (short) Math.max(0, Math.min(maxSample, value));
    }
    return samples;
  }

  private int[] thresholds(int maxSample) {
    int unit = (maxSample + 1) / 256;
    int[] thresholds = new int[6];
    for (int at = 0; at < 6; at += 3) {
      boolean none = random.nextInt(10) == 0;
      thresholds[at] = none ? 0 : unit * (4 + random.nextInt(252));
      thresholds[at + 1] = none ? 0 : unit * (2 + random.nextInt(17));
      thresholds[at + 2] = random.nextBoolean() ? -1 : unit * random.nextInt(26);
    }
    return thresholds;
  }

  @Test
  void lumaEdgesOfBothDirections() {
    for (int i = 0; i < 1500; i++) {
      int maxSample = (1 << (i % 3 == 0 ? 8 + random.nextInt(7) : 8)) - 1;
      int offset = (16 + random.nextInt(15)) * STRIDE + 16 + random.nextInt(15);
      boolean vertical = random.nextBoolean();
      duel.filterLuma(plane(maxSample), offset, vertical ? 1 : STRIDE, vertical ? STRIDE : 1, random.nextInt(16),
          thresholds(maxSample), maxSample, scratch);
    }
  }

  @Test
  void macroblocksInTheCornersOfThePlane() {
    for (int i = 0; i < 150; i++) {
      boolean last = random.nextBoolean();
      int offset = last ? (HEIGHT - 16) * STRIDE + STRIDE - 16 : 0;
      int edges = last ? 15 : 14;
      duel.filterLuma(plane(255), offset, 1, STRIDE, edges, thresholds(255), 255, scratch);
      duel.filterLuma(plane(255), offset, STRIDE, 1, edges, thresholds(255), 255, scratch);
    }
  }

  @Test
  void chromaEdges() {
    for (int i = 0; i < 500; i++) {
      int offset = (8 + random.nextInt(15)) * STRIDE + 8 + random.nextInt(15);
      boolean vertical = random.nextBoolean();
      duel.filterChroma(plane(255), offset, vertical ? 1 : STRIDE, vertical ? STRIDE : 1, 8 << random.nextInt(2),
          random.nextInt(4), thresholds(255), 255);
    }
  }
}
