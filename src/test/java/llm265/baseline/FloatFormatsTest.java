package llm265.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Float4}, {@link MxFp4}, {@link NvFp4} and {@link NormalFloat4}. */
class FloatFormatsTest {
  private static float[] quantized(String specification, float... row) {
    return Synthetic.quantized(specification, new Layer("row", row, 1, row.length));
  }

  @ParameterizedTest
  @CsvSource({"0.25,0", "0.26,0.5", "0.75,1", "0.74,0.5", "1.25,1", "1.75,2", "2.5,2", "2.51,3", "3.5,4", "3.49,3", "5,4",
    "5.01,6", "7,6", "-0.75,-1", "-100,-6"})
  void tiesGoToEvenCodes(float value, float expected) {
    assertThat(Float4.nearest(value)).isEqualTo(expected);
  }

  @Test
  void exponentIsThatOfTheGreatest() {
    // floor(log2 7.9) - 2 = 0: 7.9 is clipped to 6.
    assertThat(quantized("mxfp4", 7.9f, 5.5f, -0.3f, 0)).containsExactly(6, 6, -0.5f, 0);
    // floor(log2 8) - 2 = 1.
    assertThat(quantized("mxfp4", 8, 5.5f, -0.3f, 0)).containsExactly(8, 6, -0f, 0);
    assertThat(quantized("mxfp4", 0x1p-140f, 0)).containsExactly(0, 0);
    assertThat(quantized("mxfp4", 0x1p-120f, 0)).containsExactly(0x1p-120f, 0);
  }

  @Test
  void blocksHaveScalesOfTheirOwn() {
    float[] row = new float[32];
    row[0] = 6 * 448;
    row[1] = 448;
    row[16] = 6;
    row[17] = 0.5f;
    row[18] = 6.6f;
    // The global factor is 1; 1.1 is not an E4M3, 1.125 is.
    float[] decoded = quantized("nvfp4", row);
    assertThat(decoded).startsWith(2688, 448);
    assertThat(decoded[16]).isEqualTo(6.75f);
    assertThat(decoded[17]).isEqualTo(0.5625f);
    assertThat(decoded[18]).isEqualTo(6.75f);
  }

  @Test
  void quantilesOfTheGreatest() {
    float[] decoded = quantized("nf4", -2, 2, 0.001f, 0.88f, -0.9f);
    assertThat(decoded).containsExactly(new float[] {-2, 2, 0, 0.8814197f, -0.7898350f}, within(1e-6f));
    // 64 values a block, over the ends of rows.
    Layer rows = new Layer("rows", Synthetic.gauss(3 * 32, 1), 3, 32);
    float greatest = 0;
    for (int i = 64; i < 96; i++) {
      greatest = Math.max(greatest, Math.abs(rows.weights()[i]));
    }
    float[] result = Synthetic.quantized("nf4", rows);
    float last = 0;
    for (int i = 64; i < 96; i++) {
      last = Math.max(last, Math.abs(result[i]));
    }
    assertThat(last).isEqualTo(greatest);
  }

  @Test
  void doubleQuantizationCostsLittle() {
    float[] sample = Synthetic.gauss(1 << 16, 2);
    float[] once = Synthetic.quantizedRows("nf4", sample).weights();
    float[] twice = Synthetic.quantizedRows("nf4dq", sample).weights();
    assertThat(Synthetic.snr(once, twice)).isGreaterThan(35);
    assertThat(Synthetic.snr(sample, twice)).isCloseTo(Synthetic.snr(sample, once), within(0.03));
    // Scales that are all alike are their mean.
    assertThat(quantized("nf4dq", 3, -3, 0)).containsExactly(3, -3, 0);
  }
}
