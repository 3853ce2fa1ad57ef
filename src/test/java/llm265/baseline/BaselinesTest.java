package llm265.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaselinesTest {
  private static final float[] LAPLACE = Synthetic.laplace(1 << 18, 2);

  /** The known qualities of 2^20 normal values, computed apart from this code. */
  @ParameterizedTest
  @CsvSource({
    "rtn2g128, 2.140625, 5.96", "rtn3g128, 3.1484375, 13.32", "rtn4g128, 4.15625, 19.94", "rtn8g128, 8.1875, 44.54",
    "rtn4g128sym, 4.125, 19.09", "rtn4g128symq, 4.125, 18.60", "rtn3g128sym, 3.125, 12.48", "rtn2g128sym, 2.125, 5.19",
    "mxfp4, 4.25, 18.77", "q4_0, 4.5, 21.31", "iq4_nl, 4.5, 22.35", "q5_0, 5.5, 27.39", "q8_0, 8.5, 45.43", "nf4, 4.5, 20.72",
  })
  void normalValuesHaveTheKnownQuality(String specification, double bits, double snr) {
    QuantizedLayer result = Synthetic.quantizedRows(specification, Synthetic.GAUSS);
    assertThat(result.bitsPerValue()).isEqualTo(bits);
    assertThat(Synthetic.snr(Synthetic.GAUSS, result.weights())).isCloseTo(snr, within(0.04));
  }

  @ParameterizedTest
  @CsvSource({
    "rtn4g128, 17.69", "rtn4g128sym, 16.38", "rtn4g128symq, 15.89", "nf4, 19.69", "mxfp4, 17.99", "nvfp4, 20.66", "q4_0, 19.42",
    "iq4_nl, 21.11", "q5_0, 25.42", "q8_0, 43.43",
  })
  void laplacianValuesHaveTheKnownQuality(String specification, double snr) {
    QuantizedLayer result = Synthetic.quantizedRows(specification, LAPLACE);
    assertThat(Synthetic.snr(LAPLACE, result.weights())).isCloseTo(snr, within(0.08));
  }

  /** The known qualities are of another draw of 128 column scales, hence the tolerance; methods are farther apart. */
  @ParameterizedTest
  @CsvSource({"rtn4g128, 15.19", "rtn4g128sym, 13.26", "nf4, 17.74", "mxfp4, 16.38", "nvfp4, 21.01", "iq4_nl, 19.31"})
  void scaledColumnsHaveTheKnownQuality(String specification, double snr) {
    float[] columns = Synthetic.gauss(1 << 18, 3);
    float[] logarithms = Synthetic.gauss(Synthetic.COLUMNS, 4);
    for (int i = 0; i < columns.length; i++) {
      columns[i] *= (float) Math.exp(logarithms[i % Synthetic.COLUMNS]);
    }
    QuantizedLayer result = Synthetic.quantizedRows(specification, columns);
    assertThat(Synthetic.snr(columns, result.weights())).isCloseTo(snr, within(0.7));
  }

  @Test
  void bitsOfWholeLayersAreCounted() {
    long values = Synthetic.VALUES;
    assertThat(Synthetic.quantizedRows("nvfp4", Synthetic.GAUSS).bits()).isEqualTo(values * 9 / 2 + 32);
    assertThat(Synthetic.quantizedRows("nf4dq", Synthetic.GAUSS).bits())
        .isEqualTo(values * 4 + values / 64 * 8 + values / 64 / 256 * 32 + 32);
    Layer wide = Synthetic.layer("wide", 4, 1024, 3);
    List<QuantizedLayer> progressive = Baselines.of("qserve4g128", Workers.CALLER).quantize(LinearGroup.of(wide));
    assertThat(progressive.getFirst().bitsPerValue()).isEqualTo(4 + 12.0 / 128 + 16.0 / 1024);
    assertThat(Baselines.of("q4_k", Workers.CALLER).quantize(LinearGroup.of(wide)).getFirst().bitsPerValue()).isEqualTo(4.5);
    assertThat(Baselines.of("q6_k", Workers.CALLER).quantize(LinearGroup.of(wide)).getFirst().bitsPerValue()).isEqualTo(6.5625);
    assertThat(Baselines.of("rtn3", Workers.CALLER).quantize(LinearGroup.of(wide)).getFirst().bits())
        .isEqualTo(3 * 4096 + 4 * 16 + 16);
  }

  @Test
  void shortLastGroupsAndBlocksCountInFull() {
    Layer layer = Synthetic.layer("short", 5, 33, 4);
    assertThat(Baselines.of("rtn4g32", Workers.CALLER).quantize(LinearGroup.of(layer)).getFirst().bits())
        .isEqualTo(664 + 10 * 16 + 10 * 4);
    assertThat(Baselines.of("q4_0", Workers.CALLER).quantize(LinearGroup.of(layer)).getFirst().bits())
        .isEqualTo(5 * 2 * 18 * 8);
    // Rows that are no super-blocks fall back to Q8_0 and Q5_0.
    Layer half = Synthetic.layer("half", 3, 128, 5);
    assertThat(Baselines.of("q6_k", Workers.CALLER).quantize(LinearGroup.of(half)).getFirst().bitsPerValue()).isEqualTo(8.5);
    assertThat(Synthetic.quantized("q4_k", half)).isEqualTo(Synthetic.quantized("q5_0", half));
    // The format goes through rows: 165 values are three blocks.
    assertThat(Baselines.of("nf4", Workers.CALLER).quantize(LinearGroup.of(layer)).getFirst().bits()).isEqualTo(664 + 3 * 32);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "rtn4", "rtn2g16-mse", "nf4", "nf4dq", "mxfp4", "nvfp4", "q4_0", "q5_0", "q8_0", "iq4_nl", "q4_k", "q6_k", "q4_0-imatrix",
    "q5_0-imatrix", "iq4_nl-imatrix", "q4_k-imatrix", "q6_k-imatrix", "gptq3g16",
    "gptq4g16sym-mse-actorder", "gptq4g16-actorder-static", "awq3g16", "quarot3", "quarot4g16asym-gptq", "qserve4g16",
    "qserve4g16-rotate-gptq",
  })
  void everyMethodTakesWhatLayersCanBe(String specification) {
    WeightQuantizer quantizer = Baselines.of(specification, Workers.CALLER);
    assertThat(quantizer.name()).isEqualTo(specification);
    assertThat(quantizer.settings()).isNotBlank().doesNotContain("\n");
    for (int in : new int[] {1, 3, 24, 40}) {
      float[] rows = Synthetic.gauss(6 * in, in);
      for (int c = 0; c < in; c++) {
        rows[c] = 0;
        rows[in + c] = 0.75f;
        rows[2 * in + c] = -3;
        rows[3 * in + c] *= 1e-30f;
        rows[4 * in + c] *= 1e30f;
      }
      LinearGroup group = LinearGroup.of(new Layer("rows", rows, 6, in)).with(Synthetic.moments(in, 5)).afterNorm(rows(in));
      float[] result = quantizer.quantize(group).getFirst().weights();
      for (int i = 0; i < rows.length; i++) {
        assertThat(result[i]).as("%d", i).isFinite();
      }
      for (int c = 0; c < in; c++) {
        assertThat(Math.abs(result[c])).isZero();
      }
    }
    float[] single = {1.5f};
    float[] decoded = Synthetic.quantized(specification, LinearGroup.of(new Layer("one", single, 1, 1))
        .with(Synthetic.identity(1)));
    assertThat(decoded[0]).isCloseTo(1.5f, within(0.26f));
  }

  private static float[] rows(int in) {
    float[] gain = new float[in];
    for (int c = 0; c < in; c++) {
      gain[c] = 1 + c % 3;
    }
    return gain;
  }

  @ParameterizedTest
  @ValueSource(strings = {"rtn4g16-mse", "nf4dq", "nvfp4", "q4_k-imatrix", "gptq3g16-actorder", "awq3g16", "quarot4-gptq"})
  void resultsDoNotDependOnThreads(String specification) {
    LinearGroup group = LinearGroup.of(Synthetic.layer("a", 131, 48, 6), Synthetic.layer("b", 70, 48, 7))
        .with(Synthetic.moments(48, 8)).afterNorm(rows(48));
    List<QuantizedLayer> alone = Baselines.of(specification, Workers.CALLER).quantize(group);
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<QuantizedLayer> together = Baselines.of(specification, new Workers(threads, 4)).quantize(group);
      IntStream.range(0, 2).forEach(i -> {
        assertThat(together.get(i).weights()).isEqualTo(alone.get(i).weights());
        assertThat(together.get(i).bits()).isEqualTo(alone.get(i).bits());
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", "rtn", "rtn1", "rtn9", "rtn4g0", "rtn4tight", "rtn4-actorder", "rtn4g128-", "rtn4g9999999", "gptq4-fast", "awq4sym",
    "awq4-mse", "qserve4", "qserve3g128", "qserve4g128sym", "quarot3-mse", "nf4g64", "nf4-mse",
    "q4_1", "nf4-imatrix", "q8_0-imatrix", "-imatrix",
  })
  void whatDoesNotExistIsRefusedInOneLine(String specification) {
    assertThatThrownBy(() -> Baselines.of(specification, Workers.CALLER)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no baseline '" + specification + "'; there are nf4").hasMessageContaining("gptq<bits>")
        .message().doesNotContain("\n");
  }

  @Test
  void capitalsDoNotMatter() {
    assertThat(Baselines.of("Q4_K", Workers.CALLER).name()).isEqualTo("q4_k");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gptq4", "awq4g128", "quarot4-gptq", "qserve4g128-gptq", "qserve4g128-rotate-gptq", "q4_k-imatrix"})
  void calibratedMethodsNeedMoments(String specification) {
    WeightQuantizer quantizer = Baselines.of(specification, Workers.CALLER);
    assertThat(quantizer.isCalibrated()).isTrue();
    assertThatThrownBy(() -> quantizer.quantize(LinearGroup.of(Synthetic.layer("mlp.up", 2, 2, 1))))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("mlp.up").hasMessageContaining("needs moments");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rtn4", "nf4", "q4_k", "quarot4", "qserve4g128"})
  void othersDoNot(String specification) {
    assertThat(Baselines.of(specification, Workers.CALLER).isCalibrated()).isFalse();
  }
}
