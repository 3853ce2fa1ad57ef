package llm265.fidelity.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import llm265.baseline.kv.KvMethod;
import llm265.baseline.kv.KvShape;
import llm265.baseline.kv.KvSize;
import llm265.fidelity.Fidelity;
import llm265.fidelity.PredictionFidelity;
import llm265.fidelity.TokenWindows;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.LogitsSink;

/** Runs a model on a text with keys and values kept by a method, and compares it with the original. */
public final class KvMeasure {
  private final KvSubject model;
  private final PredictionFidelity predictions;
  private final KvShape shape;

  /**
   * What was measured.
   *
   * @param size of all windows together
   */
  public record Result(Fidelity fidelity, KvSize size, AttentionError attention) {}

  public KvMeasure(KvSubject model, TokenWindows text) {
    this.model = model;
    shape = model.shape();
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
      if (method == null) {
        model.predict(window, from, to, model::newCache, pass, sink);
        return;
      }
      List<ComparedStore> stores = new ArrayList<>();
      try {
        model.predict(window, from, to, () -> {
          end(stores);
          ComparedStore store = new ComparedStore(method.begin(shape), shape, errors);
          model.observe(store);
          stores.add(store);
          return store;
        }, pass, sink);
      } finally {
        model.observe(LayerObserver.NONE);
      }
      end(stores);
    }

    /** Measures what is in the last store. */
    private void end(List<ComparedStore> stores) {
      if (!stores.isEmpty()) {
        ComparedStore store = stores.removeLast();
        store.compareRows();
        sizes.add(store.size());
      }
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
