package llm265.fidelity;

import java.util.List;
import java.util.function.IntConsumer;
import llm265.lm.layer.LogitsSink;

/**
 * Compares what models predict on windows of tokens with what an original predicts. Keeps the original's logits as far as there
 * is room for them, so that it runs only once for many models. Used by one thread at a time.
 */
public final class PredictionFidelity {
  /** Share of the heap that logits may take. */
  private static final double MOST_HEAP = 0.3;

  private final Predictor original;
  private final List<int[]> windows;
  private final int first;
  private final int suffix;
  /** By window, then by predicted token; null where they are not kept. */
  private final float[][][] kept;
  private double room = MOST_HEAP * Runtime.getRuntime().maxMemory();

  /** A model that predicts tokens of a window. */
  public interface Predictor {
    /** Number of tokens that there are. */
    int vocabulary();

    /**
     * Predicts tokens of a window.
     *
     * @param from position of the first one
     * @param to position after the last one
     * @param sink receives the positions of the predicted tokens, in order, with their logits
     */
    void predict(int[] window, int from, int to, LogitsSink sink);
  }

  /**
   * An original and a text.
   *
   * @param first position of the first token of each window that is predicted
   * @throws IllegalArgumentException if the model has fewer tokens than the text needs
   */
  public PredictionFidelity(Predictor original, TokenWindows text, int first) {
    int greatest = text.greatest();
    if (greatest >= original.vocabulary()) {
      throw new IllegalArgumentException(
          "the tokenizer has a token " + greatest + ", the model only " + original.vocabulary() + " tokens");
    }
    this.original = original;
    this.first = first;
    windows = text.windows();
    suffix = text.suffix();
    kept = new float[windows.size()][][];
  }

  /** The original by itself: nothing diverges. */
  public Fidelity original(IntConsumer progress) {
    FidelitySums sums = new FidelitySums();
    for (int i = 0; i < windows.size(); i++) {
      float[][] logits = originalLogits(i, progress);
      for (int k = 0; k < logits.length; k++) {
        sums.add(logits[k], logits[k], windows.get(i)[first + k]);
      }
    }
    return sums.result();
  }

  /**
   * Compares a model.
   *
   * @param progress receives numbers of predicted tokens that are done
   * @throws IllegalArgumentException if it has another vocabulary
   */
  public Fidelity of(Predictor model, IntConsumer progress) {
    if (model.vocabulary() != original.vocabulary()) {
      throw new IllegalArgumentException(
          "a model of " + model.vocabulary() + " tokens is compared with one of " + original.vocabulary());
    }
    FidelitySums sums = new FidelitySums();
    for (int i = 0; i < windows.size(); i++) {
      int[] window = windows.get(i);
      float[][] logits = originalLogits(i, tokens -> { });
      model.predict(window, first, window.length - suffix, (position, own) -> {
        sums.add(logits[position - first], own, window[position]);
        progress.accept(1);
      });
    }
    return sums.result();
  }

  private float[][] originalLogits(int number, IntConsumer progress) {
    if (kept[number] != null) {
      return kept[number];
    }
    int[] window = windows.get(number);
    float[][] logits = new float[window.length - suffix - first][];
    original.predict(window, first, window.length - suffix, (position, row) -> {
      logits[position - first] = row.clone();
      progress.accept(1);
    });
    double bytes = (double) Float.BYTES * logits.length * original.vocabulary();
    if (bytes <= room) {
      room -= bytes;
      kept[number] = logits;
    }
    return logits;
  }
}
