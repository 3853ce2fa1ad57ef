package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import llm265.dtype.TensorView;
import llm265.lm.weights.ModelFolder;
import llm265.model.ModelCompressor;
import llm265.reference.lm.TinyModels;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FidelityBenchTest {
  @TempDir private Path folder;

  private static FidelityBench bench(double[] bits, String... methods) {
    return new FidelityBench(List.of(methods), bits, Runnable::run, 1);
  }

  @Test
  void rowsComeByMethodAndRate() throws IOException {
    FidelityBench bench = bench(
        new double[] {8, 3}, "rtn{b}g16", "ours-fast", "nf4", "gptq", "awq3g16", "ours-fast-uniform-calibrated",
        "q4_k-imatrix");
    assertThat(bench.isCalibrated()).isTrue();
    List<FidelityBench.Row> rows = new ArrayList<>();
    AtomicInteger tokens = new AtomicInteger();
    try (ModelFolder model = ModelFolder.open(TinyModels.of("gpt2").write(folder))) {
      bench.measure(model, CalibratorTest.text(3), CalibratorTest.text(4), tokens::addAndGet, rows::add);
      long values = model.checkpoint().tensors().stream().mapToLong(TensorView::count).sum();
      Path file = folder.resolve("out.safetensors");
      ModelCompressor.atBits(3).withEffort(Effort.FAST).compress(model.checkpoint(), file);
      assertThat(rows.get(3).bits()).isEqualTo(8.0 * Files.size(file) / values);
    }
    assertThat(rows).extracting(FidelityBench.Row::method).containsExactly(
        "original", "rtn3g16", "rtn8g16", "ours-fast", "ours-fast", "nf4", "gptq3g128", "gptq8g128", "awq3g16",
        "ours-fast-uniform-calibrated", "ours-fast-uniform-calibrated", "q4_k-imatrix");
    assertThat(rows).hasSize(bench.rows()).extracting(FidelityBench.Row::line).contains("rtn{b}g16", "gptq{b}g128");
    assertThat(tokens).hasValue(rows.size() * 3 * 20);
    assertThat(rows.get(0).bits()).isEqualTo(32);
    assertThat(rows.get(0).fidelity().divergence()).isZero();
    assertThat(rows.get(2).fidelity().divergence()).isPositive().isLessThan(rows.get(1).fidelity().divergence() / 100);
    assertThat(rows.get(3).bits()).isLessThan(rows.get(4).bits());
    assertThat(rows.get(3).fidelity().divergence()).isGreaterThan(rows.get(4).fidelity().divergence());
    assertThat(rows.subList(1, rows.size())).allMatch(row -> row.fidelity().divergence() > 0 && row.seconds() > 0);
  }

  @Test
  void namesThatMeanNothingAreRefused() {
    double[] bits = {2.5};
    assertThatIllegalArgumentException().isThrownBy(() -> bench(bits, "zip")).withMessageContaining("no baseline 'zip'");
    assertThatIllegalArgumentException().isThrownBy(() -> bench(bits, "ours-quick"))
        .withMessageContaining("no method 'ours-quick'");
    assertThatIllegalArgumentException().isThrownBy(() -> bench(bits, "rtn"))
        .withMessageContaining("rtn{b}g128 takes whole numbers of bits");
    assertThat(bench(new double[] {2.5, 9, 2}, "rtn", "trinity").rows()).as("rtn2g128 alone").isEqualTo(1 + 1 + 3);
    assertThat(bench(bits, "ours", "mxfp4", "rtn3").isCalibrated()).isFalse();
    assertThat(bench(bits, "trinity-fast-calibrated").isCalibrated()).isTrue();
  }
}
