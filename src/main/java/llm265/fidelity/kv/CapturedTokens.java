package llm265.fidelity.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.baseline.kv.KvMethod;
import llm265.baseline.kv.KvShape;
import llm265.baseline.kv.KvSize;
import llm265.baseline.kv.KvStore;
import llm265.lm.layer.KvCache;

/** Keys and values that a model makes of a window, and what methods take for them. */
final class CapturedTokens {
  private final KvShape shape;
  private final List<float[]> keys = new ArrayList<>();
  private final List<float[]> values = new ArrayList<>();
  private final int length;

  CapturedTokens(KvSubject model, int... window) {
    shape = model.shape();
    length = window.length;
    KvCache cache = model.newCache();
    model.read(window, new KvCache() {
      @Override
      public int length() {
        return cache.length();
      }

      @Override
      public void append(int layer, int rows, float[] newKeys, float[] newValues) {
        keys.add(newKeys.clone());
        values.add(newValues.clone());
        cache.append(layer, rows, newKeys, newValues);
      }

      @Override
      public void read(int layer, int head, int count, float[] headKeys, float[] headValues) {
        cache.read(layer, head, count, headKeys, headValues);
      }

      @Override
      public void advance(int rows) {
        cache.advance(rows);
      }
    });
  }

  /** What a method takes for them if they come {@code pass} tokens at a time. */
  KvSize size(KvMethod method, int pass) {
    KvStore store = method.begin(shape);
    int width = shape.width();
    for (int first = 0; first < length; first += Math.min(pass, length - first)) {
      int count = Math.min(pass, length - first);
      for (int layer = 0; layer < shape.layers(); layer++) {
        store.append(
            layer, count, Arrays.copyOfRange(keys.get(layer), first * width, (first + count) * width),
            Arrays.copyOfRange(values.get(layer), first * width, (first + count) * width));
      }
      store.advance(count);
    }
    return store.size();
  }
}
