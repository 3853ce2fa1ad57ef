package llm265.fidelity.kv;

import java.util.Arrays;
import java.util.function.Supplier;
import llm265.lm.LanguageModel;
import llm265.lm.layer.KvCache;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.LogitsSink;
import llm265.runtime.transform.KvGeometry;

/**
 * A causal language model: the cache of a window grows, and each token is predicted from those before it.
 *
 * @param model that predicts
 */
public record CausalSubject(LanguageModel model) implements KvSubject {
  @Override
  public int vocabulary() {
    return model.vocabulary();
  }

  @Override
  public KvGeometry geometry() {
    return KvProfiler.geometry(model);
  }

  @Override
  public void observe(LayerObserver observer) {
    model.observe(observer);
  }

  @Override
  public KvCache newCache() {
    return model.newCache();
  }

  @Override
  public void read(int[] window, KvCache cache) {
    model.next(cache, window);
  }

  @Override
  public void predict(int[] window, int from, int to, Supplier<KvCache> caches, int pass, LogitsSink sink) {
    LogitsSink shifted = (position, logits) -> {
      if (position + 1 >= from && position + 1 < to) {
        sink.accept(position + 1, logits);
      }
    };
    KvCache cache = caches.get();
    for (int done = 0; done < window.length; done += Math.min(pass, window.length - done)) {
      int count = Math.min(pass, window.length - done);
      model.logits(Arrays.copyOfRange(window, done, done + count), cache, shifted);
    }
  }
}
