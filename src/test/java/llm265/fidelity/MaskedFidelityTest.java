package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import llm265.lm.Encoder;
import llm265.reference.lm.ReferenceTransformer;
import llm265.reference.lm.TinyModels;
import llm265.reference.lm.TinyTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskedFidelityTest {
  private static final String TENSOR = "bert.encoder.layer.1.output.dense.weight";

  @TempDir
  private Path folder;

  private final TokenWindows text =
      new TokenWindows(List.of(new int[] {1, 40, 41, 90, 2}, new int[] {1, 7, 130, 8, 2}), 1, 1);

  private Encoder original() throws IOException {
    return TinyEvaluations.original("bert", folder, TinyEvaluations::encoder);
  }

  @Test
  void eachTokenIsMaskedByItself() throws IOException {
    ReferenceTransformer reference = new ReferenceTransformer(TinyModels.of("bert"));
    double loss = 0;
    for (int[] window : text.windows()) {
      for (int t = 1; t < 4; t++) {
        int[] masked = window.clone();
        masked[t] = TinyTokenizer.MASK;
        double[] logits = reference.masked(reference.bert(masked, new int[5])[t]);
        double sum = 0;
        for (double logit : logits) {
          sum += StrictMath.exp(logit);
        }
        loss += StrictMath.log(sum) - logits[window[t]];
      }
    }
    AtomicInteger done = new AtomicInteger();
    Fidelity own = new MaskedFidelity(original(), text, TinyTokenizer.MASK).original(done::addAndGet);

    assertThat(own.tokens()).isEqualTo(6);
    assertThat(done).hasValue(6);
    assertThat(own.loss()).isCloseTo(loss / 6, within(1e-5));
    assertThat(own.divergence()).isZero();
  }

  @Test
  void anotherModelIsComparedWithTheOriginal() throws IOException {
    MaskedFidelity masked = new MaskedFidelity(original(), text, TinyTokenizer.MASK);
    Encoder noisy = TinyEvaluations.noisy("bert", TENSOR, folder, TinyEvaluations::encoder);
    Fidelity fidelity = masked.of(noisy, tokens -> { });

    assertThat(fidelity.divergence()).isGreaterThan(1e-4);
    assertThat(fidelity.loss()).isEqualTo(new MaskedFidelity(noisy, text, TinyTokenizer.MASK).original(tokens -> { }).loss());
    assertThat(fidelity.loss() - fidelity.excess()).isCloseTo(masked.original(tokens -> { }).loss(), within(1e-12));
  }

  @Test
  void whatCannotPredictIsRefused() throws IOException {
    Encoder without = TinyEvaluations.original("sentence encoder", folder, TinyEvaluations::encoder);
    assertThatIllegalArgumentException().isThrownBy(() -> new MaskedFidelity(without, text, 3))
        .withMessage("an encoder without a head predicts no tokens");
    Encoder original = original();
    assertThatIllegalArgumentException().isThrownBy(() -> new MaskedFidelity(original, text, 131))
        .withMessage("the tokenizer's mask is token 131, the model has only 131 tokens");
  }
}
