package llm265.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HadamardRotationTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 12, 16, 40, 176, 256, 384, 704, 896, 46, 7})
  void inverseUndoesItAndLengthsStay(int n) {
    HadamardRotation rotation = new HadamardRotation(n, 1);
    double[] row = new double[n];
    double square = 0;
    float[] values = gauss(n);
    for (int i = 0; i < n; i++) {
      row[i] = values[i];
      square += row[i] * row[i];
    }
    rotation.apply(row);
    double rotated = 0;
    for (double value : row) {
      rotated += value * value;
    }
    assertThat(rotated).isCloseTo(square, within(1e-9 * square));
    rotation.invert(row);
    for (int i = 0; i < n; i++) {
      assertThat(row[i]).isCloseTo(values[i], within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 12, 256, 384, 704, 896, 4864, 5632, 11008, 13824, 14336, 18944})
  void spreadsOneInputOverAll(int n) {
    HadamardRotation rotation = new HadamardRotation(n, 1);
    assertThat(rotation.isWhole()).isTrue();
    double[] row = new double[n];
    row[n / 2] = 1;
    rotation.apply(row);
    for (double value : row) {
      assertThat(Math.abs(value)).isCloseTo(1 / Math.sqrt(n), within(1e-12));
    }
  }

  @Test
  void sizesWithoutAMatrixRotateBlocks() {
    // 46 = 2 * 23, and Hadamard matrices above 2 have orders that 4 divides.
    HadamardRotation rotation = new HadamardRotation(46, 1);
    assertThat(rotation.isWhole()).isFalse();
    double[] row = new double[46];
    row[10] = 1;
    rotation.apply(row);
    for (int i = 0; i < 46; i++) {
      assertThat(Math.abs(row[i])).isCloseTo(i == 10 || i == 11 ? Math.sqrt(0.5) : 0, within(1e-12));
    }
  }

  private static float[] gauss(int n) {
    SplittableRandom random = new SplittableRandom(2);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
