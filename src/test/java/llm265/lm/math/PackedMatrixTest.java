package llm265.lm.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;

class PackedMatrixTest {
  private final Random random = new Random(3);

  private float[] values(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void multipliesAsWritten() {
    for (int[] size : new int[][] {{1, 1}, {63, 5}, {64, 7}, {65, 16}, {200, 33}}) {
      int outputs = size[0];
      int inputs = size[1];
      float[] w = values(outputs * inputs);
      float[] transposed = new float[w.length];
      for (int i = 0; i < w.length; i++) {
        transposed[i % inputs * outputs + i / inputs] = w[i];
      }
      int rows = 13;
      float[] x = values(2 + rows * inputs);
      float[] y = new float[rows * outputs];
      PackedMatrix.of(outputs, inputs, w).multiply(x, 2, rows, y, Workers.CALLER);
      float[] same = new float[rows * outputs];
      PackedMatrix.ofTransposed(outputs, inputs, transposed).multiply(x, 2, rows, same, Workers.CALLER);
      for (int r = 0; r < rows; r++) {
        for (int n = 0; n < outputs; n++) {
          float sum = 0;
          for (int k = 0; k < inputs; k++) {
            sum += x[2 + r * inputs + k] * w[n * inputs + k];
          }
          assertThat(y[r * outputs + n]).isEqualTo(sum);
        }
      }
      assertThat(same).isEqualTo(y);
    }
  }

  @Test
  void givesItsRowsBack() {
    float[] w = values(70 * 3);
    float[] row = new float[4];
    PackedMatrix.of(70, 3, w).copyRow(66, row, 1);
    assertThat(row).containsExactly(0, w[198], w[199], w[200]);
  }

  @Test
  void threadsDoNotChangeABit() {
    int outputs = 1000;
    int inputs = 300;
    int rows = 50;
    PackedMatrix matrix = PackedMatrix.of(outputs, inputs, values(outputs * inputs));
    float[] x = values(rows * inputs);
    float[] alone = new float[rows * outputs];
    matrix.multiply(x, 0, rows, alone, Workers.CALLER);
    float[] shared = new float[rows * outputs];
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      matrix.multiply(x, 0, rows, shared, new Workers(executor, 4));
    }
    assertThat(shared).isEqualTo(alone);
  }

  @Test
  void refusesValuesOfAnotherSize() {
    assertThatThrownBy(() -> PackedMatrix.of(2, 3, 1, 2, 3, 4, 5))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("5 values are not a matrix of 2 x 3");
  }
}
