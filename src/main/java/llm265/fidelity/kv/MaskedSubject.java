package llm265.fidelity.kv;

import java.util.function.Supplier;
import java.util.stream.IntStream;
import llm265.lm.Encoder;
import llm265.lm.layer.AttentionShape;
import llm265.lm.layer.KvCache;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.LogitsSink;
import llm265.runtime.transform.KvGeometry;
import llm265.runtime.transform.RotaryTransform.Pairing;

/**
 * An encoder that predicts masked tokens. Its keys and values do not grow: those of a layer are coded, and read, when all tokens
 * of the window are there. One token of eight is masked at a time, about as many as in training.
 *
 * @param model that predicts
 * @param mask the token that stands for those to predict
 */
public record MaskedSubject(Encoder model, int mask) implements KvSubject {
  private static final int STRIDE = 8;

  /** @throws IllegalArgumentException if the encoder has no head */
  public MaskedSubject {
    if (!model.hasHead()) {
      throw new IllegalArgumentException("an encoder without a head predicts no tokens");
    }
  }

  @Override
  public int vocabulary() {
    return model.vocabulary();
  }

  @Override
  public KvGeometry geometry() {
    AttentionShape shape = model.attentionShapes().getFirst();
    return new KvGeometry(
        model.layers(), shape.kvHeads(), shape.headSize(), shape.kvHeads(), model.rotaryFrequencies(), Pairing.HALVES);
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
    model.states(window, null, cache);
  }

  @Override
  public void predict(int[] window, int from, int to, Supplier<KvCache> caches, int pass, LogitsSink sink) {
    float[][] logits = new float[to - from][];
    for (int first = from; first < Math.min(to, from + STRIDE); first++) {
      int[] masked = window.clone();
      int begin = first;
      int[] positions = IntStream.range(from, to).filter(position -> (position - begin) % STRIDE == 0 && position >= begin)
          .toArray();
      for (int position : positions) {
        masked[position] = mask;
      }
      model.logits(masked, null, positions, caches.get(), (position, values) -> logits[position - from] = values.clone());
    }
    for (int i = 0; i < logits.length; i++) {
      sink.accept(from + i, logits[i]);
    }
  }
}
