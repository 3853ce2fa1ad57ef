package llm265.fidelity;

import java.util.function.IntConsumer;
import llm265.lm.LanguageModel;
import llm265.lm.layer.LogitsSink;

/**
 * Compares causal language models with an original on windows of tokens, each token predicted from those before it in its
 * window. Keeps the original's logits as far as there is room for them, so that it runs only once for many models. Used by one
 * thread at a time.
 */
public final class CausalFidelity {
  private final LanguageModel original;
  private final PredictionFidelity predictions;

  /** @throws IllegalArgumentException if the model has fewer tokens than the text needs */
  public CausalFidelity(LanguageModel original, TokenWindows text) {
    this.original = original;
    predictions = new PredictionFidelity(new Causal(original), text, text.first());
  }

  private record Causal(LanguageModel model) implements PredictionFidelity.Predictor {
    @Override
    public int vocabulary() {
      return model.vocabulary();
    }

    @Override
    public void predict(int[] window, int from, int to, LogitsSink sink) {
      model.logits(window, (position, logits) -> {
        // They are those of the token after that position.
        if (position + 1 >= from && position + 1 < to) {
          sink.accept(position + 1, logits);
        }
      });
    }
  }

  /**
   * The original by itself: nothing diverges.
   *
   * @param progress receives numbers of predicted tokens that are done
   */
  public Fidelity original(IntConsumer progress) {
    return predictions.original(progress);
  }

  /**
   * Compares a model.
   *
   * @param progress receives numbers of predicted tokens that are done
   * @throws IllegalArgumentException if it has another vocabulary
   */
  public Fidelity of(LanguageModel model, IntConsumer progress) {
    return model == original ? original(progress) : predictions.of(new Causal(model), progress);
  }
}
