package llm265.fidelity;

import java.util.function.IntConsumer;
import llm265.lm.Encoder;
import llm265.lm.layer.LogitsSink;

/**
 * Compares encoders with a head with an original on windows of tokens, each token predicted from all others of its window: one is
 * masked at a time. The perplexity is the pseudo-perplexity of Salazar et al., "Masked Language Model Scoring" (2020).
 *
 * <p>Keeps the original's logits as far as there is room for them. Used by one thread at a time.
 */
public final class MaskedFidelity {
  private final int mask;
  private final PredictionFidelity predictions;

  /**
   * An original and a text.
   *
   * @param text windows as {@link TokenWindows#enclosed} makes them
   * @param mask the token that stands for the one to predict
   * @throws IllegalArgumentException if the model has no head, or fewer tokens than the text or the mask needs
   */
  public MaskedFidelity(Encoder original, TokenWindows text, int mask) {
    this.mask = mask;
    Masked predictor = new Masked(original, mask);
    if (mask >= original.vocabulary()) {
      throw new IllegalArgumentException(
          "the tokenizer's mask is token " + mask + ", the model has only " + original.vocabulary() + " tokens");
    }
    predictions = new PredictionFidelity(predictor, text, text.prefix());
  }

  private record Masked(Encoder model, int mask) implements PredictionFidelity.Predictor {
    private Masked {
      if (!model.hasHead()) {
        throw new IllegalArgumentException("an encoder without a head predicts no tokens");
      }
    }

    @Override
    public int vocabulary() {
      return model.vocabulary();
    }

    @Override
    public void predict(int[] window, int from, int to, LogitsSink sink) {
      int[] masked = window.clone();
      for (int position = from; position < to; position++) {
        masked[position] = mask;
        model.logits(masked, null, new int[] {position}, sink);
        masked[position] = window[position];
      }
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
   * @throws IllegalArgumentException if it has no head, or another vocabulary
   */
  public Fidelity of(Encoder model, IntConsumer progress) {
    return predictions.of(new Masked(model, mask), progress);
  }
}
