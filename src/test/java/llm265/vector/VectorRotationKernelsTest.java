package llm265.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import llm265.kernel.KernelDuel;
import llm265.tensor.tools.RotationKernels;
import llm265.tensor.tools.ScalarRotationKernels;
import org.junit.jupiter.api.Test;

/** Duels: sums must agree to the last bit, as decoders make them again. */
class VectorRotationKernelsTest {
  private static final int DUELS = 1000;

  private final RotationKernels duel =
      KernelDuel.of(RotationKernels.class, new ScalarRotationKernels(), new VectorRotationKernels());
  private final Random random = new Random(5);

  private float[] values(int n) {
    float[] values = new float[n];
    float scale = (float) Math.pow(10, random.nextInt(9) - 4);
    for (int i = 0; i < n; i++) {
      values[i] = random.nextInt(50) == 0 ? -0.0f : (float) random.nextGaussian() * scale;
    }
    return values;
  }

  @Test
  void products() {
    for (int i = 0; i < DUELS; i++) {
      int rows = random.nextInt(20);
      int depth = random.nextInt(30);
      int width = RotationKernels.WIDTH * (1 + random.nextInt(4));
      int from = random.nextInt(9);
      int bFrom = random.nextInt(9);
      int sumsFrom = random.nextInt(9);
      boolean byRows = random.nextBoolean();
      int step = (byRows ? depth : rows) + random.nextInt(3);
      duel.addProducts(
          values(from + (byRows ? rows : depth) * step + 1), from, byRows ? step : 1, byRows ? 1 : step, rows, depth,
          values(bFrom + depth * width), bFrom, width, values(sumsFrom + rows * width + 9), sumsFrom);
    }
  }

  @Test
  void productsOfSmallMatrices() {
    // Two rows by three, of which the second column is left out, times two rows.
    float[] a = {1, 9, 2, 3, 9, 4};
    float[] b = new float[2 * RotationKernels.WIDTH];
    b[0] = 10;
    b[RotationKernels.WIDTH] = 100;
    b[RotationKernels.WIDTH - 1] = 1;
    float[] sums = new float[2 * RotationKernels.WIDTH];
    sums[0] = 0.5f;
    duel.addProducts(a, 0, 3, 2, 2, 2, b, 0, RotationKernels.WIDTH, sums, 0);
    assertThat(sums).startsWith(210.5f, 0);
    assertThat(sums[RotationKernels.WIDTH]).isEqualTo(430);
    assertThat(sums).endsWith(3);
  }

  @Test
  void reflections() {
    for (int i = 0; i < DUELS; i++) {
      int columns = random.nextInt(80);
      int stride = columns + random.nextInt(9);
      int from = random.nextInt(9);
      float[] vector = values(random.nextInt(30));
      duel.reflect(
          values(from + vector.length * stride + columns), from, stride, columns, vector, random.nextFloat(), new float[columns]);
    }
  }

  @Test
  void aReflectionNegatesItsVectorAndLeavesWhatIsOrthogonal() {
    float[] plane = {3, 4, 4, -3};
    duel.reflect(plane, 0, 2, 2, new float[] {3, 4}, 2f / 25, new float[2]);
    assertThat(plane).containsExactly(-3, 4, -4, -3);
  }
}
