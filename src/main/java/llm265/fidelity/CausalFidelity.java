package llm265.fidelity;

import java.util.Arrays;
import java.util.function.IntConsumer;
import llm265.lm.LanguageModel;
import llm265.lm.layer.LogitsSink;

/**
 * Compares causal language models with an original on windows of tokens. Keeps the original's logits if there is room for them, so
 * that it runs only once for many models. Used by one thread at a time.
 */
public final class CausalFidelity {
  /** Share of the heap that logits may take. */
  private static final double MOST_HEAP = 0.3;

  private final LanguageModel original;
  private final TokenWindows text;
  /** By window, those of one position after the other; null where they are not kept. */
  private final float[][] kept;

  /** @throws IllegalArgumentException if the model has fewer tokens than the text needs */
  public CausalFidelity(LanguageModel original, TokenWindows text) {
    this.original = original;
    this.text = text;
    int greatest = text.windows().stream().flatMapToInt(Arrays::stream).max().orElse(0);
    if (greatest >= original.vocabulary()) {
      throw new IllegalArgumentException(
          "the tokenizer has a token " + greatest + ", the model only " + original.vocabulary() + " tokens");
    }
    long windowFloats = 0;
    double floats = 0;
    for (int[] window : text.windows()) {
      windowFloats = Math.max(windowFloats, (long) window.length * original.vocabulary());
      floats += (double) window.length * original.vocabulary();
    }
    boolean fits = windowFloats < Integer.MAX_VALUE - 8 && 4 * floats < MOST_HEAP * Runtime.getRuntime().maxMemory();
    kept = fits ? new float[text.windows().size()][] : null;
  }

  /** The original by itself: nothing diverges. */
  public Fidelity original(IntConsumer progress) {
    return of(original, progress);
  }

  /**
   * Compares a model.
   *
   * @param progress receives the number of tokens of each window that is done
   * @throws IllegalArgumentException if it has another vocabulary
   */
  public Fidelity of(LanguageModel model, IntConsumer progress) {
    if (model.vocabulary() != original.vocabulary()) {
      throw new IllegalArgumentException(
          "a model of " + model.vocabulary() + " tokens is compared with one of " + original.vocabulary());
    }
    FidelitySums sums = new FidelitySums();
    float[] row = new float[original.vocabulary()];
    for (int i = 0; i < text.windows().size(); i++) {
      int[] window = text.windows().get(i);
      float[] logits = originalLogits(i);
      forPredictions(model, window, (position, own) -> {
        System.arraycopy(logits, (position - text.first() + 1) * row.length, row, 0, row.length);
        sums.add(row, own, window[position + 1]);
      });
      progress.accept(window.length);
    }
    return sums.result();
  }

  private float[] originalLogits(int number) {
    if (kept != null && kept[number] != null) {
      return kept[number];
    }
    int[] window = text.windows().get(number);
    int vocabulary = original.vocabulary();
    float[] logits = new float[Math.multiplyExact(window.length - text.first(), vocabulary)];
    forPredictions(original, window, (position, own) ->
        System.arraycopy(own, 0, logits, (position - text.first() + 1) * vocabulary, vocabulary));
    if (kept != null) {
      kept[number] = logits;
    }
    return logits;
  }

  /** Hands over the logits that predict a token of the window, by the position of the token before it. */
  private void forPredictions(LanguageModel model, int[] window, LogitsSink sink) {
    model.logits(window, (position, logits) -> {
      if (position + 1 >= text.first() && position + 1 < window.length) {
        sink.accept(position, logits);
      }
    });
  }
}
