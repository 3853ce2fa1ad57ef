package llm265.vector;

import java.util.Random;
import llm265.kernel.KernelDuel;
import llm265.lm.math.MatrixKernels;
import llm265.lm.math.ScalarMatrixKernels;
import org.junit.jupiter.api.Test;

/** Duels: a model must give the same bits on every machine. */
class VectorMatrixKernelsTest {
  private static final int DUELS = 300;

  private final MatrixKernels duel =
      KernelDuel.of(MatrixKernels.class, new ScalarMatrixKernels(), new VectorMatrixKernels());
  private final Random random = new Random(7);

  private float[] values(int n) {
    float[] values = new float[n];
    float scale = (float) Math.pow(10, random.nextInt(5) - 2);
    for (int i = 0; i < n; i++) {
      values[i] = random.nextInt(50) == 0 ? -0.0f : (float) random.nextGaussian() * scale;
    }
    return values;
  }

  @Test
  void products() {
    for (int i = 0; i < DUELS; i++) {
      int rows = random.nextInt(20);
      int depth = random.nextInt(40);
      int columns = random.nextInt(200);
      int aFrom = random.nextInt(9);
      int aStride = depth + random.nextInt(3);
      int bFrom = random.nextInt(9);
      int bStride = columns + random.nextInt(3);
      int cFrom = random.nextInt(9);
      int cStride = columns + random.nextInt(3);
      duel.multiply(
          values(aFrom + rows * aStride + depth), aFrom, aStride, rows, depth, values(bFrom + (depth + 1) * bStride), bFrom,
          bStride, columns, values(cFrom + (rows + 1) * cStride + 9), cFrom, cStride);
    }
  }

  @Test
  void softmaxes() {
    for (int i = 0; i < DUELS; i++) {
      int from = random.nextInt(9);
      int count = 1 + random.nextInt(150);
      duel.softmax(values(from + count + random.nextInt(9)), from, count);
    }
  }

  @Test
  void exponentials() {
    for (int i = 0; i < DUELS; i++) {
      int from = random.nextInt(9);
      int count = random.nextInt(150);
      duel.exponentials(values(from + count + random.nextInt(9)), from, count);
    }
  }

  @Test
  void exponentialsOfWhatIsNotANumberOrTooLarge() {
    float[] values = new float[40];
    float[] special = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 88, -87, 1e30f, -1e30f, 0, -0.0f, 87.9999f};
    for (int i = 0; i < values.length; i++) {
      values[i] = special[i % special.length];
    }
    duel.exponentials(values.clone(), 0, values.length);
    duel.softmax(values, 0, values.length);
  }
}
