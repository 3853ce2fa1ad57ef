package llm265.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import llm265.h264.rate.ScalarTrellisKernels;
import llm265.h264.rate.TrellisKernels;
import llm265.kernel.KernelDuel;
import org.junit.jupiter.api.Test;

/** Duels: costs must agree to the last bit, or choices will not. */
class VectorTrellisKernelsTest {
  private static final int BLOCKS = TrellisKernels.BLOCKS;

  private final TrellisKernels duel =
      KernelDuel.of(TrellisKernels.class, new ScalarTrellisKernels(), new VectorTrellisKernels());
  private final Random random = new Random(5);

  /** In units of a sixty-fourth. */
  private int[] coefficients(double deviation) {
    int[] coefficients = new int[16 * BLOCKS];
    for (int k = 0; k < coefficients.length; k++) {
      double magnitude = random.nextGaussian() * deviation;
      // Some on the very edges of the cases
      magnitude = random.nextInt(6) == 0 ? Math.rint(2 * magnitude) / 2 : magnitude;
      double greatest = TrellisKernels.MAGNITUDES - 1;
      coefficients[k] = (int) Math.rint(64 * Math.clamp(magnitude, -greatest, greatest));
    }
    return coefficients;
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
      search(coefficients(Math.exp(6 * random.nextDouble() - 2)), costs(random.nextFloat()));
    }
  }

  @Test
  void largeLevels() {
    for (int round = 0; round < 300; round++) {
      search(coefficients(Math.exp(2 + 11 * random.nextDouble())), costs(100 * random.nextFloat()));
    }
  }

  @Test
  void amongEqualCostsTheSameWayIsTaken() {
    for (int round = 0; round < 500; round++) {
      int[] coefficients = coefficients(2);
      for (int k = 0; k < coefficients.length; k++) {
        coefficients[k] = coefficients[k] / 32 * 32;
      }
      float[] costs = costs(0);
      for (int k = 0; k < costs.length; k++) {
        costs[k] = random.nextInt(3) / 4f;
      }
      search(coefficients, costs);
    }
  }

  private void search(int[] coefficients, float[] costs) {
    searchBlock(coefficients, costs);
    searchTogether(coefficients, costs);
  }

  private void searchBlock(int[] coefficients, float[] costs) {
    int numCoeff = 1 + random.nextInt(64);
    float[] magnitudes = new float[64];
    for (int i = 0; i < numCoeff; i++) {
      magnitudes[i] = Math.abs(coefficients[i]) / 64f;
    }
    float[] paths = new float[TrellisKernels.STATES];
    duel.searchBlock(magnitudes, numCoeff, costs, new int[64], paths, new float[TrellisKernels.SCRATCH]);
    // A block of zeros is always possible.
    float zeros = 0;
    for (int i = numCoeff - 1; i >= 0; i--) {
      zeros += magnitudes[i] * magnitudes[i];
    }
    assertThat(paths[0]).isEqualTo(zeros);
  }

  private void searchTogether(int[] coefficients, float[] costs) {
    float[] scale = new float[16];
    Arrays.fill(scale, 1 / 64f);
    int[] scanned = new int[TrellisKernels.COEFFICIENTS * BLOCKS];
    int[] choices = new int[scanned.length];
    int[] best = new int[TrellisKernels.CTX_IDX_INCS * BLOCKS];
    duel.search(coefficients, scale, costs, scanned, choices, best, new float[TrellisKernels.SCRATCH]);
    int[] levels = new int[16 * BLOCKS];
    for (int ctxIdxInc = 0; ctxIdxInc < TrellisKernels.CTX_IDX_INCS; ctxIdxInc++) {
      int[] states = Arrays.copyOfRange(best, BLOCKS * ctxIdxInc, BLOCKS * ctxIdxInc + BLOCKS);
      Arrays.fill(levels, 7);
      duel.trace(scanned, scale, choices, states, levels, new int[TrellisKernels.SCRATCH]);
      assertWays(coefficients, states, levels);
    }
  }

  /** Levels are magnitudes rounded down or up, or 0, and count up to the states that the ways begin with (9.3.3.1.3). */
  private static void assertWays(int[] coefficients, int[] states, int[] levels) {
    for (int block = 0; block < BLOCKS; block++) {
      int ones = 0;
      int greater = 0;
      assertThat(levels[16 * block]).isEqualTo(7);
      for (int k = 16 * block + 1; k < 16 * block + 16; k++) {
        assertThat(levels[k] == 0 || Math.abs(levels[k] * 64 - coefficients[k]) < 64).isTrue();
        ones += Math.abs(levels[k]) == 1 ? 1 : 0;
        greater += Math.abs(levels[k]) > 1 ? 1 : 0;
      }
      assertThat(states[block]).isEqualTo(greater > 0 ? Math.min(3 + greater, 7) : Math.min(ones, 3));
    }
  }
}
