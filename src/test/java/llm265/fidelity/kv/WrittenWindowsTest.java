package llm265.fidelity.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import llm265.fidelity.CausalFidelity;
import llm265.fidelity.TinyEvaluations;
import llm265.fidelity.TokenWindows;
import llm265.lm.LanguageModel;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WrittenWindowsTest {
  @TempDir private Path folder;

  @Test
  void theModelWritesTheSameEachTimeAndFindsItProbable() throws IOException {
    LanguageModel model = TinyEvaluations.original("llama", folder, TinyEvaluations::causal);
    AtomicInteger tokens = new AtomicInteger();
    TokenWindows written = WrittenWindows.of(model, 5, 3, 60, tokens::addAndGet);
    assertThat(tokens).hasValue(3 * 59);
    assertThat(written.windows()).allMatch(window -> window.length == 60 && window[0] == 5)
        .hasSize(3);
    TokenWindows again = WrittenWindows.of(model, 5, 3, 60, count -> { });
    for (int i = 0; i < 3; i++) {
      assertThat(again.windows().get(i)).isEqualTo(written.windows().get(i));
    }
    double loss = new CausalFidelity(model, written).original(count -> { }).loss();
    assertThat(loss).isLessThan(Math.log(TinyModels.VOCABULARY) - 0.2);
  }
}
