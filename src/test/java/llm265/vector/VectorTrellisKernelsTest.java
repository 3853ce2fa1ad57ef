package llm265.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import llm265.h264.cabac.ScalarTrellisKernels;
import llm265.h264.cabac.TrellisKernels;
import llm265.kernel.KernelDuel;
import org.junit.jupiter.api.Test;

/** Duels: costs must agree to the last bit, and choices with them. */
class VectorTrellisKernelsTest {
  private static final int BLOCKS = TrellisKernels.BLOCKS;

  private final TrellisKernels duel =
      KernelDuel.of(TrellisKernels.class, new ScalarTrellisKernels(), new VectorTrellisKernels());
  private final Random random = new Random(5);

  private float[] magnitudes(double deviation) {
    float[] magnitudes = new float[16 * BLOCKS];
    for (int k = 0; k < magnitudes.length; k++) {
      double magnitude = Math.abs(random.nextGaussian()) * deviation;
      // Some on the very edges of the cases
      magnitude = random.nextInt(6) == 0 ? Math.rint(2 * magnitude) / 2 : magnitude;
      magnitudes[k] = (float) Math.min(magnitude, Math.nextDown((float) TrellisKernels.MAGNITUDES));
    }
    return magnitudes;
  }

  private float[] costs(float scale) {
    float[] costs = new float[TrellisKernels.COSTS];
    for (int k = 0; k < costs.length; k++) {
      costs[k] = scale * random.nextFloat();
    }
    return costs;
  }

  @Test
  void theSameWaysAreFound() {
    for (int round = 0; round < 2000; round++) {
      int numCoeff = 1 + random.nextInt(16);
      search(magnitudes(Math.exp(6 * random.nextDouble() - 2)), numCoeff, costs(random.nextFloat()));
    }
  }

  @Test
  void largeLevels() {
    for (int round = 0; round < 300; round++) {
      search(magnitudes(Math.exp(2 + 11 * random.nextDouble())), 15, costs(100 * random.nextFloat()));
    }
  }

  @Test
  void amongEqualCostsTheSameWayIsTaken() {
    for (int round = 0; round < 500; round++) {
      float[] magnitudes = magnitudes(2);
      for (int k = 0; k < magnitudes.length; k++) {
        magnitudes[k] = (float) Math.rint(2 * magnitudes[k]) / 2;
      }
      float[] costs = costs(0);
      for (int k = 0; k < costs.length; k++) {
        costs[k] = random.nextInt(3) / 4f;
      }
      search(magnitudes, 15, costs);
    }
  }

  private void search(float[] magnitudes, int numCoeff, float[] costs) {
    float[] paths = new float[TrellisKernels.STATES * BLOCKS];
    duel.search(magnitudes, numCoeff, costs, paths, new int[32 * BLOCKS], new float[TrellisKernels.SCRATCH]);
    // A block of zeros is always possible.
    for (int block = 0; block < BLOCKS; block++) {
      float zeros = 0;
      for (int i = numCoeff - 1; i >= 0; i--) {
        zeros += magnitudes[BLOCKS * i + block] * magnitudes[BLOCKS * i + block];
      }
      assertThat(paths[block]).isEqualTo(zeros);
    }
  }
}
