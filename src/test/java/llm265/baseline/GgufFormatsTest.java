package llm265.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import llm265.moments.InputMoments;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link GgufRounded}, {@link Iq4Nl}, {@link Q4K} and {@link Q6K}. */
class GgufFormatsTest {
  private static final float[] SAMPLE = Synthetic.gauss(1 << 16, 5);

  private static float[] row(int size, float... values) {
    float[] row = new float[size];
    System.arraycopy(values, 0, row, 0, values.length);
    return row;
  }

  private static float[] quantized(String specification, float[] row) {
    return Synthetic.quantized(specification, new Layer("row", row, 1, row.length));
  }

  @Test
  void greatestMagnitudeBecomesTheLeastInteger() {
    // The scale is 4 / -8: 4 is -8, and -4 would be 8, which is clipped to 7. Halves go up.
    assertThat(quantized("q4_0", row(32, 4, -4, 1, -0.25f, 0.25f, 0.2f)))
        .startsWith(4, -3.5f, 1, -0.5f, 0, 0).hasSize(32);
    // -16 / -16 = 1.
    assertThat(quantized("q5_0", row(32, -16, 16, 3.5f, -3.5f))).startsWith(-16, 15, 4, -3);
    // 127 / 127 = 1, halves go away from zero.
    assertThat(quantized("q8_0", row(32, -127, 2.5f, -2.5f, 0.4f))).startsWith(-127, 3, -3, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"q4_0", "q5_0", "q8_0", "mxfp4", "rtn4g128sym"})
  void quantizedValuesStay(String specification) {
    float[] once = Synthetic.quantizedRows(specification, SAMPLE).weights();
    float[] twice = Synthetic.quantizedRows(specification, once).weights();
    if (specification.startsWith("rtn")) {
      // 2 amax / 15 finds its own scale again only if the range was used to its end, at -8 or 7.
      assertThat(Synthetic.snr(once, twice)).isGreaterThan(20);
    } else {
      assertThat(twice).isEqualTo(once);
    }
  }

  @Test
  void tableValuesOfOneScaleAreFound() {
    float[] values = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
    float[] row = new float[32];
    for (int i = 0; i < 32; i++) {
      row[i] = values[i % 16] * 0.03125f;
    }
    assertThat(quantized("iq4_nl", row)).containsExactly(row, within(1e-6f));
  }

  /** Super-blocks of wider rows; the searched formats beat those of the same bits that are not searched. */
  @ParameterizedTest
  @CsvSource({"q4_k, 4.5, 22.9, 22.0", "q6_k, 6.5625, 35.05, 34.5", "iq4_nl, 4.5, 22.35, 21.4"})
  void searchedFormatsHaveTheirQuality(String specification, double bits, double snr, double unsearched) {
    Layer layer = new Layer("sample", SAMPLE, SAMPLE.length / 512, 512);
    assertThat(unsearched).isLessThan(snr);
    assertThat(Synthetic.snr(SAMPLE, Synthetic.quantized(specification, layer))).isCloseTo(snr, within(0.1));
    assertThat(Baselines.of(specification, Workers.CALLER).quantize(LinearGroup.of(layer)).getFirst()
        .bitsPerValue()).isEqualTo(bits);
  }

  /** d sc q - dmin m with d = 1, dmin = 1: blocks with other scales and minima, all exact in the format. */
  @Test
  void valuesOfTheFormatAreFoundByQ4K() {
    float[] row = new float[256];
    int[] scales = {63, 1, 7, 20, 33, 50, 62, 2};
    int[] minima = {63, 0, 10, 5, 60, 1, 33, 20};
    for (int i = 0; i < 256; i++) {
      row[i] = scales[i / 32] * (i % 16) - minima[i / 32];
    }
    assertThat(quantized("q4_k", row)).isEqualTo(row);
  }

  @Test
  void valuesOfTheFormatAreFoundByQ6K() {
    float[] row = new float[256];
    int[] scales = {-128, 1, 7, 20, 33, 50, 62, 2, 127, 100, -5, 90, 64, 32, -77, 3};
    for (int i = 0; i < 256; i++) {
      row[i] = scales[i / 16] * (i % 16 == 0 ? -32 : (i * 37) % 63 - 31);
    }
    assertThat(quantized("q6_k", row)).isEqualTo(row);
  }

  /** An importance matrix trades values that matter little for those that do, with the same bits. */
  @ParameterizedTest
  @ValueSource(strings = {"q4_0", "q5_0", "iq4_nl", "q4_k", "q6_k"})
  void importanceLessensTheWeightedError(String specification) {
    int n = 512;
    Layer layer = new Layer("sample", SAMPLE, SAMPLE.length / n, n);
    double[] second = new double[n * n];
    for (int i = 0; i < n; i++) {
      second[i * n + i] = Math.exp(2 * SAMPLE[i]);
    }
    InputMoments moments = Synthetic.withSecond(second, n);
    LinearGroup group = LinearGroup.of(layer).with(moments);
    QuantizedLayer plain = Baselines.of(specification, Workers.CALLER).quantize(group).getFirst();
    QuantizedLayer weighted = Baselines.of(specification + "-imatrix", Workers.CALLER).quantize(group).getFirst();
    assertThat(weighted.bits()).isEqualTo(plain.bits());
    assertThat(OutputError.of(layer, weighted.weights(), moments, Workers.CALLER))
        .isLessThan(0.9 * OutputError.of(layer, plain.weights(), moments, Workers.CALLER));
  }

  @Test
  void positiveValuesHaveNoMinimumInQ4K() {
    float[] row = new float[256];
    for (int i = 0; i < 256; i++) {
      row[i] = 100 + i % 16;
    }
    // Minima cannot be above 0, so 4 bits span 0 to 115.
    assertThat(quantized("q4_k", row)).containsExactly(row, within(5f));
  }
}
