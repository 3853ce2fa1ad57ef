package llm265.runtime.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixAxesTest {
  /** L N R, N normal: coefficients are N over singular values, on axes that L and R have turned. */
  private static final class Gradients {
    private final Random random;
    private final int rows;
    private final int columns;
    private final double[] left;
    private final double[] right;

    Gradients(long seed, int rows, int columns) {
      random = new Random(seed);
      this.rows = rows;
      this.columns = columns;
      left = mixture(rows);
      right = mixture(columns);
    }

    /** A matrix whose columns get smaller and smaller. */
    private double[] mixture(int size) {
      double[] matrix = new double[size * size];
      for (int i = 0; i < matrix.length; i++) {
        matrix[i] = random.nextGaussian() * Math.pow(0.8, i % size);
      }
      return matrix;
    }

    float[] next() {
      double[] noise = new double[rows * columns];
      for (int i = 0; i < noise.length; i++) {
        noise[i] = random.nextGaussian();
      }
      double[] half = new double[noise.length];
      for (int i = 0; i < rows; i++) {
        for (int k = 0; k < rows; k++) {
          for (int j = 0; j < columns; j++) {
            half[i * columns + j] += left[i * rows + k] * noise[k * columns + j];
          }
        }
      }
      float[] result = new float[noise.length];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          double sum = 0;
          for (int k = 0; k < columns; k++) {
            sum += half[i * columns + k] * right[j * columns + k];
          }
          result[i * columns + j] = (float) sum;
        }
      }
      return result;
    }
  }

  @ParameterizedTest
  @CsvSource({"24, 40", "40, 24", "300, 20"})
  void coefficientsDeviateAsExpected(int rows, int columns) {
    Gradients gradients = new Gradients(1, rows, columns);
    MatrixAxes axes = new MatrixAxes(rows, columns);
    for (int i = 0; i < 12; i++) {
      axes.add(gradients.next(), 0);
      axes.learn();
    }
    float[] values = gradients.next();
    float[] coefficients = values.clone();
    axes.forward(coefficients, 0);
    int[] units = new int[values.length];
    axes.expect(units, 0);
    double energy = 0;
    double squares = 0;
    double gain = 0;
    double ratio = 0;
    double expected = 0;
    for (int i = 0; i < values.length; i++) {
      energy += (double) coefficients[i] * coefficients[i] / values.length;
      squares += (double) values[i] * values[i] / values.length;
    }
    for (int i = 0; i < values.length; i++) {
      double deviation = Math.pow(2, units[i] / 48.0);
      gain -= units[i] / 48.0 / values.length;
      if (deviation > 0.01) {
        ratio += coefficients[i] * coefficients[i] / energy / (deviation * deviation);
        expected++;
      }
    }
    // Axes are orthonormal.
    assertThat(energy).isEqualTo(squares, within(1e-4 * squares));
    // Bits a value that a coder saves; and variances are as expected, within half an octave and what chance takes.
    assertThat(gain).isGreaterThan(2);
    assertThat(ratio / expected).isBetween(0.5, 3.0);
    axes.inverse(coefficients, 0);
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      worst = Math.max(worst, Math.abs(coefficients[i] - values[i]));
    }
    assertThat(worst).isLessThan(1e-4 * Math.sqrt(squares));
    MatrixAxes restored = new MatrixAxes(rows, columns);
    restored.restore(axes.state());
    float[] again = values.clone();
    restored.forward(again, 0);
    float[] before = values.clone();
    axes.forward(before, 0);
    assertThat(again).isEqualTo(before);
  }
}
