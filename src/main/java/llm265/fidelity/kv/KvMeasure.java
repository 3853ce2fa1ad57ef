package llm265.fidelity.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import llm265.baseline.kv.KvMethod;
import llm265.baseline.kv.KvShape;
import llm265.baseline.kv.KvSize;
import llm265.fidelity.Fidelity;
import llm265.fidelity.PredictionFidelity;
import llm265.fidelity.TokenWindows;
import llm265.lm.LanguageModel;
import llm265.lm.layer.AttentionShape;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.LogitsSink;

/** Runs a model on a text with keys and values kept by a method, and compares it with the original. */
public final class KvMeasure {
  private final LanguageModel model;
  private final PredictionFidelity predictions;
  private final KvShape shape;

  /**
   * What was measured.
   *
   * @param size of all windows together
   */
  public record Result(Fidelity fidelity, KvSize size, AttentionError attention) {}

  public KvMeasure(LanguageModel model, TokenWindows text) {
    this.model = model;
    AttentionShape attention = model.attentionShapes().getFirst();
    shape = new KvShape(model.layers(), attention.kvHeads(), attention.headSize());
    predictions = new PredictionFidelity(new Run(null, Integer.MAX_VALUE), text, text.first());
  }

  public KvShape shape() {
    return shape;
  }

  private final class Run implements PredictionFidelity.Predictor {
    private final KvMethod method;
    private final int pass;
    private final AttentionError errors = new AttentionError(shape);
    private final List<KvSize> sizes = new ArrayList<>();

    Run(KvMethod method, int pass) {
      this.method = method;
      this.pass = pass;
    }

    @Override
    public int vocabulary() {
      return model.vocabulary();
    }

    @Override
    public void predict(int[] window, int from, int to, LogitsSink sink) {
      LogitsSink shifted = (position, logits) -> {
        if (position + 1 >= from && position + 1 < to) {
          sink.accept(position + 1, logits);
        }
      };
      if (method == null) {
        model.logits(window, shifted);
        return;
      }
      ComparedStore store = new ComparedStore(method.begin(shape), shape, errors);
      model.observe(store);
      try {
        for (int done = 0; done < window.length; done += Math.min(pass, window.length - done)) {
          int count = Math.min(pass, window.length - done);
          int first = done;
          model.logits(IntStream.range(0, count).map(i -> window[first + i]).toArray(), store, shifted);
        }
      } finally {
        model.observe(LayerObserver.NONE);
      }
      store.compareRows();
      sizes.add(store.size());
    }
  }

  /** The original by itself. */
  public Fidelity original(IntConsumer progress) {
    return predictions.original(progress);
  }

  /**
   * Measures a method.
   *
   * @param pass number of tokens that the model reads at a time
   * @param progress receives numbers of predicted tokens that are done
   */
  public Result of(KvMethod method, int pass, IntConsumer progress) {
    Run run = new Run(method, pass);
    Fidelity fidelity = predictions.of(run, progress);
    return new Result(fidelity, run.sizes.stream().reduce(new KvSize(0, 0, 0, 0), KvSize::plus), run.errors);
  }
}
