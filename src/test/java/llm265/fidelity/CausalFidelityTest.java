package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import llm265.lm.LanguageModel;
import llm265.lm.layer.LayerObserver;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CausalFidelityTest {
  private static final String TENSOR = "model.layers.0.mlp.up_proj.weight";

  @TempDir
  private Path folder;

  private final TokenWindows text = windows(20, 20, 13);

  private static TokenWindows windows(int... lengths) {
    Random random = new Random(1);
    List<int[]> windows = new ArrayList<>();
    for (int length : lengths) {
      windows.add(random.ints(length, 0, TinyModels.VOCABULARY).toArray());
    }
    return new TokenWindows(windows, 0);
  }

  private LanguageModel original() throws IOException {
    return TinyEvaluations.original("llama", folder, TinyEvaluations::causal);
  }

  private LanguageModel noisy() throws IOException {
    return TinyEvaluations.noisy("llama", TENSOR, folder, TinyEvaluations::causal);
  }

  private static double[] logProbabilities(LanguageModel model, int... tokens) {
    float[] logits = model.next(model.newCache(), tokens);
    double sum = 0;
    for (float logit : logits) {
      sum += StrictMath.exp(logit);
    }
    double[] result = new double[logits.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = logits[i] - StrictMath.log(sum);
    }
    return result;
  }

  private static int greatest(double[] values) {
    return IntStream.range(0, values.length).boxed().max(Comparator.comparingDouble(i -> values[i])).orElseThrow();
  }

  @Test
  void figuresAreThoseOfTheDefinition() throws IOException {
    LanguageModel original = original();
    LanguageModel noisy = noisy();
    double loss = 0;
    double excess = 0;
    double divergence = 0;
    int tokens = 0;
    int agreed = 0;
    for (int[] window : text.windows()) {
      for (int t = 1; t < window.length; t++) {
        int[] before = Arrays.copyOf(window, t);
        double[] p = logProbabilities(original, before);
        double[] q = logProbabilities(noisy, before);
        loss -= q[window[t]];
        excess += p[window[t]] - q[window[t]];
        for (int i = 0; i < p.length; i++) {
          divergence += StrictMath.exp(p[i]) * (p[i] - q[i]);
        }
        agreed += greatest(p) == greatest(q) ? 1 : 0;
        tokens++;
      }
    }
    AtomicInteger done = new AtomicInteger();
    Fidelity fidelity = new CausalFidelity(original, text).of(noisy, done::addAndGet);

    assertThat(tokens).isEqualTo(50);
    assertThat(text.predicted()).isEqualTo(tokens);
    assertThat(done).hasValue(tokens);
    assertThat(fidelity.tokens()).isEqualTo(tokens);
    assertThat(fidelity.loss()).isCloseTo(loss / tokens, within(1e-6));
    assertThat(fidelity.excess()).isCloseTo(excess / tokens, within(1e-6));
    assertThat(fidelity.divergence()).isCloseTo(divergence / tokens, within(1e-6)).isGreaterThan(1e-4);
    assertThat(fidelity.agreement()).isEqualTo(agreed / 50.0).isBetween(0.1, 0.9);
  }

  @Test
  void theOriginalRunsOnceForManyModels() throws IOException {
    LanguageModel original = original();
    AtomicInteger passes = new AtomicInteger();
    original.observe(new LayerObserver() {
      @Override
      public void state(int boundary, float[] state, int rows, int columns) {
        passes.addAndGet(boundary == 0 ? 1 : 0);
      }
    });
    CausalFidelity causal = new CausalFidelity(original, text);
    AtomicInteger done = new AtomicInteger();
    Fidelity own = causal.original(done::addAndGet);
    Fidelity first = causal.of(noisy(), tokens -> { });

    assertThat(done).hasValue(50);
    assertThat(causal.of(noisy(), tokens -> { })).isEqualTo(first);
    assertThat(first.loss() - first.excess()).isCloseTo(own.loss(), within(1e-12));
    assertThat(own.divergence99()).isZero();
    assertThat(own.agreement()).isEqualTo(1);
    assertThat(passes).hasValue(text.windows().size());
  }

  @Test
  void tokensThatATokenizerAddsAreNotPredicted() throws IOException {
    LanguageModel original = original();
    TokenWindows prefixed = new TokenWindows(text.windows(), 2);
    assertThat(new CausalFidelity(original, prefixed).original(tokens -> { }).tokens())
        .isEqualTo(prefixed.predicted()).isEqualTo(53 - 3 * 2);
    assertThat(new CausalFidelity(original, new TokenWindows(text.windows(), 1)).original(tokens -> { }).loss())
        .isEqualTo(new CausalFidelity(original, text).original(tokens -> { }).loss());
  }

  @Test
  void vocabulariesMustFit() throws IOException {
    LanguageModel original = original();
    TokenWindows foreign = new TokenWindows(List.of(new int[] {5, 131}), 0);
    assertThatIllegalArgumentException().isThrownBy(() -> new CausalFidelity(original, foreign))
        .withMessage("the tokenizer has a token 131, the model only 131 tokens");
  }
}
