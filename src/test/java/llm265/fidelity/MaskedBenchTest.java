package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import llm265.dtype.TensorView;
import llm265.lm.Encoder;
import llm265.lm.token.Tokenizer;
import llm265.lm.weights.ModelFolder;
import llm265.model.ModelCompressor;
import llm265.parallel.Workers;
import llm265.reference.lm.TinyModels;
import llm265.reference.lm.TinyTokenizer;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskedBenchTest {
  @TempDir private Path folder;

  private static MaskedBench bench(String... methods) {
    return new MaskedBench(List.of(methods), new double[] {8, 3}, Runnable::run, 1);
  }

  @Test
  void rowsComeByMethodAndRate() throws IOException {
    MaskedBench bench = bench("rtn{b}g16", "trinity-fast", "nf4");
    Path path = TinyModels.of("bert").write(folder.resolve("bert"));
    TinyTokenizer.writeEnclosing(path, TinyModels.VOCABULARY);
    String words =
        TinyTokenizer.text(new Random(5).ints(40, TinyTokenizer.FIRST, TinyModels.VOCABULARY).toArray());
    TokenWindows text = TokenWindows.enclosed(Tokenizer.open(path), words, 16, 2);
    List<FidelityBench.Row> rows = new ArrayList<>();
    AtomicInteger tokens = new AtomicInteger();
    Fidelity alone;
    try (ModelFolder model = ModelFolder.open(path)) {
      bench.measure(model, text, TinyTokenizer.MASK, tokens::addAndGet, rows::add);
      Encoder original = Encoder.load(model.config(), model.weights(), Workers.CALLER);
      alone = new MaskedFidelity(original, text, TinyTokenizer.MASK).original(done -> { });
      long values = model.checkpoint().tensors().stream().mapToLong(TensorView::count).sum();
      Path file = folder.resolve("out.safetensors");
      ModelCompressor.atBits(3).withCodec(Codec.TRINITY).withEffort(Effort.FAST)
          .compress(model.checkpoint(), file);
      assertThat(rows.get(3).bits()).isEqualTo(8.0 * Files.size(file) / values);
    }
    assertThat(rows).hasSize(bench.rows()).extracting(FidelityBench.Row::method)
        .containsExactly("original", "rtn3g16", "rtn8g16", "trinity-fast", "trinity-fast", "nf4");
    assertThat(tokens).hasValue(rows.size() * (int) text.tokens());
    assertThat(rows.get(0).fidelity().perplexity()).isEqualTo(alone.perplexity());
    assertThat(rows.get(2).fidelity().divergence()).isPositive().isLessThan(rows.get(1).fidelity().divergence() / 100);
    assertThat(rows.get(4).fidelity().divergence()).isPositive().isLessThan(rows.get(3).fidelity().divergence() / 10);
  }

  @Test
  void calibratedMethodsAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> bench("gptq")).withMessageContaining("gptq3g128 is calibrated");
    assertThatIllegalArgumentException().isThrownBy(() -> bench("ours-calibrated")).withMessageContaining("calibrated");
    assertThatIllegalArgumentException().isThrownBy(() -> bench("ours-search")).withMessageContaining("calibrated");
  }
}
