package llm265.fidelity.kv;

import java.util.function.Supplier;
import llm265.baseline.kv.KvShape;
import llm265.lm.layer.KvCache;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.LogitsSink;
import llm265.runtime.transform.KvGeometry;

/** A model whose keys and values are kept in other ways, and what it predicts with them. Used by one thread at a time. */
public interface KvSubject {
  /** Number of tokens that there are. */
  int vocabulary();

  /** Of its cache, with all heads in one group. */
  KvGeometry geometry();

  /** The shape of its keys and values. */
  default KvShape shape() {
    return new KvShape(geometry().layers(), geometry().heads(), geometry().headSize());
  }

  /** Has an observer see all passes from now on. */
  void observe(LayerObserver observer);

  /** An empty cache that loses nothing. */
  KvCache newCache();

  /** Reads a window at once. */
  void read(int[] window, KvCache cache);

  /**
   * Predicts tokens of a window.
   *
   * @param from position of the first one
   * @param to position after the last one
   * @param caches makes an empty cache for each sequence that it takes
   * @param pass number of tokens that a causal model reads at a time
   * @param sink receives the positions of the predicted tokens, in order, with their logits
   */
  void predict(int[] window, int from, int to, Supplier<KvCache> caches, int pass, LogitsSink sink);
}
