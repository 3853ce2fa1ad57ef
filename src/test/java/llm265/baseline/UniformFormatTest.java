package llm265.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UniformFormatTest {
  private static float[] quantized(String specification, float... row) {
    return Synthetic.quantized(specification, new Layer("row", row, 1, row.length));
  }

  @Test
  void asymmetricRangesIncludeZero() {
    // 0 to 14 in steps of 2, halves to even.
    assertThat(quantized("rtn3", 14, 7, 5, 3, 13)).containsExactly(14, 8, 4, 4, 12);
    // -4 to 10 in steps of 2: the zero is 2.
    assertThat(quantized("rtn3", -4, 10, 0, -1, 1)).containsExactly(-4, 10, 0, 0, 0);
  }

  @Test
  void symmetricRangesDifferInTheirSteps() {
    // 2 * 3.75 / 7.5 = 1 with 4 bits: 3.75 * 2 / 15 = 0.5, codes to 7.
    assertThat(quantized("rtn4sym", 3.75f, -3.75f, 1)).containsExactly(3.5f, -4, 1);
    // 7 / 7 = 1.
    assertThat(quantized("rtn4symq", 7, -7, -0.5f, 1.5f)).containsExactly(7, -7, 0, 2);
  }

  @Test
  void scalesAreHalfFloats() {
    float scale = Float.float16ToFloat(Float.floatToFloat16(1 / 3f));
    assertThat(scale).isNotEqualTo(1 / 3f);
    assertThat(quantized("rtn4symq", 7 / 3f, 1)).containsExactly(7 * scale, 3 * scale);
    // Beyond their range.
    assertThat(quantized("rtn2symq", 1e9f)).containsExactly(65_504);
    assertThat(quantized("rtn4", 1e-9f, -1e-9f)).containsExactly(0, 0);
  }

  @Test
  void clippingMeetsTheSearchedOptimum() {
    float[] row = Synthetic.gauss(128, 3);
    UniformFormat format = new UniformFormat(3, 0, UniformFormat.Range.SYMMETRIC_WIDE, true);
    Grid grid = new Grid();
    format.fit(row, 0, 128, 1, grid);
    double chosen = error(row, grid.scale, grid);
    UniformFormat plain = new UniformFormat(3, 0, UniformFormat.Range.SYMMETRIC_WIDE, false);
    plain.fit(row, 0, 128, 1, grid);
    float widest = grid.scale;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < 80; i++) {
      float scale = Float.float16ToFloat(Float.floatToFloat16(widest * (1 - i / 100f)));
      least = Math.min(least, error(row, scale, grid));
    }
    assertThat(chosen).isCloseTo(least, within(2e-3 * least)).isLessThan(0.6 * error(row, widest, grid));
  }

  private static double error(float[] row, float scale, Grid grid) {
    grid.set(scale, grid.lowest, grid.steps);
    double sum = 0;
    for (float value : row) {
      sum += Math.pow(Math.abs(value - grid.nearest(value)), 2.4);
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 1e-30f, 3e-5f, 0.1f, 1, 1.5f, 1234.5f, -7, 1e30f})
  void tablesGiveThePower(float error) {
    double expected = Math.pow(Math.abs((double) error), 2.4);
    assertThat(ClipError.of(error)).isCloseTo(expected, within(1e-7 * expected));
  }
}
