package llm265.view;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Keeps what was asked for last, up to a bound.
 *
 * @param <K> key
 * @param <V> value
 */
final class ResourceCache<K, V> {
  /** The weight of a value. */
  @FunctionalInterface
  interface Weight<V> {
    long of(V value);
  }

  private final Map<K, V> values = new LinkedHashMap<>(16, 0.75f, true);
  private final long most;
  private final Weight<V> weight;
  private long sum;

  /** @param most weight of all values, unless the newest alone weighs more */
  ResourceCache(long most, Weight<V> weight) {
    this.most = most;
    this.weight = weight;
  }

  /** The value of a key, which is made if it is not there. */
  V get(K key, Function<K, V> make) {
    V value = values.get(key);
    if (value == null) {
      value = make.apply(key);
      put(key, value);
    }
    return value;
  }

  /** The value of a key, or null. */
  V get(K key) {
    return values.get(key);
  }

  /** Keeps a value, and forgets old ones. */
  void put(K key, V value) {
    V before = values.put(key, value);
    sum += weight.of(value) - (before == null ? 0 : weight.of(before));
    var oldest = values.entrySet().iterator();
    while (sum > most && values.size() > 1) {
      sum -= weight.of(oldest.next().getValue());
      oldest.remove();
    }
  }
}
